# Homeroom. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help demo run test check bench migrate format pictures messages lock clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Homeroom needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## A demo district with a simulated network, swept and served on http://127.0.0.1:8000
	$(BIN)/python -m tests.demo

run: $(STAMP) ## Serve this installation (an empty one prints a one-time set-up link)
	$(BIN)/homeroom run

test: $(STAMP) ## The whole test suite, on SQLite and PostgreSQL
	$(BIN)/pytest -n auto --dist loadgroup

check: $(STAMP) ## Format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

migrate: $(STAMP) ## Upgrade the database to the newest revision
	$(BIN)/homeroom migrate

bench: $(STAMP) ## The measured promises, printed as ratios
	$(BIN)/python -m benchmarks

pictures: $(STAMP) ## Photograph the demo district for docs/pictures (needs chromium)
	$(BIN)/python -m tests.demo.pictures

messages: $(STAMP) ## Bring the translations' catalogs up to date with the templates
	$(BIN)/python tools/messages.py

lock: ## Write requirements.lock anew (needs uv)
	tools/lock.sh

clean: ## Remove the environment and caches (never the data in var/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
