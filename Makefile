# People and CI call the same targets. `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_ARGS ?=
WORKERS ?= 2
IN_PARALLEL := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 10

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all lint format types layers compile docs lock clean purge

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-9s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv from requirements.lock.

# The stamp is made last: an installation that was broken off is taken up again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making $(VENV) from requirements.lock: some minutes, once."
	@$(PYTHON) -m venv $(VENV)
	@$(PYTHON) scripts/install.py $(BIN)/python requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Run the whole life of a matching model on this machine.
	$(BIN)/matchwright demo

test: setup ## Run the tests except the slow ones, in two processes (PYTEST_ARGS="-k name" for some, SLOW=1 for all).
	$(BIN)/python -m pytest $(IN_PARALLEL) $(if $(SLOW),,-m "not slow") $(PYTEST_ARGS)

test-all: ## Run all tests, the slow ones too.
	@$(MAKE) test SLOW=1

lint: setup ## Check style and formatting.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## Mend style and formatting.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## Check types.
	$(BIN)/mypy

layers: setup ## Check who may import whom.
	$(BIN)/lint-imports

compile: setup ## Write every pipeline as IR YAML to build/pipelines (ENVIRONMENT=prod for another environment).
	$(BIN)/matchwright pipeline compile --environment "$(or $(ENVIRONMENT),local)"

docs: setup ## Build the documentation site into build/docs; a broken link is an error.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lock: setup ## Pin what .venv holds in requirements.lock.
	@{ head -n 1 requirements.lock; $(BIN)/pip freeze --all --exclude-editable --exclude pip --exclude matchwright \
	  | sed 's/+cpu$$//'; } > requirements.lock.draft
	@mv requirements.lock.draft requirements.lock

clean: ## Remove caches and build output; .venv and the state in .matchwright stay.
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

purge: clean ## Remove .venv too.
	rm -rf $(VENV)
