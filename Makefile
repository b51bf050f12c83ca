# Two commands matter: make demo, make test. Everything is set up in .venv; nothing outside the folder is touched.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
JOBS ?= 2

.PHONY: demo demo-fresh test browser lint methods texts pictures bench-bundle clean

$(STAMP): setup.cfg pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(STAMP)
	$(BIN)/delphi demo

demo-fresh: $(STAMP)
	$(BIN)/delphi demo --fresh

test: $(STAMP)
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -q -n $(JOBS) --cov --cov-report=term

browser: $(STAMP)
	sh tests/browser/chromium
	$(BIN)/python -m pytest -q -n $(JOBS) -o addopts="--strict-markers -p no:cacheprovider" tests/browser

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

texts: $(STAMP)
	$(BIN)/python -P tests/catalogues.py

pictures: $(STAMP)
	$(BIN)/python -P tests/pictures.py

methods: $(STAMP)
	$(BIN)/python docs/methods.py

bench-bundle: $(STAMP)
	PYTHONPATH=.:tests:tests/exports $(BIN)/python tests/bench_bundle.py

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
