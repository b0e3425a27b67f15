# Each target sets up by itself what it needs: see .ci/setup.sh. Another interpreter beside the first one:
#   make test PYTHON=python3.13 VENV=.venv-313
VENV ?= .venv
PYTHON ?=
# How many test processes run at once.
JOBS ?= 2
# Handed on: make demo ARGS="--seconds 60"    make test ARGS="-k fever"
ARGS ?=

export VENV PYTHON
# Debian keeps mosquitto in /usr/sbin, which is not on an ordinary account's path.
export PATH := $(PATH):/usr/sbin
SETUP := @bash .ci/setup.sh
PY := $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench street fuzz faults pictures voices lock install clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo:  ## the whole path on simulated hardware: cameras, doors, wristbands, pages, a broker and a centre
	$(SETUP) run
	$(VENV)/bin/menshen demo $(ARGS)

test: lint  ## lint, then every test that is quick (ARGS="-k word" picks some)
	$(PY) -m pytest -m "not slow" --numprocesses $(JOBS) --dist loadfile $(ARGS)

lint:  ## ruff and mypy, as strict as pyproject.toml says
	$(SETUP) test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict

bench:  ## measure, and write the figures as JSON and as a table
	$(SETUP) test
	$(PY) -m tests.benchmarks $(ARGS)

street:  ## fourteen days of a simulated street through every rule: what was missed, what was false (some ten minutes)
	$(SETUP) test
	$(PY) -m tests.street $(ARGS)

fuzz:  ## new examples for every property, then schemathesis over every route of the pages, for minutes
	$(SETUP) test
	MENSHEN_NEW_EXAMPLES=1 $(PY) -m pytest -q -m hypothesis --numprocesses $(JOBS) --timeout 3600 $(ARGS)
	MENSHEN_FUZZ=$${MENSHEN_FUZZ:-600} $(PY) -m pytest -q --timeout 3600 tests/gateway/pages/test_fuzz.py $(ARGS)

faults:  ## the long tests: things are killed and frozen again and again, and nothing may be lost
	$(SETUP) test
	$(PY) -m pytest -m slow $(ARGS)

pictures:  ## take the pictures of the pages anew for the README
	$(SETUP) test
	$(PY) -m tests.pictures --fake $(ARGS)
	MENSHEN_PICTURES=docs/pictures $(PY) -m pytest -q tests/test_pages_live.py

voices:  ## record anew what the guard's page says out (needs espeak-ng and lame; ARGS=--all: every one)
	$(SETUP) test
	$(PY) -m tests.recordings $(ARGS)

lock:  ## lock the Python packages anew from pyproject.toml (ARGS=--upgrade: as new as it goes)
	$(SETUP) test
	bash .ci/lock.sh $(ARGS)

install:  ## on the gateway itself, as root: venv in /opt/menshen, units, udev rules, account
	bash systemd/install.sh

clean:  ## remove everything made here: environments, caches, build output
	rm -rf .venv .venv-* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf firmware_bridges/door_node/build tests/firmware_bridges/build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
