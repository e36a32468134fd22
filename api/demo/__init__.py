"""``tanju demo``: the life of two real records on a local chain and three nodes, over HTTP, as three institutions
would live it.
"""
