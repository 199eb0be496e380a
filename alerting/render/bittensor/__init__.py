"""What is told of Bittensor. Imported where something of it is told."""
