# Needs Python 3.11 to 3.14, git and make. PYTHON=python3.13 make run takes an interpreter of your own choice.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14 python
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# What an install is made of, besides the Python that it finds in place.
INSTALLED := pyproject.toml constraints.txt hatch_build.py $(wildcard tasks/chars/*.c tasks/repair/shift/kernel/*.[ch])
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Nothing is reported to anyone.
export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.PHONY: run test check operate eval bench kill package lock clean help

run: .venv/.installed ## curate raw/ into curated/; ARGS="--raw … --curated …" goes to the command
	$(BIN)/qingwen run $(ARGS)

test: .venv/.installed-dev ## run the tests
	$(BIN)/python -m pytest -q $(ARGS)

check: .venv/.installed-dev ## lint, format, types, and tests with warnings as errors: what CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -m 'not operate'

operate: .venv/.installed-dev ## run every command of docs/operate.md, with servers of their own
	$(BIN)/python -m pytest -q -m operate tests/test_operate.py

eval: .venv/.installed-dev ## figures of every stage on held-out pages; fails when one falls below its floor
	$(BIN)/python -m evals --gate $(ARGS)
	$(BIN)/python -m evals.encodings
	$(BIN)/python -m evals.mojibake --gate
	$(BIN)/python -m evals.strip --check
	$(BIN)/python -m evals.sections --gate
	$(BIN)/python -m evals.scripts --check
	$(BIN)/python -m evals.metadata --check
	$(BIN)/python -m evals.learned --gate
	$(BIN)/python -m evals.duplicates --gate

bench: .venv/.installed-dev ## speed of every stage beside the peers and the floor; ARGS="--quick" for a first look
	$(BIN)/python -m benchmarks $(ARGS)
	$(BIN)/python -m benchmarks.encodings
	$(BIN)/python -m benchmarks.calls
	$(BIN)/python -m benchmarks.share
	$(BIN)/python -m benchmarks.scale --pages 10000 --workers 1 2

kill: .venv/.installed-dev ## kill runs at random moments, KILLS of them (240, of which some are over before), and look that nothing is lost; SEED=2 for others
	KILLS=$${KILLS:-240} $(BIN)/python -m pytest -q -s tests/test_kill.py $(ARGS)

package: .venv/.installed ## build wheel and sdist in build/package, install the wheel in an empty place and use it there
	$(BIN)/python -m tools.check_package

lock: ## pin what a fresh install of today resolves to, in constraints.txt
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install -q '.[dev,dask,s3]'
	build/lock/bin/python -m tools.make_constraints > constraints.txt.new && mv constraints.txt.new constraints.txt
	rm -rf build/lock

clean: ## remove the virtual environment and what tools leave behind
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: no Python from 3.11 to 3.14 found; name one with PYTHON=…" >&2; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python $(INSTALLED)
	$(PIP) install -qq -c constraints.txt -e .
	@touch $@

.venv/.installed-dev: .venv/bin/python $(INSTALLED)
	$(PIP) install -qq -c constraints.txt -e '.[dev]'
	@touch $@ .venv/.installed
