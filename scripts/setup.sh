#!/bin/sh
# Make the environment of this checkout: scripts/setup.sh runtime|dev
#
# Finds a Python that will do, creates .venv, installs the pinned and hashed packages of requirements/*.txt and then the
# project itself. A stamp in .venv holds the digest of what was installed: a second run does nothing. Uses uv where it is on
# the PATH, plain pip otherwise. Honours PYTHON=/path/to/python3.
set -eu

set_name=${1:-runtime}
venv=.venv
oldest=3.11

say() { printf 'tanju: %s\n' "$*" >&2; }
fail() { printf '\ntanju: %s\n' "$1" >&2; shift; for line in "$@"; do printf '       %s\n' "$line" >&2; done; exit 1; }

case $set_name in
runtime | dev) ;;
*) fail "unknown set of packages '$set_name'" "Say: scripts/setup.sh runtime, or: scripts/setup.sh dev" ;;
esac
cd "$(dirname "$0")/.."

# A name on the PATH may be a shim that starts nothing: ask it to run.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Newer ones than these have no ready-made packages yet of what is pinned; named by PYTHON they are tried all the same.
is_served() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" && { printf '%s' "$PYTHON"; return; }
        fail "PYTHON=$PYTHON does not start, or is older than $oldest." "Give the path of a Python $oldest or newer."
    fi
    for name in python3 python3.13 python3.12 python3.11; do
        is_served "$name" && { printf '%s' "$name"; return; }
    done
    fail "no Python 3.11, 3.12 or 3.13 was found (looked for python3, python3.13, python3.12, python3.11)." \
        "On Debian 12 or Ubuntu 24.04:  apt-get install python3 python3-venv" \
        "Elsewhere install one and say: make PYTHON=/path/to/python3 …"
}

digest() {
    "$1" - "requirements/$2.txt" pyproject.toml <<'PY'
import hashlib, pathlib, sys
joined = b"".join(hashlib.sha256(pathlib.Path(name).read_bytes()).digest() for name in sys.argv[1:])
print(hashlib.sha256(joined).hexdigest())
PY
}

stamped() { [ -f "$venv/tanju-$1.stamp" ] && [ "$(cat "$venv/tanju-$1.stamp")" = "$(digest "$venv/bin/python" "$1")" ]; }

create_venv() {
    if command -v uv >/dev/null 2>&1; then
        say "creating $venv with uv and $("$1" --version)"
        uv venv --quiet --clear --python "$1" "$venv"
        return
    fi
    "$1" -c 'import venv, ensurepip' >/dev/null 2>&1 || fail "$1 cannot make virtual environments: its venv or ensurepip module is missing." \
        "On Debian or Ubuntu:  apt-get install python3-venv" \
        "Elsewhere use a complete Python, PYTHON=/path/to/python3, or install uv."
    say "creating $venv with $("$1" --version)"
    "$1" -m venv --clear "$venv"
}

install() {
    if command -v uv >/dev/null 2>&1; then
        uv pip install --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip --disable-pip-version-check install "$@"
    fi
}

# Why .venv cannot serve, or nothing if it can.
unusable() {
    new_enough "$venv/bin/python" || { [ ! -e "$venv" ] || printf 'its Python does not start, or is older than %s' "$oldest"; return; }
    [ ! -f "$venv/tanju-place" ] || [ "$(cat "$venv/tanju-place")" = "$PWD" ] || { printf 'this folder was moved'; return; }
    [ -z "${PYTHON:-}" ] || [ "$(base_of "$PYTHON")" = "$(base_of "$venv/bin/python")" ] || { printf 'PYTHON names another Python'; return; }
    command -v uv >/dev/null 2>&1 || "$venv/bin/python" -m pip --version >/dev/null 2>&1 || printf 'it has no pip'
}

base_of() { "$1" -c 'import sys; print(sys.base_prefix, sys.version)'; }

fault=$(unusable)
if [ -n "$fault" ] || [ ! -e "$venv/bin/python" ]; then
    chosen=$(find_python)
    [ -z "$fault" ] || say "making $venv anew: $fault"
    create_venv "$chosen"
    printf '%s\n' "$PWD" >"$venv/tanju-place"
elif stamped dev || { [ "$set_name" = runtime ] && stamped runtime; }; then
    exit 0 # the packages for development include all others
fi

rm -f "$venv"/tanju-*.stamp
say "installing $(grep -c == "requirements/$set_name.txt") pinned packages ($set_name); the first time this takes a minute or two"
install --require-hashes --only-binary :all: -r "requirements/$set_name.txt" ||
    fail "the packages could not be installed." "The lines above say why: most often no network, or no ready-made package for this Python or system." \
        "When that is mended, run the same command again."
install --no-deps --no-build-isolation -e .
digest "$venv/bin/python" "$set_name" >"$venv/tanju-$set_name.stamp"
say "$venv is ready"
