"""What a run costs, as figures with bounds: `python -m bench`, or `make bench`.

Every ratio has both its sides measured in the same call, on the same machine, against the same simulated node.
"""
