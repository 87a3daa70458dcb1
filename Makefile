# llmasos from a checkout: `make run` talks to an agent, `make test` proves it, `make bench` measures it.
# The first run builds llama.cpp (5 to 7 minutes on two cores); every later one starts at once.

VENV  := .venv
BIN   := $(VENV)/bin
ASK   ?=
# As it was typed: make would expand a $ in it.
export ASKED := $(value ASK)

.PHONY: run test lint bench peer fuzz crash stress links clean help

run: $(VENV)/.core
	@if [ -n "$$ASKED" ]; then exec $(BIN)/llmasos run "$$ASKED"; \
	elif [ -t 0 ]; then exec $(BIN)/llmasos; \
	else request=$$(cat); exec $(BIN)/llmasos run "$${request:-what can you do?}" </dev/null; fi

# A file's tests stay together: two files at a time take half as long.
test: lint
	$(BIN)/python -m pytest -q -n 2 --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.core
	$(BIN)/python bench/run.py

# llama-server and llama-batched-bench of our own llama.cpp: python bench/run.py --llama-server .peer/build/bin/llama-server
peer: $(VENV)/.core
	@scripts/peer.sh $(BIN)/python

fuzz: $(VENV)/.dev
	LLMASOS_FUZZ=$${LLMASOS_FUZZ:-10000} scripts/kept.sh tests/fuzz.txt $(BIN)/python -m pytest -q -s tests/test_fuzz.py \
	  tests/apps/daemon/test_hostile.py tests/apps/daemon/test_openapi.py

# Kills of the whole program, of the daemon with clients, and of its driver, at random moments; what it says is kept.
# On a machine left alone: starts that others took part in are not judged, and too few that were judged fail.
crash: $(VENV)/.dev
	LLMASOS_CRASH=$${LLMASOS_CRASH:-500} LLMASOS_DAEMON_CRASH=$${LLMASOS_DAEMON_CRASH:-100} \
	  LLMASOS_DRIVER_CRASHES=$${LLMASOS_DRIVER_CRASHES:-200} LLMASOS_READY_S=$${LLMASOS_READY_S:-2} \
	  LLMASOS_CUTS=$${LLMASOS_CUTS:-1000} LLMASOS_DAMAGES=$${LLMASOS_DAMAGES:-1000} \
	  scripts/kept.sh tests/crash/results.txt $(BIN)/python -m pytest -q -s tests/crash \
	  tests/kernel/test_journal.py tests/kernel/test_journal_repair.py

# 64 clients for a minute, and again beside 200 that do not read (bench/clients.py).
stress: $(VENV)/.core
	scripts/kept.sh tests/apps/daemon/stress.txt $(BIN)/python bench/clients.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Type checkers read the rooms through links (pyproject.toml, [tool.mypy]): one for each file of the front door.
links:
	@cd typings/llmasos && for file in ../../llmasos/*.py; do ln -sf "$$file" .; done

help:
	@echo 'make run [ASK="..."] | test | lint | bench | peer | fuzz | crash | stress | clean'

$(VENV)/.core: pyproject.toml constraints.txt scripts/install.py | $(BIN)/python
	@$(BIN)/python scripts/install.py $(VENV)
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt scripts/install.py | $(BIN)/python
	@$(BIN)/python scripts/install.py $(VENV) dev
	@touch $@ $(VENV)/.core

# PYTHON=... chooses; else the first Python of 3.11 or newer that can make an environment.
$(BIN)/python:
	@for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
	  if "$$candidate" -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "llmasos: making $(VENV) with $$candidate"; exec "$$candidate" -m venv $(VENV); fi; done; \
	echo "llmasos: no Python 3.11 or newer with venv: apt-get install python3 python3-venv, or make PYTHON=/path/to/python" >&2; \
	exit 2
