"""A simulated subtensor chain with known truth, and the JSON-RPC node that serves it.

It knows nothing of the checker that is tested with it, and uses the standard library only. The parts:

    schema       types, pallets and runtime calls of release 461 in words (`schema/*.txt`)
    scale        encodes values by them; `metadata` tells a reader of them; `runtime` is one release, `hashing` its keys
    plan         what a chain is told to do: subnets and neurons; `scenario` the trouble, `script` its form
    chain        its blocks: `routine` is what happens by itself, `acts` what the script does, `state` every value ever
    node         JSON-RPC over HTTP, with `methods`, `runtime_calls` and the `faults` of such nodes
    truth        what a monitor should say of it, from when to when

    plan = small_plan(seed=7)                                 # subnets 1, 2 (commit-reveal) and 3 (two mechanisms);
    at = plan.block_at                                        # alice … frank validate on all, "m1-1" … mine on one
    plan = plan.no_weights(1, "alice", at(200), at(400))      # methods return new plans; blocks are inclusive
    plan = plan.set_parameter(1, at(250), "immunity_period", 100, wrapped="batch")
    plan = plan.upgrade(at(300), Release(473, moved=True, gone=("SubtensorModule.ValidatorTrust",)))
    chain = Chain(plan)
    clock = Clock(chain.timestamp(at(500)))                   # the head
    with SubtensorNode(chain, clock=clock) as node:           # `archive=True` keeps all state
        ...                                                   # POST to node.url; watch plan.hotkey("alice")
        node.faults.add(faults.work_limit(count=3))
        clock.advance(60)
        node.requests.count

A plan left alone is quiet: nothing in it is to be told. Blocks are made as they are asked for, a thousand of a small
chain in a fifth of a second, and the same plan gives the same bytes in any process.
"""
