# Two commands matter: `make demo` and `make test`. Both do their own set-up in .venv.

.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin

# The newest Python from 3.11 up that really starts (a version manager's shim may not).
PYTHON ?= $(shell for python in python3.15 python3.14 python3.13 python3.12 python3.11 python3 python; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$python; break; fi; done)

.PHONY: help demo test crash install lint bench clean

help:
	@echo "make demo     set up .venv and watch alerts come and go on simulated chains (under a minute)"
	@echo "make test     set up .venv and run the whole test suite"
	@echo "make crash    kill -9 the checker 500 times, and see whether anything was lost (a few minutes)"
	@echo "make install  set up .venv for the real thing: .venv/bin/python main.py init"
	@echo "make lint     ruff, mypy --strict and the import rules"
	@echo "make bench    the cost figures, as ratios measured in one run"
	@echo "make clean    remove .venv and caches"

$(VENV)/created:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found. On Debian/Ubuntu: apt-get install python3 python3-venv" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "$(PYTHON) cannot create environments: apt-get install python$$version-venv" >&2; exit 2; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run-installed: requirements.txt $(VENV)/created
	@echo "Installing requirements.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev-installed: requirements-dev.txt requirements-notify.txt requirements-postgres.txt requirements-bittensor.txt requirements.txt $(VENV)/created
	@echo "Installing requirements-dev.txt"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/run-installed $(VENV)/bittensor-installed

# Without a wheel for this machine (musl has none) it is tried again next time; the demo does without.
$(VENV)/bittensor-installed: requirements-bittensor.txt $(VENV)/run-installed
	@echo "Installing requirements-bittensor.txt"
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-bittensor.txt \
		2>/dev/null; then touch $@; else echo "There is no wheel of bittensor-core to be had here."; fi

install: $(VENV)/run-installed
	@echo "Installed. Next: $(BIN)/python main.py init"

demo: $(VENV)/bittensor-installed
	@$(BIN)/python -m simulator demo

test: $(VENV)/dev-installed
	@$(BIN)/python -m pytest -n 4 --dist worksteal -rs --cov --cov-report=term:skip-covered $(ARGS)

crash: $(VENV)/dev-installed
	@$(BIN)/python -m tests.crash $(ARGS)

lint: $(VENV)/dev-installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/dev-installed
	@$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
