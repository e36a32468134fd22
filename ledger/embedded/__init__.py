"""The embedded chain: a durable Ethereum chain in one process, for one machine.

py-evm executes, SQLite keeps, JSON-RPC on loopback answers. Every block is one SQLite transaction, so a
process that is killed leaves whole blocks only; an accepted transaction is written before it is acknowledged.
Production chains are any Ethereum JSON-RPC endpoint: nothing outside this package may assume that this one is used.

Read in this order: `config` (what a chain is), `store` and `index` (what is kept), `rules` (the VM), `pool` and
`transactions` (what is accepted), `chain` (how a block is sealed), `execution` and `proof` (how old blocks are read),
`rpc`, `dispatcher` and `server` (how it is asked).
"""
