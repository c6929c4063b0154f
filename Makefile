# Genpin's commands. `make` alone lists them.
PYTHON ?= python3
RUN := .venv/bin/python
LOCK := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test check bench screenshots lock words clean install install-dev

help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run
demo: install ## Everything, with the demo plant, until Ctrl-C (PORT=8000, GENPIN_HOME=.genpin)
	@$(RUN) manage.py up --demo

bench: install ## The benchmark: a table and bench.json
	@$(RUN) manage.py benchmark --json

##@ Check
test: install-dev ## All tests on real PostgreSQL; browser tests when there is a Chromium
	@$(RUN) -m pytest -q -n $$(nproc) $(ARGS)

check: install-dev ## What CI runs: format, lint, types, imports, migrations, translations, tests
	@$(RUN) scripts/check.py $(STEPS)

screenshots: install-dev ## Pictures of the pages for the documentation
	@$(RUN) scripts/screenshots.py

##@ Keep
words: install ## Add new strings to the message catalogues, drop unused ones
	@$(RUN) manage.py words --update

lock: ## Lock the requirements anew, with hashes (needs uv)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

clean: ## Remove the venv, caches and test databases; your data in .genpin stays
	rm -rf .venv .genpin/test .genpin/static .genpin/static-generated .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis bench.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

install:
	@$(PYTHON) scripts/bootstrap.py

install-dev:
	@$(PYTHON) scripts/bootstrap.py --dev
