#!/usr/bin/env bash
# Whatever is wrong with a CBC record, refusing it must take the same number of instructions. Needs valgrind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=$(cargo build --quiet --release --package ciphersuites --example cbc_refusals --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

instructions() {
    valgrind --tool=callgrind --callgrind-out-file="$work/out" --toggle-collect=cbc_refusals::open_all \
        "$program" "$1" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    sed -n 's/.*Collected : //p' "$work/log"
}

expected=$(instructions mac)
# A count of nothing would agree with itself: 200 records of 1 KiB take more than a million instructions.
((expected > 1000000)) || { echo "open_all was not measured" >&2; exit 1; }
for wrong in plaintext padding padding-shorter padding-longer padding-longest; do
    counted=$(instructions "$wrong")
    echo "$wrong: $counted instructions, mac: $expected"
    [ "$counted" = "$expected" ]
done
