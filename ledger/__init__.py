"""Keeping: the store, the institution's log, the chain, and the services (one verb a file).

Second floor of four: it may import `verifier` and `contracts`, never `api`.
"""
