#!/bin/sh
# Where the instructions of one half of a handshake go, by function.
#
#     benches/profile.sh [ours|rustls|s2n|openssl] [HANDSHAKE] [client|server] [LINES]
set -eu
cd "$(dirname "$0")/.."
stack=${1:-ours} handshake=${2:-tls13-x25519mlkem768} side=${3:-server} lines=${4:-60}
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT

halves=$(cargo build --release --package benches --example halves --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')
valgrind --tool=callgrind --callgrind-out-file="$out/profile" --toggle-collect="*${side}_half*" \
    "$halves" "$stack" "$handshake" 10 2>"$out/log" || { cat "$out/log"; exit 1; }
callgrind_annotate --auto=no "$out/profile" | head -n "$lines"
