# GNU make; every target sets up what it needs. ARGS goes to the command: make demo ARGS="--once --json out.json"
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test check contracts contracts-write vectors bench requirements clean runtime dev node_modules

BIN := .venv/bin
ARGS ?=
export PYTHON

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

demo: runtime ## the life of two records on a local chain and three nodes; the pages stay up (--once: they do not)
	@$(BIN)/tanju demo $(ARGS)

test: dev ## the fast suite; one file: ARGS=tests/unit/test_house.py, the slow ones: ARGS="-m slow"
	@$(BIN)/pytest $(ARGS)

check: dev ## lint, format, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

contracts: dev node_modules ## compile the contracts and compare with the committed artifacts (needs node and npm)
	@$(BIN)/python scripts/compile_contracts.py --check

contracts-write: dev node_modules ## compile the contracts and write the artifacts
	@$(BIN)/python scripts/compile_contracts.py

vectors: dev ## make the project's own vectors again; a change of bytes shows in git diff
	@$(BIN)/python scripts/make_vectors.py $(ARGS)

bench: dev ## side by side with peers; prints ratios
	@[ -d benchmarks ] || { echo "tanju: there are no benchmarks yet" >&2; exit 1; }
	@$(BIN)/python -m benchmarks $(ARGS)

requirements: ## choose and pin the newest packages that pyproject.toml allows (needs uv)
	@command -v uv >/dev/null || { echo "tanju: this target needs uv on the PATH" >&2; exit 1; }
	@sh scripts/pin.sh

clean: ## remove what was built or run here; .venv and node_modules stay
	rm -rf var build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

runtime:
	@sh scripts/setup.sh runtime

dev:
	@sh scripts/setup.sh dev

node_modules:
	@command -v npm >/dev/null || { printf '%s\n' "tanju: npm was not found; only the contracts' compiler needs it." \
	    "       On Debian or Ubuntu:  apt-get install nodejs npm" >&2; exit 1; }
	@cmp -s package-lock.json node_modules/tanju.stamp || { npm ci --no-audit --no-fund && cp package-lock.json node_modules/tanju.stamp; }
