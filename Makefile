# Parley. `make` lists the targets.

.DEFAULT_GOAL := help
BUILD   := build
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
# The shell that starts make may have a USER of its own; only one given to make counts.
ifeq ($(origin USER),environment)
USER := ann
endif

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

.PHONY: local
local: node_modules/.package-lock.json
	@go run ./infra/bundle -local
	@go build -o $(BUILD)/local/parley ./infra/local

.PHONY: run
run: local ## run everything on this machine, in the foreground (ARGS="-log debug -web-port 9080")
	@exec $(BUILD)/local/parley $(ARGS)

.PHONY: chat
chat: ## chat in this terminal: make chat USER=ann (URL=wss://… TOKENS=… for another deployment)
	@go build -o $(BUILD)/local/chat ./clients/terminal
	@exec $(BUILD)/local/chat -user $(USER) -push $(if $(URL),-url $(URL)) $(if $(TOKENS),-tokens $(TOKENS)) $(ARGS)

.PHONY: demo
demo: ## play an afternoon of five people against the running stack
	@go run ./clients/demo $(ARGS)

.PHONY: zips
zips: ## build what is deployed: one zip per function for arm64
	@go run ./infra/bundle

.PHONY: clean
clean: ## forget the local stack's data and everything built
	rm -rf $(BUILD) .parley cdk.out
