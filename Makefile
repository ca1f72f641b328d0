# Everything here works on a fresh machine that has Python 3.11, 3.12 or 3.13 and make, and nothing else.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RESOLVE := $(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"
RUNTIME := --no-emit-package botocore --no-emit-package jmespath --no-emit-package python-dateutil --no-emit-package six --no-emit-package urllib3

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types unit e2e bench up down openapi events lock clean

help: ## say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

# PYTHON=... names the Python of .venv: one of another version is made anew, never tested in its place.
VERSION := -c 'import sys; print(sys.version)'
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) $(VERSION) 2>&1),$(shell $(BIN)/python $(VERSION) 2>&1))
OTHER_PYTHON := another-python
endif
endif

.PHONY: another-python
another-python:

$(READY): requirements.txt package.json package-lock.json pyproject.toml $(OTHER_PYTHON)
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Stadion needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another one: make PYTHON=python3.12 ..." % sys.version_info[:2])'
	@$(if $(OTHER_PYTHON),rm -rf $(VENV))
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setup: Python packages ..."
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.8
	@$(BIN)/uv pip sync -q --compile-bytecode requirements.txt
	@$(BIN)/uv pip install -q --no-deps --no-build-isolation-package stadion -e .
	@echo "setup: the CDK command line (npm) ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

setup: $(READY) ## install what is needed into .venv and node_modules

up: $(READY) ## start the local stack and deploy to it
	@$(BIN)/stadion up

down: $(READY) ## stop the local stack (its state is kept)
	@$(BIN)/stadion down

demo: $(READY) ## the main job on real recordings: upload, wear, XP, records, notifications
	@$(BIN)/stadion demo

test: $(READY) ## lint, types, unit, contract, infra, integration, end-to-end
	@$(BIN)/python -m tests.run

lock: ## resolve every pinned list anew
	$(RESOLVE) requirements.in -o requirements.txt
	$(RESOLVE) $(RUNTIME) layers/vendor/requirements.in -c requirements.txt -o layers/vendor/requirements.txt
	$(RESOLVE) layers/tracks/requirements.in -c requirements.txt -o layers/tracks/requirements.txt
	$(RESOLVE) layers/images/requirements.in -c requirements.txt -o layers/images/requirements.txt
	$(RESOLVE) layers/mail/requirements.in -c requirements.txt -o layers/mail/requirements.txt
	$(RESOLVE) layers/webhooks/requirements.in -c requirements.txt -o layers/webhooks/requirements.txt
	$(RESOLVE) layers/statistics/requirements.in -c requirements.txt -o layers/statistics/requirements.txt

clean: ## remove caches and the local stack's state
	rm -rf .stadion cdk.out .mypy_cache .ruff_cache .pytest_cache .hypothesis
