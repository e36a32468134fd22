"""What every test may ask for: where the project and its neighbour folder lie, and that a unit test has no network."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import databases

if TYPE_CHECKING:
    from scripts.golden.world import GoldenWorld

REPO_ROOT = Path(__file__).resolve().parent.parent
UNIT_TESTS = REPO_ROOT / "tests" / "unit"

# No test asserts a wall-clock time, so Hypothesis must not either. In continuous integration each run draws the same.
settings.register_profile(
    "tanju", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tanju")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take the network from unit tests, and mark those that need the neighbour folder.

    A unit test that says ``enable_socket`` keeps the whole suite's rule, loopback only.
    """
    for item in items:
        if item.path.is_relative_to(UNIT_TESTS) and item.get_closest_marker("allow_hosts") is None:
            item.add_marker(pytest.mark.disable_socket)
        if "shared_dir" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.shared)


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return REPO_ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of published data and vectors: TANJU_SHARED, else ../shared beside the checkout; skips without it."""
    named = os.environ.get("TANJU_SHARED")
    folder = Path(named) if named else REPO_ROOT.parent / "shared"
    if named and not folder.is_dir():
        pytest.fail(f"TANJU_SHARED={named} is not a folder")
    if not (folder / "vectors").is_dir():
        pytest.skip("needs the folder shared beside the checkout, or TANJU_SHARED")
    return folder


@pytest.fixture(scope="session")
def golden() -> "GoldenWorld":
    """The golden world up to recognition, on a chain in this process; nobody may change it."""
    from scripts.golden.world import GoldenWorld  # it takes a second, which other tests need not wait

    return GoldenWorld()


@pytest.fixture
def world() -> "GoldenWorld":
    """A golden world of one's own."""
    from scripts.golden.world import GoldenWorld

    return GoldenWorld()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.PostgresqlServer]:
    """A private PostgreSQL server for the run; skips where there is none, and fails there in continuous integration."""
    programs = databases.find_programs()
    if programs is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("needs PostgreSQL's initdb and postgres (Debian: apt-get install postgresql)")
    with databases.running_postgresql(programs) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: databases.PostgresqlServer) -> str:
    """The name of a database at this version's tables, to be copied."""
    name = postgresql.create()
    databases.migrated(postgresql.url(name))
    return name


@pytest.fixture(params=databases.KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[databases.Database]:
    """A fresh database at this version's tables: each test that asks for it runs once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        yield databases.sqlite_database(tmp_path)
        return
    server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_template")
    with databases.postgresql_database(server, template) as made:
        yield made
