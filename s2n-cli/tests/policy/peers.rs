//! `s2n policy explain --peer`.

use super::{OpenSsl, Server, policy};

#[test]
fn a_server_of_ours_leaves_nothing_better() {
    let server = Server::start(&[]);
    let outcome = policy(&format!("explain default --peer 127.0.0.1:{}", server.port));
    outcome.assert_success();
    assert!(outcome.stdout.contains("X25519MLKEM768"), "{}", outcome.stdout);
    assert_eq!(outcome.stdout.matches("the policy has nothing better").count(), 4, "{}", outcome.stdout);
}

#[test]
fn a_server_with_less_is_asked_again_for_more() {
    let server = OpenSsl::start(&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"]);
    let outcome = policy(&format!("explain default --json --peer localhost:{}", server.port));
    outcome.assert_success();
    let json = outcome.json();
    assert_eq!(json["post_quantum"], false);
    let step = |index: usize| json["steps"][index].clone();
    assert_eq!((&step(0)["chosen"], &step(0)["better"][0]), (&"TLS 1.2".into(), &"TLS 1.3".into()));
    let refused = step(0)["better_alone"]["refused"].as_str().unwrap().to_owned();
    assert!(refused.contains("protocol_version"), "{refused}");
    assert_eq!(step(1)["better"][0], "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    assert!(step(1)["better_alone"]["refused"].as_str().unwrap().contains("handshake_failure"), "{json}");
}

#[test]
fn a_server_with_an_order_of_its_own_is_told_from_one_that_cannot() {
    let server =
        OpenSsl::start(&["-serverpref", "-ciphersuites", "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"]);
    let json = policy(&format!("explain default --json --peer 127.0.0.1:{}", server.port)).json();
    let suite = &json["steps"][1];
    assert_eq!(suite["chosen"], "TLS_AES_256_GCM_SHA384", "{json}");
    assert_eq!(suite["better_alone"]["took"], "TLS_AES_128_GCM_SHA256", "{json}");
}

#[test]
fn what_is_no_server_is_said_to_be_none() {
    policy("explain default --peer 127.0.0.1:1")
        .assert_fails(1, &["refused", "is a server listening there?"]);
    for wrong in ["localhost:port", ":443", "host:70000"] {
        policy(&format!("explain default --peer {wrong}")).assert_fails(1, &["HOST:PORT"]);
    }
    let server = OpenSsl::start(&["-tls1_2"]);
    let outcome = policy(&format!("explain cnsa_2 --peer 127.0.0.1:{}", server.port));
    outcome.assert_fails(2, &["protocol_version"]);
}
