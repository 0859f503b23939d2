# What a person runs; CI runs the same. Everything lands in .venv; nothing needs root.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
INSTALL := $(UV) pip install --python $(BIN)/python --constraints constraints.txt --quiet
NIGHTLY := $(addprefix tests/unit/test_wecom_,callback_fuzz.py crypto.py payloads.py hearing_properties.py)
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE # hundreds of processes would each compile our modules again

.PHONY: install demo slack-demo wecom-demo services services-stop test nightly check lint faults soak bench format docs lock clean

$(UV): constraints.txt
	$(PYTHON) -m venv $(VENV)
	awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' constraints.txt > $(VENV)/uv.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement $(VENV)/uv.txt
	@touch $(UV)

$(VENV)/.light: $(UV) pyproject.toml constraints.txt
	$(INSTALL) --compile-bytecode --editable .
	@touch $@

$(VENV)/.full: $(UV) pyproject.toml constraints.txt # compiled when used: compiling all of it takes a minute
	$(INSTALL) --editable '.[models,engines,evaluation,slack,wecom,ocr,finetune,dev]'
	@touch $@ $(VENV)/.light

install: $(VENV)/.full ## everything the project can use, into .venv

demo: $(VENV)/.light ## the main job, in view, on the light install
	$(BIN)/python scripts/demo.py

slack-demo: $(VENV)/.full ## a fake Slack with a page to look at, and a Quorum that answers in it
	$(BIN)/python -m tests.fakes.slack --serve

wecom-demo: $(VENV)/.full ## a fake WeCom with a page, and a Quorum that answers there
	$(BIN)/python -m tests.fakes.wecom --serve

services: $(VENV)/.full ## a real Elasticsearch and a real Redis on free ports, fetched on the first call
	$(BIN)/python -m scripts.services start

services-stop: $(VENV)/.full
	$(BIN)/python -m scripts.services stop

lint: $(VENV)/.full
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## lint, types, layers and the quick tests, 20 cases a property
	HYPOTHESIS_PROFILE=quick $(BIN)/python -m pytest -q -n 2 -m "not slow"

test: $(VENV)/.full ## everything; starts the services, and leaves them running
	$(BIN)/python -m scripts.services start --quick & services=$$!; \
	$(MAKE) --no-print-directory lint && \
	{ wait $$services || echo "The tests that need what is missing are skipped by name, and fail in CI."; } && \
	$(BIN)/python -m pytest -n 4 --dist worksteal

nightly: $(VENV)/.full ## what comes from outside, 10,000 cases a property; `make test` tries 100
	HYPOTHESIS_PROFILE=nightly $(BIN)/python -m pytest --timeout 3600 --durations 0 $(NIGHTLY)

faults: $(VENV)/.full ## every fault strikes both installations, 50 questions each; `make test` lets each strike one
	$(BIN)/python -m scripts.services start elasticsearch redis
	QUORUM_FULL=1 $(BIN)/python -m pytest -s tests/faults --deselect tests/faults/test_soak.py

soak: $(VENV)/.full ## 2,000 questions while workers are killed every five seconds
	$(BIN)/python -m scripts.services start elasticsearch redis
	QUORUM_FULL=1 $(BIN)/python -m pytest -s tests/faults/test_soak.py

bench: $(VENV)/.full ## every figure of docs/benchmarks.md; begins with services that were not started for the tests
	$(BIN)/python -m scripts.services stop
	$(BIN)/python scripts/bench.py

format: $(VENV)/.full
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(VENV)/.full ## the generated pages
	$(BIN)/python scripts/generate_docs.py

lock: $(UV) ## pin versions and hashes anew
	$(UV) pip compile pyproject.toml --all-extras --generate-hashes --no-emit-index-url --no-header --universal \
	  --python-version 3.11 --prerelease if-necessary-or-explicit --output-file constraints.txt --quiet

clean:
	-test ! -d var/services || $(BIN)/python -m scripts.services stop
	rm -rf $(VENV) var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
