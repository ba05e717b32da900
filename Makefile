# Switchboard: `make help` lists the targets.
#
# Cargo, Go and npm (for the webapp) do the work; what none of them does (bundles, deploying,
# checking the manifest) is done by scripts/*.py, on Python's standard library alone, so that
# nothing has to be installed or compiled before a bundle can be packed.

SHELL := /bin/sh
.DEFAULT_GOAL := default
MAKEFLAGS += --no-print-directory

## Variables: VAR=value after the target's name.
TARGETS ?= x86_64-unknown-linux-musl## test, run, deploy …: Rust targets to build the plugin for
RELEASE_TARGETS ?=## dist: the same; TARGETS and 64-bit ARM, where this machine can build for it
ARM64 = aarch64-unknown-linux-musl
BUNDLE ?= switchboard## run, deploy, enable …: the id of the bundle
DIST ?= dist## where bundles go
ARGS ?=## run, bench, load: more arguments for the dev host or the benchmark (ARGS=--help shows them)
FUZZ_SECONDS ?= 60## fuzz: seconds per fuzz target
FUZZ_JOBS ?= 2## fuzz: how many targets run at a time
FUZZ_TARGETS ?=## fuzz: which targets, such as gob_decode (all, unless it is set)
RUST_TESTS ?=## test: --again gives tests of the whole that fail a second try, alone
BESIDE ?= server## test: what make builds beside the tests, with the time that these leave: server, or ahead
BOARD_SECONDS ?= 600## bench-page: how long it goes on
CARGO ?= cargo
GO ?= go
PYTHON ?= python3

VERSION = $(shell $(PYTHON) -c 'import json; print(json.load(open("plugin.json"))["version"])')
PUBLISHED = go-gob-derive go-gob go-plugin mattermost-plugin
GO_MODULES = $(patsubst %/go.mod,%,$(wildcard */go/go.mod))

# $(call need,command,remedy): a sentence in place of the shell's "not found".
need = command -v $(1) >/dev/null 2>&1 || { echo "make: $(1) is missing. $(2)" >&2; exit 1; }
need-cargo = $(call need,$(CARGO),Install Rust 1.88 or newer: https://rustup.rs)
need-go = $(call need,$(GO),Install Go 1.24 or newer: https://go.dev/dl)
need-npm = $(call need,npm,Install Node.js 18.19 or newer and npm: https://nodejs.org (Debian 12: apt-get install nodejs npm).)
need-python = $(call need,$(PYTHON),Install Python 3.9 or newer (Debian: apt-get install python3).)

.PHONY: default
default: check-style test dist ## check-style, test and dist

.PHONY: check-style
check-style: ## Formatting, lints, documentation, manifest: every warning is an error
	@$(need-cargo)
	@$(need-go)
	@$(need-npm)
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
	$(PYTHON) scripts/webapp.py lint
	@$(PYTHON) scripts/check.py

.PHONY: audit
audit: ## Known vulnerabilities in dependencies, by cargo-deny (deny.toml) and npm audit; what cannot be asked without the network is said
	@$(need-cargo)
	@$(need-npm)
	@$(need-python)
	@$(PYTHON) scripts/audit.py

.PHONY: test
test: ## All tests: Rust, scripts, the webapp, a Go host with the built bundle, and a real Asterisk where it can be had
	@$(need-cargo)
	@$(need-go)
	@$(need-npm)
	@$(need-python)
	$(PYTHON) -m unittest discover -s scripts
	$(PYTHON) scripts/webapp.py test
	$(PYTHON) scripts/webapp.py build
	$(PYTHON) scripts/webapp.py dev-host
	$(PYTHON) -m unittest discover -s tests/asterisk
	@root=$$($(PYTHON) tests/asterisk/provision.py); code=$$?; \
	if [ $$code = 69 ] && [ "$$SWITCHBOARD_ASTERISK" != required ]; then \
		echo 'The Asterisk tests will not run: see the line above.'; \
		without='The Asterisk tests did not run here: tests/asterisk/README.md says what they need.'; \
	elif [ $$code != 0 ]; then \
		echo 'make: no Asterisk for the tests: see the line above.' >&2; exit 1; \
	fi; \
	browser=tests/browser/node_modules; \
	if command -v npm >/dev/null 2>&1 && [ ! -d $$browser ]; then \
		npm ci --prefix tests/browser --no-audit --no-fund || echo 'The tests in a browser will not run: npm has no tools for them.'; \
	fi; \
	SWITCHBOARD_ASTERISK_ROOT="$$root" $(PYTHON) scripts/rust_tests.py $(RUST_TESTS) \
		--beside $(MAKE) $(BESIDE) || exit 1; \
	[ -z "$$without" ] || echo "$$without"
	$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)' switchboard net.bytemine.sip com.mattermost.outlook-presence com.pexip.pexip-app com.pexip.pexip-video-connect
	@probe=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p mattermost-plugin --example probe) || exit 1; \
	export SWITCHBOARD_PROBE="$$(realpath "$$probe")" SWITCHBOARD_RSS_LIMIT=16; \
	unpacked="$$(realpath '$(DIST)/unpacked')"; \
	export SWITCHBOARD_BUNDLE="$$unpacked/switchboard:$$unpacked/net.bytemine.sip:$$unpacked/com.mattermost.outlook-presence:$$unpacked/com.pexip.pexip-app:$$unpacked/com.pexip.pexip-video-connect"; \
	echo "cd tests/go && $(GO) test ./..."; \
	cd tests/go && $(GO) test -count=1 ./...

.PHONY: dist
dist: ## Build the plugin once a target, 64-bit ARM too where that can be done, and pack a bundle per id into dist/
	@$(need-cargo)
	@$(need-python)
	@targets='$(RELEASE_TARGETS)'; \
	[ -n "$$targets" ] || targets="$(TARGETS) $$($(PYTHON) scripts/build.py --available $(ARM64))" || exit 1; \
	$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets "$$targets"

.PHONY: dist-arm64
dist-arm64: ## Build and pack switchboard for 64-bit ARM alone into dist/arm64, and try it under qemu in the dev host
	@$(need-cargo)
	@$(need-python)
	@$(PYTHON) scripts/dist.py --dist '$(DIST)/arm64' --targets $(ARM64) switchboard
	$(CARGO) build --workspace --locked --bin devhost
	@$(PYTHON) scripts/smoke.py "$${CARGO_TARGET_DIR:-target}/debug/devhost" '$(DIST)/arm64/unpacked/switchboard'

bundle-%: ## Build the plugin and pack one bundle, such as bundle-switchboard
	@$(need-cargo)
	@$(need-python)
	@$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)' '$*'

.PHONY: server
server: ## Build the plugin's executable alone, as it is shipped
	@$(need-cargo)
	@$(need-python)
	@for target in $(TARGETS); do $(PYTHON) scripts/build.py --target "$$target" --bin switchboard || exit 1; done

.PHONY: ahead
ahead: ## What CI wants after the Rust tests: the executable for 64-bit ARM too, the Go tests' plugin, the fuzz targets
	@$(MAKE) server TARGETS='$(TARGETS) $(ARM64)'
	@$(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p mattermost-plugin --example probe
	@$(PYTHON) scripts/fuzz.py --build

.PHONY: run
run: bundle-$(BUNDLE) ## Start the dev host with the plugin, no Mattermost needed
	@devhost=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p devhost --bin devhost) || exit 1; \
	[ ! -d '$(DIST)/unpacked/$(BUNDLE)/webapp' ] || $(PYTHON) scripts/webapp.py dev-host || exit 1; \
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
		until [ -n "$$(find Cargo.toml Cargo.lock plugin.json src crates assets scripts webapp/src $(wildcard webapp/public) -newer '$(DIST)/.watch' -print -quit)" ]; \
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
bench: ## Our plugin beside equal ones in Go, on one host; gob, yamux, Asterisk's events, the board's viewers and a thousand people on the phone alone (ARGS='--quick' for a short round, '--only presence' for that)
	@$(need-cargo)
	@$(need-go)
	@$(need-python)
	$(CARGO) bench --locked -p go-gob -p go-plugin
	$(CARGO) bench --locked -p switchboard --bench asterisk --bench board --bench people
	@probe=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) -p mattermost-plugin --example probe) || exit 1; \
	$(PYTHON) scripts/dist.py --dist '$(DIST)' --targets '$(TARGETS)' switchboard com.mattermost.outlook-presence || exit 1; \
	export SWITCHBOARD_PROBE="$$(realpath "$$probe")"; \
	export SWITCHBOARD_BUNDLE="$$(realpath '$(DIST)/unpacked/switchboard')"; \
	export SWITCHBOARD_PRESENCE="$$(realpath '$(DIST)/unpacked/com.mattermost.outlook-presence')"; \
	cd tests/go && $(GO) run ./cmd/bench $(ARGS)

.PHONY: load
load: ## An hour of a company of 10,000 people in ten minutes, every call, post and status compared with an account of its own (ARGS='--seconds 60' for a tenth)
	@$(need-cargo)
	@$(need-python)
	@executable=$$($(PYTHON) scripts/build.py --target $(firstword $(TARGETS)) --bin switchboard) || exit 1; \
	export SWITCHBOARD_EXECUTABLE="$$(realpath "$$executable")"; \
	exec $(CARGO) bench --locked -p switchboard --bench office -- $(ARGS)

.PHONY: bench-page
bench-page: ## The board's page in a browser under 200 events a second, for BOARD_SECONDS
	@$(need-cargo)
	@$(call need,npm,Install Node.js and npm (Debian: apt-get install nodejs npm chromium).)
	npm ci --prefix tests/browser --no-audit --no-fund
	SWITCHBOARD_BROWSER=required SWITCHBOARD_BOARD_SECONDS='$(BOARD_SECONDS)' \
		$(CARGO) test --locked -p switchboard --test integration -- --nocapture board_page::load

.PHONY: package
package: ## The crates as crates.io would get them, each built from its own archive (cargo publish --dry-run)
	@$(need-cargo)
	$(CARGO) publish --dry-run --locked --allow-dirty $(PUBLISHED:%=-p %)

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZ_SECONDS, FUZZ_JOBS at a time
	@$(need-cargo)
	@$(need-python)
	@$(call need,c++,Install a C++ compiler (Debian: apt-get install g++).)
	@$(PYTHON) scripts/fuzz.py --seconds '$(FUZZ_SECONDS)' --jobs '$(FUZZ_JOBS)' $(FUZZ_ARGS) $(FUZZ_TARGETS)

.PHONY: fuzz-fixed
fuzz-fixed: ## The same with the same inputs each time, for FUZZ_SECONDS at most: what CI does
	@$(MAKE) fuzz FUZZ_ARGS=--fixed

.PHONY: clean
clean: ## Remove what the targets above made
	$(CARGO) clean
	rm -rf '$(DIST)' webapp/dist webapp/dev/dist

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z][a-z%-]*\):[^#]*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo
	@echo 'Variables (VAR=value):'
	@sed -n 's/^\([A-Z_]*\) ?= *\(.*\)## \(.*\)/  \1|\3|\2/p' Makefile \
		| awk -F'|' '{ printf "%-14s %s%s\n", $$1, $$2, $$3 == "" ? "" : " (default: " $$3 ")" }'
