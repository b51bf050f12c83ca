# Two commands matter: make demo, make test. Everything is set up in .venv; nothing outside the folder is touched.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
JOBS ?= 2

.PHONY: demo demo-fresh test coverage browser security faults lives lint dist docs freeze methods texts pictures pictures-files bench-bundle bench-exports bench-growth bench-pages bench-save bench-seal load levels clean bench-beside

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
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

# The same tests, and which lines and branches none of them reaches; it takes half as much time again.
coverage: $(STAMP)
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal --cov --cov-report=term

browser: $(STAMP)
	sh .ci/tools chromium
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -o addopts="--import-mode=importlib --strict-markers -p no:cacheprovider" tests/browser

# A lead who takes every page, file, letter, link, command and log line and knows the roster: what is got of whom, with each guard
# on and off; and who may open, forge or break what. The figures stand in docs/security/attacks.md.
security: $(STAMP)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -o pythonpath=". tests/support tools tests/security" \
	  -o addopts="--import-mode=importlib --strict-markers -p no:cacheprovider" tests/security \
	  tests/whole/contracts/test_who_may.py tests/whole/journeys/test_small_group.py tests/whole/journeys/test_wrong_moves.py \
	  tests/delphi/web tests/exports/bundle/test_known.py tests/exports/bundle/test_verifying.py

# Kills, full and broken disks, databases that are away, pgbouncer, a standby that is promoted, relays that hang: what was
# acknowledged is stored, once. Takes about twenty minutes, on 127.0.0.1 alone, and prints the table of docs/faults.md.
faults: $(STAMP)
	sh .ci/tools gcc pgbouncer
	REQUIRE_POSTGRES=1 $(BIN)/python -m pytest -q -n 2 -o pythonpath=". tests/support tools tests/faults" \
	  -o addopts="--import-mode=importlib --strict-markers -p no:cacheprovider" tests/faults
	FAULT_LETTERS=2000 FAULT_LETTER_KILLS=20 $(BIN)/python -m pytest -q -s tests/delphi/people/test_outages.py

# Five hundred studies on each engine, each lived through move by move beside a plain one; LIVES=5000 for a night.
lives: $(STAMP)
	LIFE_CYCLES=$(or $(LIVES),500) $(BIN)/python -m pytest -q -n $(JOBS) tests/whole/journeys/test_life_cycle.py

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djangofmt --check templates exports/formats
	$(BIN)/python -P tools/templates.py

# Builds what is published, installs it into an empty environment, and uses it there.
dist: $(STAMP)
	$(BIN)/python tools/dist.py

# When a version is released: keeps the newest revision of the tables as it is, and a row of every table to upgrade.
freeze: $(STAMP)
	PYTHONPATH=.:tests/support $(BIN)/python -P tools/freeze.py

texts: $(STAMP)
	$(BIN)/python -P tools/catalogues.py

pictures: $(STAMP)
	$(BIN)/python -P tools/pictures.py

# Exported files as pictures in docs/img/; needs LibreOffice Writer and Calc, fonts-liberation, poppler-utils.
pictures-files: $(STAMP)
	PYTHONPATH=.:tests/support $(BIN)/python -P tools/pictures_of_files.py

# Ratios against pandas and SciPy, in an environment of their own; the figures of docs/benchmarks.md.
bench: .bench/.installed
	.bench/bin/python tools/bench_statistics.py $(BENCH)

.bench/.installed: setup.cfg constraints.txt
	test -x .bench/bin/python || $(PYTHON) -m venv .bench
	.bench/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e . 'pandas==3.1.1'
	@touch $@

# Mutants of the numbers: MUTANTS="--sample 0.1 delphi/statistics/base/exact.py" for a part, MUTANTS="--sample 0.01 rounds exports delphi/web"
# for the other code (docs/mutation.md).
mutants: $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check 'mutmut==3.8.1'
	PYTHONPATH=. OPENBLAS_NUM_THREADS=1 nice -n 15 $(BIN)/python tools/mutants.py $(MUTANTS)

# The handbook: reference pages from the code, then the site that the product serves below /help; no network is asked.
docs: $(STAMP)
	PYTHONPATH=. $(BIN)/python -P tools/reference.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

methods: $(STAMP)
	$(BIN)/python docs/methods.py

bench-bundle: $(STAMP)
	PYTHONPATH=.:tests/support $(BIN)/python tools/bench_bundle.py

bench-exports: $(STAMP)
	PYTHONPATH=.:tests/support $(BIN)/python tools/bench_exports.py

bench-seal: $(STAMP)
	PYTHONPATH=.:tests/support $(BIN)/python tools/bench_seal.py

bench-pages: $(STAMP)
	PYTHONPATH=.:tests/support $(BIN)/python tools/bench_pages.py

# A save beside a bare Flask view that commits one row; BENCH=postgresql://… for another database, which is filled.
bench-save: $(STAMP)
	PYTHONPATH=.:tests/support:tools $(BIN)/python -P -m bench.saves $(BENCH)

# Panelists as browsers and as forms against `delphi serve`, beside the bare view in the same run: throughput, percentiles, errors, memory.
# LOAD="--only think --panelists 400 --minutes 10 --write" for a part, with its row in docs/performance.md; LOAD="--help" for the rest.
load: $(STAMP)
	PYTHONPATH=.:tests/support:tools $(BIN)/python -P -m bench.load $(LOAD)

# A panelist's saves alone, beside heavy requests and beside a large export in `delphi work`, turn by turn.
bench-beside: $(STAMP)
	PYTHONPATH=.:tests/support:tools $(BIN)/python -P tools/bench_beside.py

# Opens every page of a study lead at 57, 400 and 4,000 panelists.
bench-growth: $(STAMP)
	PYTHONPATH=.:tests/support:tools $(BIN)/python tools/bench_growth.py

# Simulates what each caution shows; LEVELS=--write puts the figures into docs/guide/levels.md.
levels: $(STAMP)
	PYTHONPATH=. $(BIN)/python tools/show_plan_table.py $(LEVELS)

clean:
	rm -rf .venv .bench mutants build dist *.egg-info .mypy_cache .ruff_cache .hypothesis
