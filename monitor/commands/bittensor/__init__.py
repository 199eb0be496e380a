"""`main.py bittensor …`: what is on the chain, for people and scripts."""
