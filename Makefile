# Two commands set everything up on a machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RIVALS := .cache/bench/rivals
# A test that hangs ends its process, with the place where each thread stands: a run must not wait for ever.
ENDS := -o faulthandler_exit_on_timeout=true -o faulthandler_timeout
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Images of Python say so. Each worker of a test run, and each `pharos` it starts, would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-kafka test-crash test-long test-rules test-boards test-alertmanager test-deploy test-end-to-end test-browser kafka lint bench bench-steady bench-scale bench-latency bench-restart bench-series bench-merchants bench-backtest bench-cases bench-scorecards bench-mapping bench-detection bench-weeks bench-staffing bench-real evaluate lock clean

demo: $(VENV)/.run
	$(BIN)/pharos demo

test: $(VENV)/.dev
	$(BIN)/python -m pytest $(ENDS)=300 -n auto --dist loadfile --no-loadscope-reorder -m "not kafka and not crash and not long and not browser and not endtoend and not alertmanager and not boards and not grafana"

test-kafka: $(VENV)/.dev
	$(BIN)/python -m pytest $(ENDS)=600 -n 2 --dist loadfile --no-loadscope-reorder -m "kafka and not crash and not long" tests/kafka

test-crash: $(VENV)/.dev
	$(BIN)/python -m pytest $(ENDS)=3600 -m crash -s tests/kafka

# PHAROS_FUZZ_SECONDS: for how long each of the five ways in is fuzzed (60).
test-long: $(VENV)/.dev
	$(BIN)/python -m pytest -m long -s tests/app tests/fuzz tests/kafka tests/shopify_shop

test-rules: $(VENV)/.dev
	$(BIN)/python -m pytest tests/dashboards/rules

test-alertmanager: $(VENV)/.dev
	$(BIN)/python -m pytest -m alertmanager tests/alertmanager

test-boards: $(VENV)/.dev
	$(BIN)/python -m pytest -m boards tests/dashboards/boards

test-deploy: $(VENV)/.dev
	$(BIN)/python -m pytest tests/deploy

# PHAROS_END_TO_END=kafka takes Apache Kafka for it.
test-end-to-end: $(VENV)/.dev
	$(BIN)/python -m pytest -m endtoend -s tests/end_to_end tests/shopify_shop

test-browser: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile -m browser tests/web

kafka: $(VENV)/.dev
	$(BIN)/python deploy/kafka/run.py

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# Each writes its table into docs/performance.md. Leave the machine alone meanwhile.
bench: $(VENV)/.dev $(RIVALS)/.installed
	$(BIN)/python -m benchmarks.throughput

bench-steady: $(VENV)/.dev
	$(BIN)/python -m benchmarks.steady

bench-scale: $(VENV)/.dev
	$(BIN)/python -m benchmarks.scale

bench-latency: $(VENV)/.dev
	$(BIN)/python -m benchmarks.latency

bench-restart: $(VENV)/.dev
	$(BIN)/python -m benchmarks.restart

bench-series: $(VENV)/.dev
	$(BIN)/python -m benchmarks.merge

# FILE is what `pharos simulate` or `pharos record` wrote.
bench-backtest: $(VENV)/.dev
	$(BIN)/python -m benchmarks.backtest_cost $(FILE)

bench-merchants: $(VENV)/.dev
	$(BIN)/python -m benchmarks.merchants --events 360000

bench-cases: $(VENV)/.dev
	$(BIN)/python -m benchmarks.cases

bench-scorecards: $(VENV)/.dev
	$(BIN)/python -m benchmarks.scorecards

bench-mapping: $(VENV)/.dev
	$(BIN)/python -m benchmarks.mapping

# Of seeds nobody has looked at: make bench-detection SEEDS="3001 3002". Ten take an hour of two cores.
bench-detection: $(VENV)/.dev
	$(BIN)/python -m benchmarks.detection $(SEEDS)

# Likewise: a week and its quiet twin take most of an hour of a core.
bench-weeks: $(VENV)/.dev
	$(BIN)/python -m benchmarks.weeks $(SEEDS)

# Ten evenings take ten minutes of CPU.
bench-staffing: $(VENV)/.dev
	$(BIN)/python -m benchmarks.staffing $(SEEDS)

# DATA holds the folders olist and calls, which are not part of the project.
bench-real: $(VENV)/.dev
	$(BIN)/python -m benchmarks.real_data $(DATA)

# How near to what no test can beat, and how much is said wrongly: the table of docs/detection.md, half an hour of two
# cores. DATA as above; ONLY="--only kinds" measures a section anew. A rival that does not install is left out.
evaluate: $(VENV)/.dev
	-$(MAKE) $(RIVALS)/.installed
	$(BIN)/python -m benchmarks.evaluate $(if $(DATA),--data $(DATA)) $(ONLY)

# The lock files name versions and hashes only, so they hold for every index. They are complete: with --no-deps pip takes
# them as they are, where its resolver would look at newer releases behind an extra and then miss their hashes.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q deploy/image/build.in -o deploy/image/build.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q benchmarks/rivals/requirements.in -o benchmarks/rivals/requirements.lock

clean:
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov build dist state

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 15) else "Pharos needs Python 3.11 to 3.14: set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements.lock
	$(PIP) install --no-deps -e .
	$(PIP) check
	touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes --no-deps -r requirements-dev.lock
	$(PIP) install --no-deps -e .
	$(PIP) check
	touch $@ $(VENV)/.run

$(RIVALS)/.installed: benchmarks/rivals/requirements.lock | $(VENV)/.dev
	rm -rf $(RIVALS)
	$(PYTHON) -m venv $(RIVALS)
	$(BIN)/uv pip install -q --python $(RIVALS)/bin/python --require-hashes --no-deps -r benchmarks/rivals/requirements.lock
	touch $@
