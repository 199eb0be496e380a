"""`python -m simulator demo`: the real `main.py check`, tick after tick, while simulated chains have their trouble.

tezos, tezos_scene          a baker stops and comes back: in real time, a block a second
bittensor, bittensor_scene  a validator's weights go stale, a miner is near its end, a hyperparameter changes: half an
                            hour of the chain, played as fast as the runs go
home                        a temporary folder with .env and delegates.json, and main.py run on it as cron would
narrator                    what is printed
play                        the chapters in order, and whether each told what it should
"""
