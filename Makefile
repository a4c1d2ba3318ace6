# Everything runs in .venv, made from requirements.lock; nothing else on the machine is needed but Python 3.11+.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.from-lock
# Half of the tests' time is waiting, so that two cores are busy with five workers and not with four.
WORKERS ?= 5
TEST := $(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# What the workers and every bot that a test starts import is compiled once, whatever the machine's habit is.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test check cover interop bench crash prove run lock screenshots

help:  ## Say what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

$(READY): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rollcall needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements.lock
	@touch $(READY)

demo: $(READY)  ## The whole thing on this machine: two simulated systems, the bot, and a page
	$(RUN) app.py demo

test: $(READY)  ## All tests, on real sockets and real files
	@$(RUN) -m compileall -q app.py bot crash tools
	$(TEST)

cover: $(READY)  ## All tests, and which lines and branches they reached
	$(TEST) --cov --cov-report=term

check: $(READY)  ## Style, types, and the direction of imports
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports

interop: $(READY)  ## Slack's and Contentstack's own JavaScript clients against the simulated systems (needs node and npm)
	tests/interop/slack.sh
	tests/interop/contentstack.sh

bench: $(READY)  ## Speed, side by side in one run: a quarter of an hour, at most seven minutes a part
	$(RUN) -m bench

screenshots: $(READY)  ## The pictures of README and docs, from the running page (needs Chromium)
	$(RUN) -m tools.screenshots

crash: $(READY)  ## Kill a real bot at every boundary, more than a hundred times, and look what was lost
	$(RUN) -m crash

prove: $(READY)  ## 100,000 sequences of clicks by anybody: none may run what was not agreed to, or twice (minutes)
	$(RUN) -m tests.model.prove

run: $(READY)  ## The bot, with the settings of the environment or .env
	$(RUN) app.py

lock: $(READY)  ## Resolve the dependencies anew (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -c requirements.lock -o requirements-run.lock
