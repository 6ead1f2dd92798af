//! s2nd with its key in moto, an emulator of AWS KMS, and OpenSSL as its client: see `interop/scripts/kms`.

use std::path::Path;
use std::process::Command;

#[test]
fn s2nd_signs_by_keys_in_kms() {
    let interop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../interop/scripts");
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/peers/moto/moto_server");
    assert!(server.exists(), "{} is missing; install it with: interop/scripts/moto", server.display());
    let output = Command::new(interop.join("kms")).arg(env!("CARGO_BIN_EXE_s2nd")).output();
    let output = output.expect("a script that starts");
    let said =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    // Shown with --nocapture.
    print!("{said}");
}
