# Everything that people and CI do with this project. `make` lists it.

PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# The locks are complete, so that pip has nothing to resolve: left to it, an extra that prefect asks for
# (sqlalchemy[asyncio]) is taken in its newest version, which the lock does not hold.
# Stamps: an environment is made again when its lock or the package's own metadata changes.
.venv/.made:
	$(PYTHON) -m venv .venv
	touch $@

.venv/.run: .venv/.made requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	touch $@

.PHONY: demo
demo: .venv/.run ## The whole job on the shipped samples
	$(BIN)/article-etl demo

.PHONY: up
up: .venv/.run ## The local stack: MongoDB, Prefect with its UI, the deployments
	$(BIN)/article-etl up

.PHONY: test
test: .venv/.dev ## Every test but the stack's, real servers included, then lint
	$(BIN)/python -m pytest -m "not stack and not faults"
	$(MAKE) --no-print-directory lint

.PHONY: test-faults
test-faults: .venv/.dev ## The long fault suite, and the bad inputs
	$(BIN)/python -m pytest tests/faults tests/bad_inputs

.PHONY: test-stack
test-stack: .venv/.dev ## The compose file's services by their own commands (needs root and Postgres)
	$(BIN)/python -m pytest tests/compose

.PHONY: screenshots
screenshots: .venv/.dev ## The pictures of docs/operating.md anew, by the browser test (needs chromium)
	$(BIN)/python -m pytest tests/ui --screenshots docs/images

.PHONY: lint
lint: .venv/.dev ## Style, types, layers, unsafe calls
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive etl flows docker

.PHONY: audit
audit: .venv/.dev ## Known vulnerabilities in what the lock installs (asks a service on the network)
	$(BIN)/python -m tests.audit

FUZZ_SECONDS ?= 45
.PHONY: fuzz
fuzz: .venv/.dev ## Look for inputs that crash or hang, FUZZ_SECONDS for each target
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-fuzz.lock
	set -e; for target in $$($(BIN)/python -c "from tests.fuzz.targets import TARGETS; print(*TARGETS)"); do \
		echo "== $$target"; $(BIN)/python -m tests.fuzz $$target $(FUZZ_SECONDS); done

.PHONY: bench
bench: .venv/.dev ## Speed, as ratios inside one run (small: BENCH_ARTICLES=20000 BENCH_ROUNDS=1)
	$(BIN)/python -m benchmarks

.PHONY: bench-docs
bench-docs: .venv/.dev ## Write the figures of the last `make bench` into docs/
	$(BIN)/python -m benchmarks.page build/benchmarks/results.json docs/performance.md docs/scale-out.md

# uv names no index address in what it writes; pip-tools and uv.lock do.
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock" pyproject.toml

.PHONY: lock
lock: ## Resolve the dependencies anew (needs uv); the tests start the server on the result
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --group build --group dev --extra parquet --extra dask -c requirements.lock -o requirements-dev.lock
	$(COMPILE:pyproject.toml=) --group fuzz -o requirements-fuzz.lock

.PHONY: docs
docs: .venv/.dev ## Write the reference pages that are made from the code
	$(BIN)/python -m docs.make_configuration
