//! What the programs of this package are linked with: the peer in C, which `build.rs` compiles, and s2n-tls for it.

use s2n_tls_sys as _;
