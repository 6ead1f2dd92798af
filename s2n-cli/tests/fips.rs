//! `s2n fips` and `--enter-fips-mode`: one truth for each kind of build.

#[cfg(feature = "fips")]
mod on_a_module {
    use crate::programs::{S2N, S2NC, Server, run};

    #[test]
    fn the_report_keeps_apart_what_is_in_order_approved_and_validated() {
        let outcome = run(S2N, &["fips"], "");
        outcome.assert_success();
        for piece in [
            "In order    yes",
            "Validated   not known",
            "TLS 1.3 with TLS_AES_128_GCM_SHA256 and X25519MLKEM768",
            "TLS 1.2 with TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 and secp256r1",
            "  approved      sealing of records by AES-128-GCM",
            "  not approved  ECDH by X25519: the hybrid is approved",
        ] {
            assert!(outcome.stdout.contains(piece), "{piece}: {}", outcome.stdout);
        }
        assert!(!outcome.stdout.contains("should not be"), "{}", outcome.stdout);
    }

    #[test]
    fn the_report_as_json() {
        let outcome = run(S2N, &["fips", "--json"], "");
        outcome.assert_success();
        let report = outcome.json();
        assert!(report["module"]["version"].as_u64().unwrap() >= 4, "{report}");
        assert_eq!(report["validated"]["known"], false);
        let unapproved =
            [0, 1].map(|index| report["connections"][index]["not_approved"].as_array().unwrap().len());
        assert_eq!(unapproved, [2, 2], "{report}");
    }

    #[test]
    fn who_enters_fips_mode_says_so_and_takes_what_is_approved() {
        let server = Server::start(&["--enter-fips-mode"]);
        assert_eq!(server.announced[0], "s2nd entered FIPS mode");
        let outcome = server.client(&["--enter-fips-mode"], "");
        outcome.assert_success();
        let mut lines = outcome.stdout.lines();
        assert_eq!(lines.next(), Some("s2nc entered FIPS mode"));
        assert!(lines.next().unwrap().contains("FIPS module version"), "{outcome:?}");
        assert!(outcome.stdout.contains("KEM Group: X25519MLKEM768"), "{outcome:?}");
    }

    #[test]
    fn in_fips_mode_other_policies_are_refused_and_otherwise_permitted() {
        let arguments = ["--enter-fips-mode", "-c", "default_tls13", "localhost"];
        run(S2NC, &arguments, "").assert_fails(1, &["default_tls13", "x25519", "CHACHA20", "default_fips"]);
        let server = Server::start(&["-c", "default_tls13"]);
        server.client(&["-c", "default_tls13"], "").assert_success();
    }
}

#[cfg(not(feature = "fips"))]
mod without_a_module {
    use crate::programs::{S2N, S2NC, S2ND, run};

    #[test]
    fn it_is_said_that_there_is_none_and_how_to_get_one() {
        let remedy = "interop/scripts/fips build --release -p s2n-cli --features fips";
        for (program, arguments) in [
            (S2N, &["fips"][..]),
            (S2NC, &["--enter-fips-mode", "localhost"]),
            (S2ND, &["--enter-fips-mode", "localhost", "0"]),
        ] {
            run(program, arguments, "").assert_fails(1, &["this build has no FIPS module", remedy]);
        }
        let outcome = run(S2N, &["fips", "--json"], "");
        assert_eq!(
            (outcome.code, outcome.json()["error"]["code"].as_str()),
            (Some(1), Some("no_fips_module"))
        );
    }
}
