# Two commands are enough on a bare Debian 12 with rustup's stable Rust, git and curl:
#   sudo apt-get update && sudo apt-get install -y make && make demo
#   make test
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install-deps first-build build demo screenshots test lint unit conformance interop openapi kills crowd bench fuzz deb deny

# Outside the clone, so that RocksDB (some 25 minutes of a core) is compiled once for all clones; one profile for all.
export CARGO_TARGET_DIR ?= $(HOME)/.cache/chauban/target
export PATH := $(HOME)/.cargo/bin:$(PATH)
CARGO_FLAGS := --release --locked
CHAUBAN := $(CARGO_TARGET_DIR)/release/chauban
FUZZ_SECONDS ?= 60
# Warnings fail up to this Rust. A newer one may know further lints: those only warn, or a clone would break by itself.
LINTED_WITH := 1.99

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16
	@echo
	@echo "  FUZZ_SECONDS=60 of fuzzing, each target"
	@echo "  BENCH=...       arguments of the benchmark"
	@echo "  STORY=archivist one story of the screenshots alone"
	@echo "  CHAUBAN_SUITES=DIR  where the suites are (PKITS, x509-limbo, xmldsig)"
	@echo "  DEMO=DIR        where the demo leaves its archive [~/.cache/chauban/demo]"
	@echo "  CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)"

install-deps: ## install what is missing (apt-get, with sudo unless root)
	@.ci/install-deps

# Not in the list: says why cargo's counter will stand still for so long.
first-build: install-deps
	@ls $(CARGO_TARGET_DIR)/release/build/librocksdb-sys-*/out/librocksdb.a >/dev/null 2>&1 || echo "The first build\
	 compiles RocksDB, once for all clones: some 25 minutes of one core, a few GB in $(CARGO_TARGET_DIR)." >&2

build: first-build ## build the program
	cargo build $(CARGO_FLAGS)

demo: build ## do the main job on the sample transfer, and check every outcome
	@CHAUBAN=$(CHAUBAN) tests/demo.sh

screenshots: demo ## a whole story per role in a real browser (Debian's chromium): every page judged, and pictured
	@.ci/install-deps browser
	@cache=$${XDG_CACHE_HOME:-$$HOME/.cache}/chauban; demo=$${DEMO:-$$cache/demo}; axe=$$cache/axe; \
	[ -e $$axe/axe_playwright_python/axe.min.js ] || python3 -m pip install -q --no-deps --target $$axe axe-playwright-python==0.1.8 && \
	python3 tests/ui/screenshots.py $(CHAUBAN) $$demo $$demo/pictures $$axe/axe_playwright_python/axe.min.js $(STORY)

test: lint unit interop demo ## all of the tests: lint, unit, interop, demo

lint: first-build ## formatting and clippy
	cargo fmt --check
	rust=$$(rustc --version | cut -d ' ' -f 2) && deny= && \
	if printf '%s\n' "$$rust" $(LINTED_WITH).99 | sort -VC; then deny='-D warnings'; fi && \
	cargo clippy $(CARGO_FLAGS) --all-targets -- $$deny

unit: first-build ## the tests in Rust
	cargo test $(CARGO_FLAGS)

conformance: first-build ## the official test suites, in the folder that CHAUBAN_SUITES names
	@tests/conformance.sh $(CARGO_FLAGS)

interop: build ## have the ledger checked by verifiers that are not ours, and the archive read by its page alone
	@CHAUBAN=$(CHAUBAN) tests/interop/sample.sh

openapi: build ## the API by tools that are not ours: schemathesis, standardwebhooks, tuspy (installed with pip)
	venv=$${XDG_CACHE_HOME:-$$HOME/.cache}/chauban/openapi; home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; \
	$$venv/bin/python -c 'import schemathesis, standardwebhooks, tusclient' 2>/dev/null || { python3 -m venv $$venv && $$venv/bin/pip install -q schemathesis==4.32.5 standardwebhooks==1.1.0 tuspy==1.1.0 requests; } && \
	$$venv/bin/python tests/openapi.py $(CHAUBAN) $$home/tried && \
	$$venv/bin/python tests/webhook.py $(CHAUBAN) $$home/told && \
	$$venv/bin/python tests/tus.py $(CHAUBAN) $$home/handed

kills: first-build ## the program killed at every step of an execution, not at a choice of them (takes long)
	CHAUBAN_KILLS=all cargo test $(CARGO_FLAGS) --test it disposal::kill

crowd: first-build ## 200 agencies that hand over at once, with the service killed under them (8 in the tests)
	CHAUBAN_AGENCIES=200 cargo test $(CARGO_FLAGS) --test it transfer::crowd

bench: first-build ## the benchmark
	cargo bench --profile release --locked --bench archive -- $(BENCH)

fuzz: install-deps ## run each fuzz target for FUZZ_SECONDS (installs nightly Rust and cargo-fuzz)
	@fuzz/run.sh $(FUZZ_SECONDS)

deb: build ## a package for Debian, in CARGO_TARGET_DIR/debian (installs cargo-deb)
	command -v cargo-deb >/dev/null || cargo install --locked cargo-deb
	cargo deb --no-build

deny: install-deps ## licences, advisories and sources of the dependencies (installs cargo-deny)
	command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check
