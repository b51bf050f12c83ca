# Two commands matter: make demo, make test. Everything is set up in .venv; nothing outside the folder is touched.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
JOBS ?= 2

.PHONY: demo demo-fresh test browser lint methods texts pictures pictures-files bench-bundle bench-exports bench-pages clean

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
	sh .ci/tools chromium
	$(BIN)/python -m pytest -q -n $(JOBS) -o addopts="--strict-markers -p no:cacheprovider" tests/browser

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djangofmt --check templates exports/formats
	$(BIN)/python -P tools/templates.py

texts: $(STAMP)
	$(BIN)/python -P tests/catalogues.py

pictures: $(STAMP)
	$(BIN)/python -P tests/pictures.py

# Exported files as pictures in docs/img/; needs LibreOffice Writer and Calc, fonts-liberation, poppler-utils.
pictures-files: $(STAMP)
	PYTHONPATH=.:tests:tests/exports $(BIN)/python -P tests/pictures_of_files.py

# Ratios against pandas and SciPy, in an environment of their own; the figures of docs/benchmarks.md.
bench: .bench/.installed
	.bench/bin/python bench/run.py $(BENCH)

.bench/.installed: setup.cfg constraints.txt
	test -x .bench/bin/python || $(PYTHON) -m venv .bench
	.bench/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e . 'pandas==3.1.1'
	@touch $@

# Mutants of the numbers: MUTANTS="--sample 0.1 delphi/statistics/exact.py" for a part (docs/mutation.md).
mutants: $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check 'mutmut==3.8.1'
	PYTHONPATH=. OPENBLAS_NUM_THREADS=1 nice -n 15 $(BIN)/python tests/mutants.py $(MUTANTS)

methods: $(STAMP)
	$(BIN)/python docs/methods.py

bench-bundle: $(STAMP)
	PYTHONPATH=.:tests:tests/exports $(BIN)/python tests/bench_bundle.py

bench-exports: $(STAMP)
	PYTHONPATH=.:tests:tests/exports $(BIN)/python tests/bench_exports.py

bench-pages: $(STAMP)
	PYTHONPATH=.:tests $(BIN)/python tests/bench_pages.py

clean:
	rm -rf .venv .bench mutants build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
