# Everything a person runs here. `make help` lists it.
ENV ?=
NAME ?=
BOOTSTRAP := @deploy/native/bootstrap.sh
PYTHON := .venv/bin/python
NATIVE := $(PYTHON) -m native
WHICH := $(if $(ENV),--env $(ENV),$(if $(NAME),--name $(NAME)))
UV := .run/bootstrap/venv/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --upgrade
# Two processes, each with servers of its own; a file's tests stay together, for the sake of what they share.
# The order is that of tests/order.py.
SHARED_OUT := --numprocesses 2 --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help up down clean logs status demo test fuzz servers bench-api bench-inbound bench-delivery bench-fanout bench-streaming bench-sizes bench-behind simulate check format pins routes docs dashboards manifests env

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | awk -F'|' '{ printf "  \033[36m%-13s\033[0m %s\n", $$1, $$2 }'

up: ## Install what is missing and start a server (ENV=file.env for another than http://localhost:3000)
	$(BOOTSTRAP)
	@$(NATIVE) up $(if $(ENV),--env $(ENV))

down: ## Stop all servers, or one by ENV= or NAME=; data is kept
	@test ! -x $(PYTHON) || $(NATIVE) down $(WHICH)

clean: ## Stop all servers, or one by ENV= or NAME=, and forget their data
	@test ! -x $(PYTHON) || $(NATIVE) clean $(WHICH)

logs: ## Follow the logs of a server
	@$(NATIVE) logs $(WHICH)

status: ## Say which servers run
	@$(NATIVE) status $(WHICH)

demo: ## Start two servers and let alice and bob meet
	$(BOOTSTRAP)
	@$(NATIVE) demo

test: ## Run all tests, on private instances of everything (ARGS=tests/social for some)
	$(BOOTSTRAP) --dev
	@$(PYTHON) -m pytest $(or $(ARGS),$(SHARED_OUT))

fuzz: ## Send ten thousand made-up activities and documents, other ones each time (FUZZ_EXAMPLES=500 for fewer)
	$(BOOTSTRAP) --dev
	@FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),10000) $(PYTHON) -m pytest -q tests/fuzz

servers: ## Keep PostgreSQL, RabbitMQ and Redis running, so that repeated test runs start at once
	$(BOOTSTRAP) --dev
	@$(NATIVE) servers

bench-api: ## Print what a request costs: CPU, SQL statements, time (ARGS=1000 requests of each kind)
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/api.py $(ARGS)

bench-inbound: ## Print what an activity of another server costs (ARGS="300 3": so many of a kind, so many rounds)
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/inbound.py $(ARGS)

bench-delivery: ## Print what a delivery costs (ARGS="--hosts 2000 --workers 2 --tls --sick")
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/outbound.py $(ARGS)

bench-fanout: ## Print what it costs to fill 100,000 homes (ARGS="--followers 20000 --merged")
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/fanout.py $(ARGS)

bench-streaming: ## Print what open streams cost (ARGS="--sockets 2000 --seconds 40")
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/streaming.py $(ARGS)

bench-sizes: ## Print how many bytes a row, and a feed, take where they are kept
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/sizes.py

bench-behind: ## Print what an activity costs everything together (ARGS=1000 of a kind)
	$(BOOTSTRAP) --dev
	@PYTHONPATH=tests:bench $(PYTHON) bench/behind.py $(ARGS)

simulate: ## Simulate how deliveries queue: first what was measured, then what could not be
	$(BOOTSTRAP) --dev
	@$(PYTHON) bench/simulate.py

check: ## Format, lint, types, layers, sizes, generated files, manifests, rules of Prometheus, and every SQL statement as its role
	$(BOOTSTRAP) --dev
	@$(PYTHON) -m ruff format --check --quiet .
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(PYTHON) .ci/budget.py
	@$(PYTHON) .ci/events.py --check
	@$(PYTHON) -m pytest -q tests/test_sql.py tests/monitoring tests/deploy/test_kubernetes.py tests/deploy/test_compose.py

format: ## Format the code and mend what ruff can
	$(BOOTSTRAP) --dev
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

pins: ## Choose the newest versions of all requirements again
	$(BOOTSTRAP) --dev
	@$(COMPILE) requirements.in --output-file requirements.txt
	@$(COMPILE) requirements-dev.in --constraints requirements.txt --output-file requirements-dev.txt

routes: ## Write what is made of deploy/routes.json again: the Caddyfile and the Ingress
	@$(NATIVE) routes
	@$(PYTHON) deploy/k8s/generate.py

docs: ## Write docs/events.md again from the catalogue
	$(BOOTSTRAP) --dev
	@$(PYTHON) .ci/events.py

dashboards: ## Write deploy/grafana/dashboards again from what stands in deploy/grafana
	@$(PYTHON) deploy/grafana/generate.py

manifests: ## Write what is generated in deploy/k8s again
	@$(PYTHON) deploy/k8s/generate.py

env: ## Make the virtual environment with everything that development needs
	$(BOOTSTRAP) --dev
