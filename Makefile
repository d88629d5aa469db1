# People and CI call the same targets. `make help` lists them.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_ARGS ?=
WORKERS ?= 2
IN_PARALLEL := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 10

.DEFAULT_GOAL := help
.PHONY: help setup spark demo test test-all mutation lint format types layers compile docs lock clean purge

help: ## List the targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-9s %s\n", $$1, $$2}'

setup: $(READY) ## Create .venv from requirements.lock.

# The stamp file is written last: if an installation was interrupted, the next make continues it.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Python 3.11 is needed. Name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating $(VENV) from requirements.lock. This takes some minutes, once."
	@$(PYTHON) -m venv $(VENV)
	@$(PYTHON) scripts/install.py $(BIN)/python requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

spark: $(VENV)/.spark ## Add the engine spark to .venv. It needs Java 17 too (Debian: apt-get install openjdk-17-jre-headless).

$(VENV)/.spark: $(READY) requirements-spark.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check -c requirements.lock -r requirements-spark.lock
	@touch $@

demo: setup ## Run the whole loop on this machine: train, approve, release, match, decide, monitor.
	$(BIN)/matchwright demo

test: setup ## Run the tests except the slow ones, in two processes (PYTEST_ARGS="-k name" for some, SLOW=1 for all).
	$(BIN)/python -m pytest $(IN_PARALLEL) $(if $(SLOW),,-m "not slow") $(PYTEST_ARGS)

test-all: ## Run all tests, the slow ones too.
	@$(MAKE) test SLOW=1

mutation: setup ## Plant SAMPLE (200) small faults, one at a time, and list those that the mirrored tests miss. Takes hours.
	PYTHONPATH=.:tests OMP_NUM_THREADS=1 $(BIN)/python -m mutation --sample $(or $(SAMPLE),200) \
	  --seed $(or $(SEED),1) --workers $(WORKERS) $(if $(ONLY),--only $(ONLY))

lint: setup ## Check style and formatting.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup ## Correct style and formatting.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup ## Check types.
	$(BIN)/mypy

layers: setup ## Check the import contracts.
	$(BIN)/lint-imports

compile: setup ## Write every pipeline as IR YAML to build/pipelines (ENVIRONMENT=prod for another environment).
	$(BIN)/matchwright pipeline compile --environment "$(or $(ENVIRONMENT),local)"

docs: setup ## Build the documentation site in build/docs. A broken link is an error.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

lock: setup ## Write the packages of .venv with their versions to requirements.lock.
	@{ head -n 1 requirements.lock; $(BIN)/pip freeze --all --exclude-editable --exclude pip --exclude matchwright \
	  | sed 's/+cpu$$//' | grep -vxFf requirements-spark.lock; } > requirements.lock.draft
	@mv requirements.lock.draft requirements.lock

clean: ## Remove caches and build output, but keep .venv and the state in .matchwright.
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +

purge: clean ## Remove caches, build output and .venv.
	rm -rf $(VENV)
