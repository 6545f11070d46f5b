# The project's commands. Each sets up what it needs first; `make` alone lists them.

.DEFAULT_GOAL := help

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Serve Chorus with a demo community on 127.0.0.1 (PORT=8000, DEMO=no to leave the demo out)
	@exec bin/run

.PHONY: setup
setup: ## Make .venv with everything that working on Chorus needs
	@exec bin/setup dev

.PHONY: demo
demo: ## Fill the demo community without serving it
	@bin/setup base
	@.venv/bin/python manage.py migrate --verbosity 0
	@exec .venv/bin/python manage.py demo

.PHONY: test
test: ## Run the tests on everything that this machine offers
	@bin/setup test
	@exec .venv/bin/python bin/run_tests.py

.PHONY: check
check: ## Run every check that is not a test: style, types, imports, migrations, dependencies
	@bin/setup dev
	@exec bin/check

.PHONY: fmt
fmt: ## Mend what the formatters and linters can mend
	@bin/setup dev
	@exec bin/fmt

.PHONY: lock
lock: ## Lock requirements/*.in into *.txt, keeping versions (UPGRADE=yes takes the newest)
	@bin/setup dev
	@exec bin/lock

.PHONY: messages
messages: ## Collect the texts to translate into locale/*/LC_MESSAGES/django.po, and compile what is translated
	@bin/setup test
	@exec .venv/bin/python bin/messages.py
