"""What to watch, where to tell, how strict: .env, the environment and delegates.json as frozen, checked values."""
