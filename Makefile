# Two commands do all the set-up there is: `make demo` and `make test`. Each makes its own environment.

PYTHON ?= python3
DEMO = .venv/demo
TEST = .venv/test

.PHONY: demo test check benchmarks clean

demo: $(DEMO)/installed
	@$(DEMO)/bin/fetch2py demo

test: $(TEST)/installed
	$(TEST)/bin/python -m coverage erase
	$(TEST)/bin/python -m pytest --cov --cov-report=

check: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .
	$(TEST)/bin/mypy

benchmarks: $(TEST)/installed
	$(TEST)/bin/python -m benchmarks

clean:
	rm -rf .venv

$(DEMO)/installed: pyproject.toml
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --disable-pip-version-check .
	touch $@

# pip knows dependency groups from 25.1 on; the one that comes with Python 3.11 is older.
$(TEST)/installed: pyproject.toml
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[serve]" --group dev
	touch $@
