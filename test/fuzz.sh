#!/usr/bin/env bash
# fuzz.sh SECONDS fuzzes every Fuzz target there is, sharing out the seconds
# evenly, at least 3 each. An input that fails is left in the package's
# testdata/fuzz, where every later go test tries it, and is printed.
#
# Each package is built once and its targets are run from that one binary:
# go test -fuzz would link it anew for every target.
set -euo pipefail
cd "$(dirname "$0")/.."

go=${GO:-go}
seconds=${1:?usage: fuzz.sh SECONDS}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0

# Only folders whose tests mention one are built; which targets they have, the
# built tests say.
mapfile -t folders < <(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u)
targets=() # "folder binary target"
for folder in "${folders[@]}"; do
	binary=$work/${folder//\//_}.test
	"$go" test -c -fuzz . -o "$binary" "$folder"
	while read -r target; do
		targets+=("$folder $binary $target")
	done < <(cd "$folder" && "$binary" -test.list '^Fuzz')
done
if ((${#targets[@]} == 0)); then
	echo 'there is no fuzz target' >&2
	exit 1
fi
each=$((seconds / ${#targets[@]}))
((each >= 3)) || each=3
printf '%d targets, %d s each\n' "${#targets[@]}" "$each"

# fuzz FOLDER BINARY TARGET LOG fuzzes one target. Left alone, the fuzzer spends
# up to a minute on making each interesting input smaller, which is all there is.
fuzz() (
	cd "$1"
	"$2" -test.run '^$' -test.fuzz "^$3\$" -test.fuzztime "${each}s" \
		-test.fuzzminimizetime 20x -test.fuzzcachedir "$work/corpus/$1" >"$4" 2>&1
)

failed=0
for entry in "${targets[@]}"; do
	read -r folder binary target <<<"$entry"
	log=$work/log
	fine=1
	fuzz "$folder" "$binary" "$target" "$log" || fine=0
	# At the end of its time a fuzzer on a busy machine may report the deadline
	# itself as the failure (golang.org/issue/48591); that is tried once more.
	if ((!fine)) && grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
		fine=1
		fuzz "$folder" "$binary" "$target" "$log" || fine=0
	fi
	if ((fine)); then
		printf 'ok    %-24s %-32s %s\n' "${folder#./}" "$target" \
			"$(grep -oE 'execs: [0-9]+' "$log" | tail -n1)"
		continue
	fi
	failed=1
	printf 'FAIL  %-24s %s\n' "${folder#./}" "$target"
	cat "$log"
	while read -r input; do
		printf -- '-- %s\n' "$folder/$input"
		head -c 4096 "$folder/$input"
	done < <(sed -n 's/.*Failing input written to //p' "$log")
done
exit "$failed"
