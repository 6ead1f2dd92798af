#!/usr/bin/env bash
# Nothing of ours may branch on a secret, or look something up by it: `constant_time` under valgrind's memcheck, where
# secrets count as undefined. Needs valgrind and a C compiler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O1 -shared -fPIC -Wall -Werror -o "$work/secret_marks.so" constant_time/secret_marks.c
program=$(cargo build --quiet --package ciphersuites --example constant_time --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

check() {
    LD_PRELOAD=$work/secret_marks.so valgrind --error-exitcode=99 --num-callers=30 \
        --suppressions=constant_time/permitted.supp "$program" "$@" >"$work/log" 2>&1
}

# A check that finds nothing must have been able to.
if check secret-branch; then
    echo "a branch on a secret was not reported" >&2
    exit 1
elif ! grep -q "depends on uninitialised value" "$work/log"; then
    cat "$work/log" >&2
    exit 1
fi
check || { cat "$work/log" >&2; exit 1; }
sed -n 's/^==[0-9]*== ERROR SUMMARY: /constant time: /p' "$work/log"
