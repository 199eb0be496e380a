"""A simulated subtensor chain with known truth, and the JSON-RPC node that serves it."""
