# `make run` starts everything and prints an address; `make test` is all that CI runs.
# The other targets are for developers. Nothing here needs root, Docker or an installed database.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
RUN_STAMP := .venv/.installed-run
DEV_STAMP := .venv/.installed-dev
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test setup lint types floor-plan bench adversity lock clean

help:
	@echo "make run    start Kerong here and print its address"
	@echo "make test   every check and every test"
	@echo "For developers: setup lint types floor-plan bench NAME=... adversity lock clean"

run: $(RUN_STAMP)
	@exec $(PYTHON) -m kerong run $(ARGS)

# The test runner's closing line stays the last line of the output.
test: $(DEV_STAMP)
	@$(MAKE) --no-print-directory lint types
	@$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) tests/tidy/floor_plan.py --check
	@$(PYTHON) -m pytest $(ARGS)

setup: $(DEV_STAMP)

lint: $(DEV_STAMP)
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@PYTHONPATH=src $(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()"

types: $(DEV_STAMP)
	@$(PYTHON) -m basedpyright --warnings

floor-plan: $(DEV_STAMP)
	@$(PYTHON) tests/tidy/floor_plan.py

bench: $(DEV_STAMP)
	@test -n "$(NAME)" || { echo "Say which: make bench NAME=..."; ls bench 2>/dev/null || true; exit 2; }
	@$(PYTHON) -m bench.$(NAME) $(ARGS)

# What kills, fills and breaks things on purpose.
adversity: $(DEV_STAMP)
	@KERONG_ADVERSITY_SEQUENCES=$${KERONG_ADVERSITY_SEQUENCES:-10000} KERONG_ADVERSITY_KILLS=$${KERONG_ADVERSITY_KILLS:-60} \
		$(PYTHON) -m pytest -m adversity $(ARGS)

# Hash-pinned and free of addresses: `--no-emit-index-url` and no header.
LOCK := $(PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --quiet
lock: $(DEV_STAMP)
	@$(LOCK) --extra embedded --group setup --output-file requirements.txt
	@$(LOCK) --extra embedded --extra bench --extra gm --group setup --group dev --constraints requirements.txt \
		--output-file requirements-dev.txt
	@! grep -n "://" requirements.txt requirements-dev.txt

clean:
	rm -rf build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Kept: .venv (delete it to install afresh) and .kerong (your data)."

$(PYTHON):
	@chosen=""; \
	for candidate in python3.11 python3 python3.12 python3.13; do \
		if command -v $$candidate >/dev/null 2>&1 \
			&& $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then chosen=$$candidate; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo "Kerong needs Python 3.11 or newer; found: $$(python3 --version 2>&1 || echo none)." >&2; exit 1; fi; \
	rm -rf .venv; \
	"$$chosen" -m venv .venv || { \
		rm -rf .venv; \
		echo "$$chosen cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; }

# Everything is hash-checked; the build tool comes from the same file, so the editable install fetches nothing.
define install
	@echo "Installing $(1) (hash-checked, once) ..."
	@$(PYTHON) -m pip install --quiet --require-hashes --requirement $(1)
	@$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@if $(PYTHON) -m kerong warm --help >/dev/null 2>&1; then $(PYTHON) -m kerong warm; fi
endef

$(RUN_STAMP): requirements.txt | $(PYTHON)
	$(call install,requirements.txt)
	@touch $@

$(DEV_STAMP): requirements.txt requirements-dev.txt | $(PYTHON)
	$(call install,requirements-dev.txt)
	@touch $(RUN_STAMP) $@
