"""Reading a subtensor chain: JSON-RPC over HTTP, and SCALE by the runtime's own metadata."""
