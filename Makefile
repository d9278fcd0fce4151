# Parley. `make` lists the targets.

.DEFAULT_GOAL := help
BUILD   := build
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
# The shell that starts make may have a USER of its own; only one given to make counts.
ifeq ($(origin USER),environment)
USER := ann
endif

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s "$$(printf '\t')"

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --ignore-scripts
	@touch $@

# The SDK and the web app, whose files are embedded in the local stack.
CLIENTS := $(shell find clients/typescript clients/web -type f -not -path '*/dist/*' -not -path '*/node_modules/*' -not -path '*/test/*' -not -path '*/browser/*')
clients/web/dist/index.html: node_modules/.package-lock.json $(CLIENTS)
	@npm run --silent build -w clients/typescript
	@npm run --silent build -w clients/web -- --logLevel warn
	@touch $@

.PHONY: local
local: node_modules/.package-lock.json clients/web/dist/index.html
	@go run ./infra/bundle -local
	@go build -o $(BUILD)/local/parley ./infra/local

.PHONY: run
run: local ## run everything on this machine, in the foreground (ARGS="-log debug -web-port 9080"; ARGS=-help lists them)
	@exec $(BUILD)/local/parley $(ARGS)

.PHONY: chat
chat: ## chat in this terminal: make chat USER=ann (URL=wss://… TOKENS=… for another deployment)
	@go build -o $(BUILD)/local/chat ./clients/terminal
	@exec $(BUILD)/local/chat -user $(USER) -push $(if $(URL),-url $(URL)) $(if $(TOKENS),-tokens $(TOKENS)) $(ARGS)

.PHONY: demo
demo: ## play an afternoon of five people against the running stack
	@go run ./clients/demo $(ARGS)

.PHONY: test
test: test-go test-clients ## set up and run every test

.PHONY: test-go
test-go: local
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "gofmt would change these"; exit 1; }
	go vet ./...
	go test -shuffle=on ./infra
	go test -race -shuffle=on $$(go list ./... | grep -v '/infra$$')

.PHONY: test-clients
test-clients: local
	npm run --silent check --workspaces
	npm run --silent test --workspaces
	npm run --silent size --workspaces
	npm run --silent test:stack -w clients/typescript
	npm run --silent chromium -w clients/web
	npm run --silent test:browser -w clients/web

.PHONY: measure
measure: local ## measure the web app in Chromium: its first view, from browser to browser, scrolling 10,000 messages
	npm run --silent chromium -w clients/web
	npm run --silent size -w clients/web
	npm run --silent measure -w clients/web

.PHONY: bench
bench: local zips ## measure start, memory, latency, saturation, cold starts, sizes, and the gateway stand-in
	@go build -o $(BUILD)/local/empty -tags lambda.norpc -trimpath -ldflags "-s -w" ./infra/bench/empty
	@go run ./infra/bench $(ARGS)
	@go test -run '^$$' -bench IdleConnection -benchtime 10000x ./infra/local/apigateway
	@go test -run '^$$' -bench 'MockMessage|Post' ./infra/local/apigateway

.PHONY: lint
lint: ## run golangci-lint with the settings in .golangci.yml
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.6.2 run

.PHONY: zips
zips: ## build what is deployed: one zip per function for arm64
	@go run ./infra/bundle

.PHONY: web
web: clients/web/dist/index.html ## build the web app that is deployed

.PHONY: synth
synth: node_modules/.package-lock.json ## write the CloudFormation template to cdk.out
	npx cdk synth --quiet $(ARGS)

STAGE ?= dev
CONTEXT = -c stage=$(STAGE) $(if $(ISSUER),-c issuer=$(ISSUER)) $(if $(ORIGINS),-c origins=$(ORIGINS)) $(ARGS)

.PHONY: deploy
deploy: node_modules/.package-lock.json zips web ## deploy to the AWS account of the shell: make deploy STAGE=dev ISSUER=https://… (or ISSUER=cognito)
	@npx cdk bootstrap --no-previous-parameters $(CONTEXT) >/dev/null || { echo "the account cannot be prepared for CDK: see above"; exit 1; }
	npx cdk deploy --outputs-file $(BUILD)/outputs-$(STAGE).json $(CONTEXT)

.PHONY: vapid
vapid: ## make the keys that browsers are notified with, once for a stage: make vapid STAGE=dev
	@go run ./infra/vapid -stage $(STAGE)

.PHONY: destroy
destroy: node_modules/.package-lock.json zips ## take a stage down: make destroy STAGE=dev (prod keeps its tables and its bucket)
	npx cdk destroy --force $(CONTEXT)

.PHONY: firewall
firewall: node_modules/.package-lock.json ## deploy what passes to CloudFront and print its ARN, for -c webAcl=: make firewall STAGE=prod
	@npx cdk bootstrap --no-previous-parameters $(CONTEXT) -c firewall=true >/dev/null || { echo "the account cannot be prepared for CDK: see above"; exit 1; }
	npx cdk deploy --outputs-file $(BUILD)/outputs-$(STAGE)-firewall.json $(CONTEXT) -c firewall=true

.PHONY: cost
cost: ## what a load costs a month: make cost ARGS="-users 50000 -messages 30" (ARGS=-help lists what can be said)
	@go run ./infra/cost $(ARGS)

.PHONY: clean
clean: ## forget the local stack's data and everything built
	rm -rf $(BUILD) .parley cdk.out
