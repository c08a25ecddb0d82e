# commonpool's commands. `make test` is the whole gate and needs nothing but Go,
# gcc (for the race detector) and a network; everything it installs goes to .bin.

GO ?= go

# The tools are pinned here and nowhere else; they are no part of go.mod, so
# that their dependencies are none of ours.
GOLANGCI_LINT_VERSION := v2.15.0
GOFUMPT_VERSION       := v0.12.0

# Seconds of fuzzing, over all targets together: in the gate, and in a soak.
FUZZ_SECONDS      ?= 75
SOAK_FUZZ_SECONDS ?= 3600
# How often a soak tries each property (100 is what `go test` does).
SOAK_CHECKS       ?= 20000

# Real input, where it lies beside the checkout. Tests that need it are skipped
# where there is none and fail where it is named and not found.
ifndef COMMONPOOL_TEST_DATA
ifneq ($(wildcard ../shared/data/.),)
COMMONPOOL_TEST_DATA := $(abspath ../shared/data)
endif
endif
ifdef COMMONPOOL_TEST_DATA
# Each test runs in its own folder, so that the path has to be absolute.
override COMMONPOOL_TEST_DATA := $(abspath $(COMMONPOOL_TEST_DATA))
export COMMONPOOL_TEST_DATA
endif

.DEFAULT_GOAL := help
.PHONY: help check test lint fmt build bench soak tools clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' | expand -t 10

check: .bin/.gofumpt-$(GOFUMPT_VERSION) ## the fast inner loop: format, vet, short tests
	@test/formatted.sh
	$(GO) vet ./...
	$(GO) test -short ./...

test: tools ## everything the gate checks, from an empty machine
	@GO="$(GO)" FUZZ_SECONDS="$(FUZZ_SECONDS)" test/gate.sh

lint: .bin/.golangci-lint-$(GOLANGCI_LINT_VERSION) ## the linters and the import table (.golangci.yml)
	.bin/golangci-lint run

fmt: .bin/.gofumpt-$(GOFUMPT_VERSION) ## format every Go file
	.bin/gofumpt -l -w .

build: ## the binary, bin/commonpool
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/commonpool ./cmd/commonpool

bench: ## measure beside limits and peers (BENCH=-record keeps the figures)
	$(GO) test ./bench -count=1 -v -timeout 2h -run '^TestFigures$$' -figures $(BENCH)

soak: ## the long run: every property many times, then hours of fuzzing
	RAPID_CHECKS=$(SOAK_CHECKS) $(GO) test -count=1 -timeout 12h ./...
	GO="$(GO)" test/fuzz.sh $(SOAK_FUZZ_SECONDS)

tools: .bin/.golangci-lint-$(GOLANGCI_LINT_VERSION) .bin/.gofumpt-$(GOFUMPT_VERSION) ## install the pinned tools into .bin

clean: ## remove what the other targets made
	rm -rf .bin bin

# $(call install,NAME,PACKAGE,VERSION): the stamp carries the version, so that a
# new pin installs anew.
define install
.bin/.$(1)-$(3):
	@echo "installing $(1) $(3) into .bin"
	@mkdir -p .bin && rm -f .bin/.$(1)-*
	@GOFLAGS= CGO_ENABLED=0 GOBIN="$(CURDIR)/.bin" $(GO) install $(2)@$(3)
	@touch $$@
endef
$(eval $(call install,golangci-lint,github.com/golangci/golangci-lint/v2/cmd/golangci-lint,$(GOLANGCI_LINT_VERSION)))
$(eval $(call install,gofumpt,mvdan.cc/gofumpt,$(GOFUMPT_VERSION)))
