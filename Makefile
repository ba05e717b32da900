# Switchboard: `make help` lists the targets.
#
# Cargo and Go do the work; what neither does (bundles, deploying, checking the manifest) is
# done by scripts/*.py, on Python's standard library alone, so that nothing has to be
# installed or compiled before a bundle can be packed.

SHELL := /bin/sh
.DEFAULT_GOAL := default
MAKEFLAGS += --no-print-directory

## Variables: VAR=value after the target's name.
TARGETS ?= x86_64-unknown-linux-gnu## dist, test: Rust targets to build the plugin for
BUNDLE ?= switchboard## run, deploy, enable …: the id of the bundle
DIST ?= dist## where bundles go
ARGS ?=## run, bench: more arguments for the dev host or the benchmark (ARGS=--help shows them)
FUZZ_SECONDS ?= 60## fuzz: seconds per fuzz target
CARGO ?= cargo
GO ?= go
PYTHON ?= python3

VERSION = $(shell $(PYTHON) -c 'import json; print(json.load(open("plugin.json"))["version"])')
GO_MODULES = $(patsubst %/go.mod,%,$(wildcard */go/go.mod))

# $(call need,command,remedy): a sentence in place of the shell's "not found".
need = command -v $(1) >/dev/null 2>&1 || { echo "make: $(1) is missing. $(2)" >&2; exit 1; }
need-cargo = $(call need,$(CARGO),Install Rust 1.88 or newer: https://rustup.rs)
need-go = $(call need,$(GO),Install Go 1.24 or newer: https://go.dev/dl)
need-python = $(call need,$(PYTHON),Install Python 3.9 or newer (Debian: apt-get install python3).)

.PHONY: default
default: check-style test dist ## check-style, test and dist

.PHONY: check-style
check-style: ## Formatting, lints, documentation, manifest: every warning is an error
	@$(need-cargo)
	@$(need-go)
	@$(need-python)
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --workspace --no-deps --locked
	@for fuzz in $(wildcard fuzz/Cargo.toml); do \
		echo "$(CARGO) fmt --manifest-path $$fuzz --check"; \
		$(CARGO) fmt --manifest-path $$fuzz --check || exit 1; \
	done
	@for module in $(GO_MODULES); do \
		echo "gofmt and go vet in $$module"; \
		unformatted=$$(gofmt -l $$module) && [ -z "$$unformatted" ] \
			|| { echo "not formatted, run gofmt -w: $$unformatted" >&2; exit 1; }; \
		(cd $$module && $(GO) vet ./...) || exit 1; \
	done
	@$(PYTHON) scripts/check.py

.PHONY: test
test: ## All tests: Rust, scripts, a Go host with the built bundle, and a real Asterisk where it can be had
	@$(need-cargo)
	@$(need-go)
	@$(need-python)
	$(PYTHON) -m unittest discover -s scripts
	$(PYTHON) -m unittest discover -s tests/asterisk
	@root=$$($(PYTHON) tests/asterisk/provision.py); code=$$?; \
	if [ $$code = 69 ] && [ "$$SWITCHBOARD_ASTERISK" != required ]; then \
		echo 'The Asterisk tests will not run: see the line above.'; \
		without='The Asterisk tests did not run here: tests/asterisk/README.md says what they need.'; \
	elif [ $$code != 0 ]; then \
		echo 'make: no Asterisk for the tests: see the line above.' >&2; exit 1; \
	fi; \
	echo '$(CARGO) test --workspace --locked'; \
	SWITCHBOARD_ASTERISK_ROOT="$$root" $(CARGO) test --workspace --locked || exit 1; \
	[ -z "$$without" ] || echo "$$without"
	$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)' switchboard net.bytemine.sip com.mattermost.outlook-presence
	@probe=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p mattermost-plugin --example probe) || exit 1; \
	export SWITCHBOARD_PROBE="$$(realpath "$$probe")" SWITCHBOARD_RSS_LIMIT=16; \
	unpacked="$$(realpath '$(DIST)/unpacked')"; \
	export SWITCHBOARD_BUNDLE="$$unpacked/switchboard:$$unpacked/net.bytemine.sip:$$unpacked/com.mattermost.outlook-presence"; \
	echo "cd tests/go && $(GO) test ./..."; \
	cd tests/go && $(GO) test -count=1 ./...

.PHONY: dist
dist: ## Build the plugin once and pack a bundle per id into dist/
	@$(need-cargo)
	@$(need-python)
	@$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)'

bundle-%: ## Build the plugin and pack one bundle, such as bundle-switchboard
	@$(need-cargo)
	@$(need-python)
	@$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)' '$*'

.PHONY: server
server: ## Build the plugin's executable alone, as it is shipped
	@$(need-cargo)
	@$(need-python)
	@for target in $(TARGETS); do $(PYTHON) scripts/build.py --target "$$target" --bin switchboard || exit 1; done

.PHONY: run
run: bundle-$(BUNDLE) ## Start the dev host with the plugin, no Mattermost needed
	@devhost=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p devhost --bin devhost) || exit 1; \
	exec "$$devhost" '$(DIST)/unpacked/$(BUNDLE)' $(ARGS)

.PHONY: run-demo
run-demo: ## The same, with a lively office's phones calling
	@$(MAKE) run ARGS='--demo $(ARGS)'

run-%: ## The same with another bundle, such as run-net.bytemine.sip
	@$(MAKE) run BUNDLE='$*'

.PHONY: deploy
deploy: bundle-$(BUNDLE) ## Upload the bundle to a Mattermost server and enable it (CONTRIBUTING.md: MM_… variables)
	@$(PYTHON) scripts/pluginctl.py deploy '$(DIST)/$(BUNDLE)-$(VERSION).tar.gz' '$(BUNDLE)'

.PHONY: watch
watch: ## Deploy now and after every change
	@mkdir -p '$(DIST)'
	@while :; do \
		touch '$(DIST)/.watch'; \
		$(MAKE) deploy || echo 'waiting for the next change' >&2; \
		until [ -n "$$(find Cargo.toml Cargo.lock plugin.json src crates assets scripts -newer '$(DIST)/.watch' -print -quit)" ]; \
			do sleep 1; done; \
	done

.PHONY: enable disable reset logs logs-watch
enable: ## Enable the plugin on the server
disable: ## Disable it
reset: ## Disable it, then enable it
logs: ## Print the plugin's lines of the server's log
logs-watch: ## Print them as they come
enable disable reset logs logs-watch:
	@$(need-python)
	@$(PYTHON) scripts/pluginctl.py $@ '$(BUNDLE)'

.PHONY: bench
bench: ## Our plugin beside equal ones in Go, on one host; gob, yamux, Asterisk's events and a thousand people on the phone alone (ARGS='--quick' for a short round, '--only presence' for that)
	@$(need-cargo)
	@$(need-go)
	@$(need-python)
	$(CARGO) bench --locked -p gob -p go-plugin
	$(CARGO) bench --locked -p switchboard --bench asterisk --bench people
	@probe=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p mattermost-plugin --example probe) || exit 1; \
	$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)' switchboard com.mattermost.outlook-presence || exit 1; \
	export SWITCHBOARD_PROBE="$$(realpath "$$probe")"; \
	export SWITCHBOARD_BUNDLE="$$(realpath '$(DIST)/unpacked/switchboard')"; \
	export SWITCHBOARD_PRESENCE="$$(realpath '$(DIST)/unpacked/com.mattermost.outlook-presence')"; \
	cd tests/go && $(GO) run ./cmd/bench $(ARGS)

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZ_SECONDS (nightly Rust and cargo-fuzz)
	@$(need-cargo)
	@$(CARGO) +nightly --version >/dev/null 2>&1 \
		|| { echo 'make: a nightly Rust is missing. Run `rustup toolchain install nightly --profile minimal`.' >&2; exit 1; }
	@$(CARGO) +nightly fuzz --version >/dev/null 2>&1 \
		|| { echo 'make: cargo-fuzz is missing. Run `cargo install cargo-fuzz --locked`.' >&2; exit 1; }
	@targets=$$($(CARGO) +nightly fuzz list) || exit 1; \
	for target in $$targets; do \
		echo "fuzzing $$target for $(FUZZ_SECONDS) s"; \
		mkdir -p "fuzz/corpus/$$target" "fuzz/seeds/$$target"; \
		$(CARGO) +nightly fuzz run "$$target" "fuzz/corpus/$$target" "fuzz/seeds/$$target" -- -max_total_time='$(FUZZ_SECONDS)' \
			-max_len=4096 -malloc_limit_mb=64 -verbosity=0 -print_final_stats=1 || exit 1; \
	done

.PHONY: clean
clean: ## Remove what the targets above made
	$(CARGO) clean
	rm -rf '$(DIST)'

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z][a-z%-]*\):[^#]*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables (VAR=value):'
	@sed -n 's/^\([A-Z_]*\) ?= *\(.*\)## \(.*\)/  \1|\3|\2/p' Makefile \
		| awk -F'|' '{ printf "%-14s %s%s\n", $$1, $$2, $$3 == "" ? "" : " (default: " $$3 ")" }'
