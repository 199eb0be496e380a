"""What one run knows of a subtensor chain at one finalised block, as frozen values. Imports nothing of ours.

A field is None where it was not read, or where the runtime has it no more: a rule that needs it says UNKNOWN. What was
read and is empty says so by a value of its own (`()`, 0, `NOT_SERVED`, `NO_SWAP`). Blocks are heights, amounts rao
(1 τ = 1e9, alpha likewise), shares 0 to 1, accounts SS58 addresses (format 42), hashes `0x…`.
"""
