"""What is judged of Bittensor: validators, miners, subnets, wallets and the chain. Imported where Bittensor is watched.

Conditions look at one target in one run and say OK, BAD or UNKNOWN; notices look at one occurrence, a difference
between a stored baseline and the chain or something decoded out of a block, and are told once. Both are pure.
"""
