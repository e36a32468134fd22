"""The golden world: one worked example of every format, on a chain with fixed genesis, keys and clock.

It is written apart from ``ledger/services`` on purpose: two writers and one verifier must agree. Its keys are
published here, so nothing they sign is worth anything elsewhere.
"""
