//! `s2n policy`.

use serde_json::Value;

use crate::openssl::OpenSsl;
use crate::programs::{Folder, Outcome, S2N, Server, run};

mod explanations;
mod peers;

/// Runs `s2n policy` with these arguments, which are apart by spaces.
pub(crate) fn policy(arguments: &str) -> Outcome {
    run(S2N, &["policy"].into_iter().chain(arguments.split(' ')).collect::<Vec<_>>(), "")
}

/// It answered, and the answer is no.
#[track_caller]
pub(crate) fn assert_no(outcome: &Outcome) {
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(1), ""), "{outcome:?}");
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

#[track_caller]
fn listed(arguments: &str) -> Vec<String> {
    let outcome = policy(&format!("list --json {arguments}"));
    outcome.assert_success();
    names(&outcome.json()["policies"]).into_iter().map(str::to_owned).collect()
}

#[test]
fn lists_are_what_the_filters_leave() {
    let all = policy("list --json").json();
    assert_eq!(names(&all["policies"]).len(), 169);
    assert_eq!(listed("--satisfies cnsa-2"), ["cnsa_2", "20260219"]);
    let hybrids = listed("--contains x25519mlkem768 --fips 2025");
    assert_eq!(hybrids, ["20251015", "CloudFront-TLS-1-2-2025"]);
    let only_tls13 = listed("--tls13 --post-quantum CLOUDFRONT-TLS-1-3");
    assert_eq!(only_tls13, ["CloudFront-TLS-1-3-2025"]);
    assert!(!listed("--tls12").iter().any(|name| name == "cnsa_2"));

    let text = policy("list cnsa_");
    text.assert_success();
    assert!(text.stdout.contains("cnsa_1_2_interop  1.2 1.3  post-quantum"), "{}", text.stdout);
    assert!(text.stdout.ends_with("\n3 policies\n"), "{}", text.stdout);
    let none = policy("list --contains TLS_RSA_WITH_RC4_128_SHA --satisfies cnsa-1");
    assert_no(&none);
    assert_eq!(none.stdout, "no policy is like that\n");
    policy("list --contains x2551").assert_fails(1, &["unknown cipher suite or group", "x25519"]);
}

#[test]
fn a_policy_is_shown_with_what_is_refused() {
    let outcome = policy("show elbsecuritypolicy-tls-1-0-2015-04");
    outcome.assert_success();
    for piece in [
        "ELBSecurityPolicy-TLS-1-0-2015-04",
        "TLS 1.0 (refused)",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n",
        "TLS_RSA_WITH_AES_128_CBC_SHA (refused)",
        "breaks perfect-forward-secrecy",
    ] {
        assert!(outcome.stdout.contains(piece), "{piece}: {}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains('\x1b'), "no escapes in a pipe");
    let json = policy("show default_fips --json").json();
    assert_eq!(json["rules"]["FIPS 140-3 (2019)"], true);
    assert!(json["aliases"].as_array().unwrap().contains(&"20251015".into()), "{json}");
    policy("show defalt").assert_fails(1, &["did you mean \"default\"?"]);
}

#[test]
fn differences_are_members_order_and_values() {
    let same = policy("diff rfc9151 20251013");
    same.assert_success();
    assert_eq!(same.stdout, "rfc9151 and 20251013 are the same\n");
    let outcome = policy("diff 20251014 default_pq");
    assert_no(&outcome);
    assert!(outcome.stdout.contains("\nsignature schemes\n  + mldsa44\n"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\ncertificate signature schemes\n  - any\n"), "{}", outcome.stdout);
    let json = policy("diff 20251014 default_tls13 --json").json();
    let groups = &json["differences"]["named_groups"];
    assert_eq!(groups["removed"][0], "X25519MLKEM768");
    assert_eq!(groups["added"].as_array().unwrap().len(), 0);
}

#[test]
fn a_rule_that_is_broken_is_an_exit_code_and_every_breach() {
    policy("check default").assert_success();
    policy("check rfc9151 --rule cnsa-1 --rule fips-140-3").assert_success();
    let outcome = policy("check 20251014 --rule fips-140-3");
    assert_no(&outcome);
    for piece in ["breaks fips-140-3", "TLS_CHACHA20_POLY1305_SHA256", "the group x25519"] {
        assert!(outcome.stdout.contains(piece), "{piece}: {}", outcome.stdout);
    }
    let json = policy("check 20251014 --rule fips-140-3 --json");
    assert_no(&json);
    let rule = &json.json()["rules"][0];
    assert_eq!((&rule["kept"], rule["breaches"].as_array().unwrap().len()), (&false.into(), 2));
    policy("check 20250429").assert_fails(1, &["declares no rule", "cnsa-1"]);
}

#[test]
fn a_policy_in_a_file_is_as_good_as_one_with_a_name() {
    let folder = Folder::new();
    let mine = "name = \"mine\"\nfrom = \"default\"\npost_quantum_required = true\n";
    let file = folder.file("mine.toml", mine);
    let outcome = policy(&format!("check {file} --rule post-quantum-key-exchange"));
    assert!(outcome.stdout.starts_with("mine "), "{outcome:?}");
    let explained = policy(&format!("explain {file} --client-hello openssl-3.0 --json"));
    assert_no(&explained);
    assert_eq!(explained.json()["policy"], "mine");
    let broken = folder.file("broken.toml", "name = \"mine\"\nfrom = \"default\"\ngroups = [\"x2551\"]\n");
    policy(&format!("show {broken}")).assert_fails(1, &["broken.toml", "line 3", "x25519"]);
    policy("show nowhere.toml").assert_fails(1, &["nowhere.toml does not exist"]);
}

#[test]
fn the_linter_finds_policies_that_fall_back_where_they_need_not() {
    let fine = policy("lint default default_pq default_fips");
    fine.assert_success();
    let outcome = policy("lint default cnsa_1_2_interop");
    assert_no(&outcome);
    let finding = "\ncnsa_1_2_interop falls back: the client offers X25519MLKEM768, but the policy does not permit it\n  with chromium, ";
    assert!(outcome.stdout.contains(finding), "{}", outcome.stdout);
    let json = policy("lint default default_tls13 cnsa_2 --json");
    json.assert_success();
    let json = json.json();
    let outcome = |policy: usize, client: &str| {
        let outcomes = json["policies"][policy]["outcomes"].as_array().unwrap();
        outcomes.iter().find(|entry| entry["client"] == client).unwrap()["outcome"].clone()
    };
    for client in ["chromium", "firefox", "go", "openssl-3.5", "node-24", "rustls", "s2nc"] {
        assert_eq!(outcome(0, client), "post_quantum", "{client}");
        assert_eq!(outcome(1, client), "classical", "{client}");
    }
    assert_eq!(outcome(0, "openssl-3.0"), "classical");
    assert_eq!(outcome(2, "chromium"), "no_handshake");
}
