#!/usr/bin/env bash
# Instructions and allocations of each half of a handshake, ours beside rustls', counted by valgrind: exact where
# times are noisy. Allocations in C are counted, too. Valgrind has neither AVX-512 nor the SHA
# instructions, so the crypto of a processor that does weighs more here than in life, and a hashed block ten times more.
#
#     benches/instructions.sh [HANDSHAKES]
set -eu
cd "$(dirname "$0")/.."
count=${1:-10}
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT

halves=$(cargo build --release --package benches --example halves --message-format json |
    sed -n 's/.*"executable":"\([^"]*\)".*/\1/p')

# What callgrind notes as calls includes the other side's; how often an allocator's first instruction ran does not.
count_allocations='
    function settle() { if (is_allocator) calls += entries; is_allocator = 0 }
    /^fn=/ { settle(); is_allocator = /^fn=(malloc|calloc|realloc|posix_memalign|aligned_alloc)$/; lowest = ""; entries = 0 }
    /^calls=/ { getline; next }
    /^0x/ && is_allocator { if (lowest == "" || $1 < lowest) { lowest = $1; entries = 0 } if ($1 == lowest) entries += $2 }
    END { settle(); printf "%d", calls / count }'

printf '%-36s %14s %14s %7s %8s %8s\n' half ours rustls ratio allocs allocs
for handshake in tls13-x25519{,-resumed} tls13-x25519mlkem768{,-resumed} tls12-secp256r1{,-resumed}; do
    for side in client server; do
        for stack in ours rustls; do
            valgrind --tool=callgrind --callgrind-out-file="$out/$stack" --toggle-collect="*${side}_half*" \
                --dump-instr=yes --dump-line=no --compress-pos=no --compress-strings=no \
                "$halves" "$stack" "$handshake" "$count" 2>"$out/$stack.log" || { cat "$out/$stack.log"; exit 1; }
        done
        ours=$(sed -n 's/.*Collected : //p' "$out/ours.log")
        rustls=$(sed -n 's/.*Collected : //p' "$out/rustls.log")
        printf '%-36s %14d %14d %7s %8s %8s\n' "$handshake $side" $((ours / count)) $((rustls / count)) \
            "$(echo "$ours $rustls" | awk '{ printf "%.3f", $1 / $2 }')" \
            "$(awk -v count="$count" "$count_allocations" "$out/ours")" "$(awk -v count="$count" "$count_allocations" "$out/rustls")"
    done
done
