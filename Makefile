# Everything a machine with Python 3.11+, git and make needs. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help

UV := $(shell command -v uv || echo .uv/bin/uv)
UV_VERSION := 0.13.9
PYTHON := .venv/bin/python
# uv stops where it cannot write its cache
export UV_CACHE_DIR ?= $(shell [ -n "$$HOME" ] && [ -w "$$HOME" ] && echo "$$HOME/.cache/uv" || echo .uv-cache)
# compiled modules, so that a start need not compile them
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/var/pycache
unexport PYTHONDONTWRITEBYTECODE

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: .venv/ready ## play the main job on a fresh copy of the demo years; writes out/
	$(PYTHON) -m services.launcher demo

run: .venv/ready ## serve the demo years until Ctrl-C (KAKEHASHI_PORT, KAKEHASHI_DATA_DIR, DATABASE_URL)
	@$(PYTHON) -m services.launcher run

serve: .venv/ready ## serve an installation without demo data until Ctrl-C (the same settings)
	@$(PYTHON) -m services.launcher serve

test: .venv/ready ## the whole test suite
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "not fuzz and not long"

long: .venv/ready ## what the suite leaves out: the walls for every caller, record and format of which it asks a sample, long forms of other tests
	$(PYTHON) -m pytest -n 2 --dist worksteal -m long

test-browser: .venv/ready ## the stories of the desk in a real browser; needs a Chromium at hand, and says so where there is none
	$(PYTHON) -m tests.browser
	$(PYTHON) -m pytest -n 2 tests/browser

check: .venv/ready ## format, lint, types, walls, migrations, OpenAPI
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy --strict services client migrations tests bench
	.venv/bin/lint-imports
	$(PYTHON) -m migrations.lint
	$(PYTHON) -m services.openapi --check
	$(PYTHON) -m services.reference --check

bench-read: .venv/ready ## CPU of a read beside a bare handler, in one run
	$(PYTHON) -m bench.read

bench-gateway: .venv/ready ## CPU of the door beside nginx, HAProxy and FastAPI (left out where missing)
	$(PYTHON) -m bench.gateway

bench-deadline: .venv/ready ## all organisations send their survey in the last minute; nothing lost, twice or misjudged
	$(PYTHON) -m bench.deadline

bench-import: .venv/ready ## files of appointments beside COPY into the same tables, in one run
	$(PYTHON) -m bench.imports

bench-existence: .venv/ready ## whether times tell that somebody is counselled
	$(PYTHON) -m bench.existence

hostile: .venv/ready ## honest callers beside a frozen service, a greedy client, slow clients, a storm
	$(PYTHON) -m bench.hostile

fuzz: .venv/ready ## schemathesis as every role, 20,000 cases and planted bugs; the short form is in make test
	$(PYTHON) -m pytest -n 2 -m fuzz tests/contract

battery-imports: .venv/ready ## 1,600 bad files, and a worker killed 20 times at each point of an import; the short form is in make test
	KAKEHASHI_BATTERY=20 $(PYTHON) -m pytest -n 2 --dist loadfile tests/kit/imports/test_bad_files.py tests/kit/imports/test_killed_worker.py

report-tables: .venv/ready ## the open tables of the FY2024 report whose home is events, loaded by real processes; in-process in make test
	$(PYTHON) -m tests.e2e.report_tables

histories: .venv/ready ## 20,000 random histories of budget lines and as many of whole decisions, each by several connections at once: some two and a half hours; the short form is in make test
	KAKEHASHI_HISTORIES=20000 $(PYTHON) -m pytest -n 2 tests/grants/test_histories.py tests/grants/test_decision_histories.py

clean: ## remove what the other targets made (data, output, environments)
	rm -rf var out .venv .uv .uv-cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/ready: pyproject.toml uv.lock $(if $(filter .uv/bin/uv,$(UV)),| .uv/bin/uv)
	$(UV) sync --frozen --extra local
	@touch $@

.uv/bin/uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed / Python 3.11 以上が必要です"; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python lacks ensurepip / ensurepip がありません: apt install python3-venv"; exit 1; }
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check --no-cache-dir uv==$(UV_VERSION)

.PHONY: long test-browser help demo run serve test check bench-read bench-gateway bench-import bench-deadline bench-existence hostile fuzz battery-imports histories clean
