//! `s2n policy explain --client-hello`.

use super::{Folder, assert_no, policy};

/// The bytes of a recording, in hexadecimal.
fn recorded(name: &str) -> String {
    let path = format!("{}/corpus/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let recording: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    recording["client_hello"].as_str().unwrap().to_owned()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn a_client_hello_is_read_in_whatever_form_it_comes() {
    let hex = recorded("openssl-3.5");
    let message = bytes(&hex);
    let record = [&[22, 3, 1], &u16::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat();
    let folder = Folder::new();
    let spaced: Vec<String> =
        message.chunks(16).map(|row| row.iter().map(|b| format!("{b:02X} ")).collect()).collect();
    let forms = [
        "openssl-3.5".to_owned(),
        hex.clone(),
        folder.file("message", &message),
        folder.file("record", record),
        folder.file("digits", spaced.join("\n")),
        format!("{}/corpus/openssl-3.5.json", env!("CARGO_MANIFEST_DIR")),
    ];
    let answers = forms.map(|form| {
        let outcome = policy(&format!("explain default --json --client-hello {form}"));
        outcome.assert_success();
        outcome.json()
    });
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(answers[0]["selection"]["group"], "X25519MLKEM768");
    assert!(answers[0]["ja4"].as_str().unwrap().starts_with("t13d"), "{}", answers[0]);
}

#[test]
fn the_steps_say_what_was_passed_over_and_why() {
    let outcome = policy("explain default_tls13 --client-hello openssl-3.5 --key rsa");
    outcome.assert_success();
    for piece in [
        "the policy default_tls13 chooses for OpenSSL s_client 3.5",
        "\n  group             x25519: its key share was there, and no other in common is of higher rank\n    it would cost a round trip and is no better: secp256r1\n",
        "the server has no key for it: ecdsa_secp256r1_sha256",
        "not post-quantum: the client offers X25519MLKEM768, but the policy does not permit it",
    ] {
        assert!(outcome.stdout.contains(piece), "{piece}: {}", outcome.stdout);
    }
    let asked_for = policy("explain 20260513 --client-hello aws-crt-default");
    asked_for.assert_success();
    assert!(asked_for.stdout.contains("HelloRetryRequest"), "{}", asked_for.stdout);

    let nothing = policy("explain cnsa_2 --client-hello chromium --json");
    assert_no(&nothing);
    let json = nothing.json();
    assert_eq!(json["error"]["code"], "no_common_group");
    assert_eq!((&json["selection"], &json["steps"][2]["chosen"]), (&().into(), &().into()));
}

#[test]
fn what_is_no_client_hello_is_refused_with_the_reason() {
    let folder = Folder::new();
    let cut = &recorded("go")[..400];
    for (argument, why) in [
        ("nope".to_owned(), "no such file"),
        ("chromum".to_owned(), "did you mean \"chromium\"?"),
        (cut.to_owned(), "end before the ClientHello does"),
        (folder.file("http", "GET / HTTP/1.1"), "no bytes in hexadecimal"),
        (folder.file("finished", [22, 3, 3, 0, 4, 20, 0, 0, 0]), "Finished where ClientHello"),
    ] {
        policy(&format!("explain default --client-hello {argument}")).assert_fails(1, &[why]);
    }
    let outcome = policy("explain default");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("--peer") && outcome.stderr.contains("--client-hello"), "{outcome:?}");
    let outcome = policy("explain default --client-hello go --key dsa");
    assert!(outcome.stderr.contains("known are rsa, rsa-pss, ecdsa-p256"), "{outcome:?}");
}
