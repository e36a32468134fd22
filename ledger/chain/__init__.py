"""The chain: asking it (`client` and one reader per contract), writing to it (`outbox`, `sender`), copying it
(`indexer`).
"""
