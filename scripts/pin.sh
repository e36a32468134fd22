#!/bin/sh
# Choose and pin the packages: pyproject.toml and requirements/build.in → requirements/runtime.txt and dev.txt.
#
# One answer for every Python and system (--universal), hashes of the public index's files, no addresses and no paths.
# dev.txt repeats the choices of runtime.txt, so that the tests run with what users get.
set -eu
cd "$(dirname "$0")/.."

pin() {
    target=$1
    shift
    env -u UV_FIND_LINKS -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_INDEX uv pip compile pyproject.toml requirements/build.in \
        --extra server --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
        --upgrade --quiet --output-file "$target" "$@"
    printf 'tanju: %s: %s packages\n' "$target" "$(grep -c == "$target")" >&2
}

pin requirements/runtime.txt
pin requirements/dev.txt --group dev --constraint requirements/runtime.txt
