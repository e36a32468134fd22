"""Two sessions on one PostgreSQL database, the second of which asks while the first has not committed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from sqlalchemy import text

from ledger.store import Session, Store

Work = Callable[[Session], Any]

SOMEBODY_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def behind(first: Store, second: Store, work: Work, other: Work | None = None) -> tuple[Any, Any]:
    """The answers of both; AssertionError if the second one did not have to wait for the first."""
    with ThreadPoolExecutor(1) as pool:
        with first.writing() as session:
            answer = work(session)
            waiting = pool.submit(committed, second, other or work)
            _wait_until_blocked(first, waiting)
            session.commit()
        return answer, waiting.result()


def committed(store: Store, work: Work) -> Any:
    """The answer of one session, durable."""
    with store.writing() as session:
        answer = work(session)
        session.commit()
    return answer


def _wait_until_blocked(store: Store, future: Future[Any]) -> None:
    while not future.done():
        with store.engine.connect() as connection:
            if connection.execute(SOMEBODY_WAITS).scalar_one():
                return
    raise AssertionError(f"it did not wait: {future.result()}")
