# Everything here works on a fresh machine that has Python 3.11, 3.12 or 3.13 and make, and nothing else.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RESOLVE := $(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
RUNTIME := --no-emit-package botocore --no-emit-package jmespath --no-emit-package python-dateutil --no-emit-package six --no-emit-package urllib3

.DEFAULT_GOAL := help
.NOTPARALLEL: # `make -j lint types`: one run of the tests at a time in a folder, and each uses all cores by itself
.PHONY: help setup demo test proof check mutants lint format types unit e2e bench cost up down diff contracts lock clean

help: ## say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# PYTHON=... names the Python of .venv: one of another version is made anew, never tested in its place.
VERSION := -c 'import sys; print(sys.version)'
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) $(VERSION) 2>&1),$(shell $(BIN)/python $(VERSION) 2>/dev/null))
OTHER_PYTHON := another-python
endif
endif

# A Python that the system has replaced, or a folder that somebody has removed: what is gone is made again.
GONE := $(if $(wildcard $(READY)),$(shell test -x $(BIN)/python -a -x $(BIN)/uv -a -e node_modules/aws-cdk/bin/cdk || echo gone))

.PHONY: another-python gone
another-python gone:

# Without it uv takes the environment that is active in the shell, and removes what is in there.
HERE := --python $(BIN)/python

$(READY): requirements.txt tests/linters/requirements.txt package.json package-lock.json pyproject.toml $(OTHER_PYTHON) $(GONE)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Stadion needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	@$(if $(OTHER_PYTHON),rm -rf $(VENV))
	@test -x $(BIN)/python -a -x $(BIN)/uv || $(PYTHON) -m venv --clear $(VENV)
	@echo "setup: Python packages ..."
	@test -x $(BIN)/uv || sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@$(BIN)/uv pip sync -q $(HERE) --compile-bytecode requirements.txt
	@$(BIN)/uv pip install -q $(HERE) --no-deps --no-build-isolation-package stadion -e .
	@echo "setup: the CDK command line (npm) ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent --no-audit --no-fund
	@echo "setup: a linter of templates, by itself ..."
	@$(BIN)/python -m tests.kit.tools
	@touch $@

setup: $(READY) ## install what is needed into .venv and node_modules

cost: $(READY) ## what a month and a workout cost on AWS: counts on a stack of its own, writes docs/cost.md
	@PYTHONPATH=functions:layers/shared/python:cli:. $(BIN)/python -m tests.bench.cost

up: $(READY) ## start the local stack and deploy to it
	@$(BIN)/stadion up

down: $(READY) ## stop the local stack (its state is kept)
	@$(BIN)/stadion down

demo: $(READY) ## the main job on real recordings: upload, wear, XP, records, notifications
	@$(BIN)/stadion demo

# SERVICE=promos[,partners]: of these services alone. CHANGED=1 [BASE=revision]: what the changes ask for. SEED=number.
PART = $(if $(SERVICE),--service $(SERVICE)) $(if $(CHANGED),--changed) $(if $(BASE),--base $(BASE)) $(if $(SEED),--seed $(SEED))
RUN = @$(BIN)/python -E -m tests.run $(PART)

test: $(READY) ## every check, small: lint, types, unit, integration, end to end, alone (SERVICE=, CHANGED=1, BASE=, SEED=)
	$(RUN)

proof: $(READY) ## the same checks, large: an hour or so, with a fresh seed
	$(RUN) --large

check: $(READY) ## lint, types, and unit and integration tests of what changed (BASE=revision): while you work
	$(RUN) --changed --quick --stages lint,format,types,unit,integration

mutants: $(READY) ## takes out one safeguard at a time, and wants a red test (ONLY=words)
	@$(BIN)/python -E -m tests.mutants $(ONLY)

lint: $(READY) ## ruff: rules and format
	$(RUN) --stages lint,format

format: $(READY) ## ruff formats all code, in place
	@$(BIN)/ruff format .

types: $(READY) ## mypy, strict, over everything but tests/
	$(RUN) --stages types

unit: $(READY) ## tests of rules alone
	$(RUN) --stages unit

e2e: $(READY) ## tests of the deployed stack
	$(RUN) --stages e2e

bench: $(READY) ## measurements, printed as ratios
	$(RUN) --stages bench

diff: $(READY) ## what the change does to the templates of a stage, without an account (STAGE=prod, BASE=main)
	@$(BIN)/python -m infra_cdk.diff --stage $(or $(STAGE),prod) --base $(or $(BASE),main)

contracts: $(READY) ## OpenAPI, AsyncAPI, event schemas and samples from the code
	@$(BIN)/stadion contracts write

lock: ## resolve every pinned list anew
	$(RESOLVE) requirements.in -o requirements.txt
	$(RESOLVE) $(RUNTIME) layers/vendor/requirements.in -c requirements.txt -o layers/vendor/requirements.txt
	for list in $(filter-out layers/vendor/%,$(wildcard layers/*/requirements.in)); do \
		$(RESOLVE) $$list -c requirements.txt -o $${list%.in}.txt || exit 1; \
	done
	$(RESOLVE) tests/linters/requirements.in -o tests/linters/requirements.txt

clean: ## remove caches and the local stack's state
	rm -rf .stadion cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis
