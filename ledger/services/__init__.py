"""The services: one verb a file, one public function each — load, guard, compute, record, return.

What a service adds it adds in one database transaction: the record's bytes, its tables, its log leaf, the chain actions
that follow and the audit entry stand together or not at all. What takes long, calculating or asking the chain, is done
before, because records never change. A service does not write to the chain; what it queues is sent by ``ledger.chain``.
Each takes the node and, where an institution acts, its short name in the key file (``as_``).

Read in the order of a record's life: `publish`, `disclose`, `recalculate`, `certify`, `supervise`, `evidence`,
`receive`, `verification`, `recognise`, `status`; `accredit` beside it is the authorities' work. What they share:
`recording` (sign and keep a record), `lookup` (find records by what they are about), `errors` (what a guard refuses).
"""
