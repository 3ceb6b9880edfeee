# make run     set up what is missing, then open station and desk      make test    everything below and the tests
# make setup   only set up                                             make check   lint, types, floors, guides
# make bench   how long an answer takes                                make proof   the long proofs
# make packages   only what pip and apt bring                          make clean   remove what these made here
#
# KIOSK_DATA names the data folder; without it the user's own (`kiosk settings` shows which).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run packages setup test test-setup check bench proof clean debian-run debian-test

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --constraint deploy/constraints.txt
OFFLINE = { echo "没有装上 Python 软件包，原因在上面。没有网络时怎么装，见 docs/technician.md。" >&2; exit 1; }

help:
	@sed -n 's/^# \?//p' Makefile | sed -n '1,6p'

run: packages
	@exec $(BIN)/kiosk serve

packages: debian-run $(VENV)/.run

setup: packages
	@$(BIN)/kiosk setup

test-setup: debian-run debian-test $(VENV)/.test
	@$(BIN)/kiosk setup

test: check
	@$(BIN)/python -m pytest

check: test-setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/kiosk guides check --ranks

bench: setup
	@$(BIN)/kiosk bench

proof: test-setup
	@$(BIN)/python -m pytest -m proof

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

debian-run:
	@deploy/debian run

debian-test:
	@deploy/debian test

# The stamps: pip is asked again only when what it was asked for has changed.
$(BIN)/python:
	@python=$$(PYTHON="$(PYTHON)" deploy/python311 2>/dev/null || { deploy/debian python; PYTHON="$(PYTHON)" deploy/python311; }); \
	echo "建立虚拟环境 $(VENV)"; "$$python" -m venv $(VENV)

$(VENV)/.run: pyproject.toml deploy/constraints.txt | $(BIN)/python
	@echo "安装 Python 软件包（第一次约两三分钟）"
	@$(INSTALL) --editable '.[build]' || $(OFFLINE)
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "安装测试用的 Python 软件包"
	@$(INSTALL) --editable '.[build,dev,train]' || $(OFFLINE)
	@touch $@
