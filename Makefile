# Gongbao. `make run` does the main job on the samples, `make test` runs the tests; nothing else to install by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 4200
SECONDS ?= 60
ROUNDS ?= 200

.DEFAULT_GOAL := help
.PHONY: help run serve test fuzz torture bench lint types format docs samples clean

help: ## show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(BIN)/pip install --quiet --requirement requirements-dev.lock
	@touch $@

run: $(VENV)/installed ## set everything up and ingest samples/ into var/warehouse.db
	$(BIN)/etl run samples

serve: $(VENV)/installed ## server, worker and schedules on this machine until Ctrl-C (PORT=4200)
	@$(BIN)/python deployments/serve.py --port $(PORT)

test: $(VENV)/installed-dev ## run the tests
	$(BIN)/pytest

fuzz: $(VENV)/installed-dev ## read random texts and damaged files of every format (SECONDS=60 each)
	$(BIN)/python scripts/fuzz.py --seconds $(SECONDS)
	$(BIN)/python scripts/fuzz_files.py --seconds $(SECONDS)

torture: $(VENV)/installed-dev ## kill, crowd and starve ingests, and compare (ROUNDS=200, WAREHOUSE=postgresql://…)
	$(BIN)/python scripts/torture.py --rounds $(ROUNDS) $(if $(WAREHOUSE),--warehouse $(WAREHOUSE))

bench: $(VENV)/installed-dev ## measure loading, nothing new, and the road end to end; writes var/bench/
	$(BIN)/python benchmarks/bench.py

lint: $(VENV)/installed-dev ## check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev ## check types
	$(BIN)/mypy

format: $(VENV)/installed-dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/installed ## write docs/warehouse.md and docs/contract.json from tables and views
	$(BIN)/python -m etl.warehouse.documentation docs/warehouse.md
	$(BIN)/python -m etl.warehouse.contract docs/contract.json

samples: $(VENV)/installed-dev ## write the binary samples again
	$(BIN)/python scripts/make_samples.py

clean: ## remove the warehouse, reports and archive of the samples
	rm -rf var
