"""`python -m simulator demo`: the real `main.py check`, tick after tick, while a simulated baker stops and comes back.

scene     the chain that is played, and when what happens on it
home      a temporary folder with .env and delegates.json, and main.py run on it as cron would
narrator  what is printed
play      the ticks in order, and whether the alert and the recovery were told
"""
