"""What people and scripts look at, read at one block: made of the same pieces as the minute run."""
