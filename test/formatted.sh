#!/usr/bin/env bash
# Fails and names the files that gofumpt would change.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(.bin/gofumpt -l .)
if [[ -n $unformatted ]]; then
	printf 'not formatted (make fmt does it):\n%s\n' "$unformatted" >&2
	exit 1
fi
