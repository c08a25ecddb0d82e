#!/usr/bin/env bash
# Every check of the gate, one after the other; make test calls it once the tools
# are in .bin. A check that fails does not stop the others, so that one run shows
# everything; the closing summary lists each with its time.
set -euo pipefail
cd "$(dirname "$0")/.."

go=${GO:-go}
summary=()
failed=0

# step NAME COMMAND... runs a check and keeps its outcome.
step() {
	local name=$1 began=$SECONDS outcome=ok
	shift
	printf '\n== %s\n' "$name"
	if ! "$@"; then
		outcome=FAILED
		failed=$((failed + 1))
	fi
	summary+=("$(printf '%-28s %-7s %4d s' "$name" "$outcome" $((SECONDS - began)))")
}

export CGO_ENABLED=0
# Stamping the commit asks git, which refuses a checkout of another user's.
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
step 'build without cgo' "$go" build ./...
step 'format (gofumpt)' test/formatted.sh
step 'go vet' "$go" vet ./...
step 'golangci-lint' .bin/golangci-lint run
step 'go mod tidy' "$go" mod tidy -diff
# The race detector is the one thing that needs cgo. -count=1: a result from
# another day proves nothing about data and a README that Go does not watch.
step 'tests, with race detector' env CGO_ENABLED=1 "$go" test -race -count=1 -timeout 10m ./...
# The race detector would take minutes over these; they are pure functions.
step 'advice on real rounds' "$go" test -count=1 -v ./internal/advice
step 'fuzzing' test/fuzz.sh "${FUZZ_SECONDS:-75}"

printf '\n== summary (%s)\n' "$("$go" version)"
printf '%s\n' "${summary[@]}"
printf 'real input: %s\n' "${COMMONPOOL_TEST_DATA:-none; tests that need it were skipped}"
if ((failed)); then
	printf '%d of %d checks FAILED in %d s\n' "$failed" "${#summary[@]}" "$SECONDS"
	exit 1
fi
printf 'all %d checks passed in %d s\n' "${#summary[@]}" "$SECONDS"
