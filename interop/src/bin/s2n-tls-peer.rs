//! s2n-tls as a peer in tests. It is written in C, `main` included: see `peers/s2n_tls.c`.

#![no_main]

use interop as _;
