"""What each command prints. main.py parses the words; nothing here is imported by a run that does not need it."""
