"""A simulated Tezos network with known truth, served over HTTP on loopback.

It knows nothing of the checker that is tested with it, and uses the standard library only. The parts:

    plan        what a chain is told to do: bakers, constants, scripted trouble, seeded accidents
    chain       what happened at a level, and `truth`: what became of every right
    node        serves a chain; `faults` trouble it, `clock` says what time it is, `traffic` counts what it was asked
    recorded    serves recorded blocks of a live network between synthetic neighbours
    prerendered serves bodies of mainnet's size at no cost, for benchmarks (`python -m simulator bench`)
    telegram    a Bot API; `heartbeat` a dead man's switch; both are a `receiver`, which keeps what arrived

A test, from a plan to the truth:

    from simulator import faults
    from simulator.chain import Chain
    from simulator.clock import Clock
    from simulator.node import Node
    from simulator.plan import ACCIDENTS, small_plan

    plan = small_plan(seed=7, chances=ACCIDENTS)          # 16 bakers: "alice", "bob", … "tiny1", "tiny2"
    alice = plan.baker("alice").address
    plan = plan.outage("alice", 10_120, 10_150)           # methods return new plans; levels are inclusive
    plan = plan.round(10_160, 2).repropose(10_170)        # rounds 0 and 1 missed; payload of an earlier round
    chain = Chain(plan)                                   # the first level is 10_001
    clock = Clock(chain.timestamp(10_200))                # the head is 10_200 …
    with Node(chain, clock=clock) as node:
        ...                                               # … read node.url, e.g. /chains/main/blocks/head/header
        clock.advance(60)                                 # a minute of blocks later
        node.faults.add(faults.rate_limited(count=3))     # the next three requests are answered 429
        with node.faults.during(faults.stale_head(10_205)):
            ...
        node.requests.reset()                             # then .count, .max_concurrent, .matching("/helpers/")
        node.follow(chain.forked(10_190))                 # a reorganisation below finality
    chain.truth(alice, 10_100, 10_198)                    # [Fact(duty, level, round, outcome), …]

Reading the truth. "baking" facts: a right at the block's round is met; at an earlier round that proposed the payload
of the block it is reproposed; at any other earlier round it is missed; later rounds never came due. "attestation"
facts carry the level attested (their operations stand in the next block); a right of no slots is a right. A level
without a right has no fact.

Plans also script: `miss_bake`, `crowd_miss` (everybody's trouble), `update_consensus_key`, `update_companion_key`,
`set_delegate_parameters`, `unstake`, `denounce`, `deactivate`, `register`, `change_stake`, `keep_nonce`, and
`outage(..., kinds={"dal"})`. Changes of rights follow rights delay + 1 cycles later, as on a real chain.
`small_plan(protocol="seoul")`, `dataclasses.replace(plan, protocols=((0, SEOUL), (10_300, TALLINN)))` and
`all_bakers_attest_from=level` change the shapes.

Everything is a function of the plan and the level: the same plan gives the same bytes in any order and any process.
For a process of its own: `python -m simulator serve --help`; it is controlled over `/_simulator/` (see `control`).
"""
