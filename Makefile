# Two commands on a fresh machine: `make site` and `make test`. Needs python3 >= 3.11 with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KB := $(BIN)/kb

.PHONY: site check test screenshots lint types contracts clean

site: $(VENV)/.installed
	$(KB) validate
	$(KB) check
	$(KB) render --docs docs --out _site

check: $(VENV)/.installed
	$(KB) check

test: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(KB) validate
	$(KB) check
	$(BIN)/pytest -n 2 --dist worksteal

# Pictures of every kind of page, to look at; needs Debian's chromium.
screenshots: site $(VENV)/.tools
	$(BIN)/python -m tests.screenshots _site screenshots

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("kb needs Python 3.11 or newer; this is %d.%d. Try: make PYTHON=python3.12 site" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml hatch_build.py $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.tools: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,gpu-wgpu,gpu-opencl,cluster]'
	touch $@

clean:
	rm -rf $(VENV) _site dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache claims/.kb
