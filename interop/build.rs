//! Compiles the peer that is written in C: `main` of the program `s2n-tls-peer`.

use std::env;

fn main() -> Result<(), env::VarError> {
    println!("cargo::rerun-if-changed=peers");
    // Where the library's build script has put its header.
    let include = env::var("DEP_S2N_TLS_INCLUDE")?;
    cc::Build::new()
        .files(["peers/bytes.c", "peers/cache.c", "peers/s2n_tls.c"])
        .include(include)
        .std("c11")
        .define("_GNU_SOURCE", None)
        .cargo_metadata(false)
        .compile("s2n_tls_peer");
    println!("cargo::rustc-link-search=native={}", env::var("OUT_DIR")?);
    // Only the program that wants this `main` takes it: not the library's own test program.
    println!("cargo::rustc-link-lib=static:-whole-archive=s2n_tls_peer");
    Ok(())
}
