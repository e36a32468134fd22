"""The house rules that a machine can hold: sizes, names, few dependencies, no trace of one machine, no dead links."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("api", "ledger", "verifier", "contracts")
SOURCE_SUFFIXES = {".py", ".sol", ".html", ".css", ".js"}
TEXT_SUFFIXES = SOURCE_SUFFIXES | {".md", ".toml", ".txt", ".in", ".sh", ".json", ".yml", ".yaml", ".ini", ".cfg", ""}
PASSED_BY = {".git", ".venv", "node_modules", "var", "build", "dist", "__pycache__"}

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 40
MAX_VERIFIER_DEPENDENCIES = 12
MAX_SERVER_DEPENDENCIES = 35
NAMELESS_MODULES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}

# Packages that another package shows in its own interface: they come with it, and in the version that it wants.
PARTS_OF = {
    "anyio": "fastapi",
    "eth-abi": "web3",
    "eth-account": "web3",
    "eth-hash": "py-evm",
    "eth-keys": "py-evm",
    "eth-typing": "web3",
    "eth-utils": "web3",
    "hexbytes": "web3",
    "markupsafe": "jinja2",
    "requests": "web3",
    "rlp": "py-evm",
    "starlette": "fastapi",
    "trie": "py-evm",
}

# Functions that may be longer, each with its reason: {"ledger/x.py::name": "why"}.
LONG_FUNCTIONS: dict[str, str] = {}

# Written so that this file does not trip over itself.
MACHINE_PATH = re.compile(r"(?<![\w.:/~$}<-])/(?:" + "|".join(["tmp", "work", "root", "home"]) + r")/[\w.]")
ADDRESS = re.compile(r"(?:https?|git\+\w+|file)" + "://", re.IGNORECASE)


def project_files() -> list[Path]:
    """Every file that git tracks or would track; without git, every file outside the folders that are made."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not PASSED_BY.intersection(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


FILES = project_files()


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_generated(path: Path) -> bool:
    return named(path).startswith("contracts/artifacts/")


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Each function with its qualified name and its lines, from `def` to the end without the docstring."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", function_lines(node)
            yield from functions(node, f"{prefix}{node.name}.")
        else:
            yield from functions(node, prefix)


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        lines -= first.end_lineno - first.lineno + 1
    return lines


def test_there_is_something_to_look_at() -> None:
    assert ROOT / "pyproject.toml" in FILES
    assert sum(path.suffix == ".py" for path in FILES) > 10


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        named(p): p.read_bytes().count(b"\n") for p in FILES if p.suffix in SOURCE_SUFFIXES and not is_generated(p)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in FILES:
        if path.suffix != ".py" or named(path).startswith("tests/"):
            continue
        for name, lines in functions(ast.parse(path.read_text(encoding="utf-8"))):
            if lines > MAX_FUNCTION_LINES:
                long[f"{named(path)}::{name}"] = lines
    assert {where: lines for where, lines in long.items() if where not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "an exception that is no longer needed"


def test_every_module_is_named_for_what_it_does() -> None:
    parts = {part for path in FILES if path.suffix == ".py" for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & NAMELESS_MODULES == set()


def test_tests_are_no_packages() -> None:
    """A package tests/…/contracts would stand before the real one."""
    assert [named(p) for p in FILES if p.name == "__init__.py" and named(p).startswith("tests/")] == []


def test_no_path_of_one_machine_stands_in_a_file() -> None:
    found = []
    for path in FILES:
        if path.suffix in TEXT_SUFFIXES and not is_generated(path):
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
                if not line.startswith("#!") and MACHINE_PATH.search(line):
                    found.append(f"{named(path)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ('open("/' + 'tmp/x.json")', True),
        ("cd /" + "work/main", True),
        ("/" + "home/somebody/tanju", True),
        ("var/tmp/x", False),
        ("https://example.org/work/1", False),
        ("/v1/work", False),
    ],
)
def test_a_path_of_one_machine_is_known_when_seen(line: str, is_one: bool) -> None:
    assert bool(MACHINE_PATH.search(line)) is is_one


@pytest.mark.parametrize("name", ["requirements/runtime.txt", "requirements/dev.txt"])
def test_requirements_are_pinned_hashed_and_without_addresses(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not ADDRESS.search(text)
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), "an option such as an index or an editable"
    requirements = re.sub(r"\\\n", " ", text).splitlines()
    for line in requirements:
        if line.strip() and not line.lstrip().startswith("#"):
            assert re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,-]+\])?==\S+ ", line), line[:80]
            assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", line), line[:80]


def test_npm_lock_file_carries_no_addresses() -> None:
    for line in (ROOT / "package-lock.json").read_text(encoding="utf-8").splitlines():
        assert '"resolved"' not in line


def pinned(name: str) -> set[str]:
    """The pins of one file, ``name==version ; marker``, as a set of lines."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {
        line.removesuffix("\\").strip()
        for line in text.splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }


def test_tests_run_with_the_versions_that_users_get() -> None:
    """The same pins; the tests may want on every system what users get on one."""
    tested = pinned("dev.txt")
    assert [line for line in pinned("runtime.txt") if not {line, line.partition(" ;")[0]} & tested] == []


def project_table() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {"verifier": project["dependencies"], "server": project["optional-dependencies"]["server"]}


def distribution(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def test_dependencies_stay_few() -> None:
    table = project_table()
    assert len(table["verifier"]) <= MAX_VERIFIER_DEPENDENCIES
    assert len(table["verifier"]) + len(table["server"]) <= MAX_SERVER_DEPENDENCIES


def test_every_direct_dependency_is_pinned_and_has_a_reason() -> None:
    reasons = (ROOT / "docs" / "explanation" / "dependencies.md").read_text(encoding="utf-8")
    names = {line.split("==")[0].split("[")[0] for line in pinned("runtime.txt")}
    for requirement in [*project_table()["verifier"], *project_table()["server"]]:
        name = distribution(requirement)
        assert name in names, f"{name}: run make requirements"
        assert re.search(rf"^\| `{re.escape(name)}`", reasons, re.MULTILINE), f"{name}: no line of reason"


def imported_distributions(folder: str) -> dict[str, str]:
    """The distributions that a floor imports, each with one file that does."""
    providers = {name: {d.lower().replace("_", "-") for d in dists} for name, dists in packages_distributions().items()}
    found: dict[str, str] = {}
    for path in FILES:
        if path.suffix == ".py" and named(path).startswith(f"{folder}/"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    names = [node.module]
                for top in {name.partition(".")[0] for name in names} - set(FLOORS) - set(sys.stdlib_module_names):
                    # An import that nothing installed provides stands under its own name, and so is found out too.
                    found |= dict.fromkeys(providers.get(top, {top}), named(path))
    return found


@pytest.mark.parametrize("folder", FLOORS)
def test_what_is_imported_is_declared(folder: str) -> None:
    """A package that only happens to be there would be missed on another machine, or after the next update."""
    table = project_table()
    declared = {distribution(r) for r in table["verifier"]}
    if folder in ("api", "ledger"):
        declared |= {distribution(r) for r in table["server"]}
    declared |= {part for part, whole in PARTS_OF.items() if whole in declared}
    undeclared = {name: path for name, path in imported_distributions(folder).items() if name not in declared}
    assert undeclared == {}


LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def headings(path: Path) -> set[str]:
    """The anchors that a page offers, as GitHub makes them: lower case, punctuation gone, blanks to hyphens."""
    titles = re.findall(r"^#+ +(.+?)\s*$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page: Path) -> Iterator[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue  # an address elsewhere
        place, _, anchor = unquote(target).partition("#")
        there = (page.parent / place).resolve() if place else page
        is_dead = not there.is_relative_to(ROOT) or not there.exists()
        if is_dead or (anchor and there.suffix == ".md" and anchor not in headings(there)):
            yield target


@pytest.mark.parametrize("page", [p for p in FILES if p.suffix == ".md"], ids=named)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    assert list(dead_links(page)) == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(p.name for p in folder.glob("[0-9]*.md"))
    assert pages
    assert [name for name in pages if f"]({name})" not in index] == []
    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
