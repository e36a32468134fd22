"""The store: one database per node (SQLite by default, PostgreSQL by URL).

``Store`` opens sessions; the repositories are modules of plain functions, one noun a file, that take a session and
return frozen dataclasses: `records`, `tables`, `leaves`, `checkpoints`, `outbox`, `drafts`, `files`, `clients`,
`audit`, and what the indexer copied from the chain: `institutions`, `keys`, `qualifications`, `certificates`,
`recognitions`, `anchors` (rows: `chainrows`, `cursor`). No SQLAlchemy object leaves this package.
"""

from ledger.store.session import Session, Store

__all__ = ["Session", "Store"]
