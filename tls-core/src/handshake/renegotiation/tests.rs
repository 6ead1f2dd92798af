use super::*;
use crate::alert::AlertDescription;
use crate::facts::{EarlyData, GroupReason, PeerCertificates};
use crate::handshake::FragmentLimits;
use crate::wire::certificate::Chain;
use crate::wire::codec::{Reader, Writer};

fn previous() -> Previous {
    let chain = Chain { certificates: vec![b"leaf", b"issuer"], ..Chain::default() };
    let facts = Facts {
        policy: "test".into(),
        version: ProtocolVersion::TLS1_2,
        cipher_suite: ciphersuites::CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        group: ciphersuites::NamedGroup::X25519,
        group_reason: GroupReason::ServerChose,
        hello_retry_request: false,
        renegotiations: 0,
        extended_main_secret: true,
        server_name: None,
        alpn: None,
        fragment_limits: FragmentLimits::Unlimited,
        identity: None,
        certificate_requested: false,
        server_signature_scheme: None,
        client_signature_scheme: None,
        pre_shared_key: None,
        resumed: None,
        early_data: EarlyData::NotOffered,
        peer_certificates: Some(PeerCertificates::new(&chain)),
    };
    Previous { verify_data: VerifyData::new(&[1; 12], &[2; 12]), facts }
}

/// What a ServerHello with this renegotiation_info, or none, comes to.
fn outcome(info: Option<&[u8]>, previous: Option<&Previous>) -> Result<bool, Error> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    writer.vec16(|writer| {
        if let Some(info) = info {
            renegotiation_info::write(writer, info);
        }
    });
    writer.finish().unwrap();
    is_bound(Extensions::read(&mut Reader::new(&bytes, "test"), "test").unwrap(), previous)
}

#[test]
fn a_first_handshake_is_bound_to_nothing() {
    assert_eq!(outcome(None, None), Ok(false));
    assert_eq!(outcome(Some(&[]), None), Ok(true));
    let error = outcome(Some(&[1; 24]), None).unwrap_err();
    assert_eq!(
        (error.code(), error.alert_sent()),
        ("unsafe_renegotiation", Some(AlertDescription::HANDSHAKE_FAILURE))
    );
}

#[test]
fn a_renegotiation_is_bound_to_both_finished_messages_before() {
    let previous = previous();
    let right = [[1; 12], [2; 12]].concat();
    assert_eq!(outcome(Some(&right), Some(&previous)), Ok(true));
    assert_eq!(previous.verify_data.client(), [1; 12]);
    let mut wrong: Vec<_> = (0..right.len())
        .map(|index| {
            let mut altered = right.clone();
            altered[index] ^= 1;
            Some(altered)
        })
        .collect();
    wrong.extend([None, Some(vec![]), Some(vec![1; 12]), Some([[2; 12], [1; 12]].concat())]);
    wrong.extend([Some(right[..23].to_vec()), Some([&right[..], &[0]].concat())]);
    for info in wrong {
        let error = outcome(info.as_deref(), Some(&previous)).unwrap_err();
        assert_eq!(error.code(), "unsafe_renegotiation", "{info:?}");
    }
}

#[test]
fn the_server_stays_who_it_is() {
    let previous = previous();
    assert_eq!(previous.check_server(Some(b"leaf")), Ok(()));
    for other in [None, Some(&b"issuer"[..]), Some(b"lea")] {
        let error = previous.check_server(other).unwrap_err();
        assert_eq!(error.alert_sent(), Some(AlertDescription::ILLEGAL_PARAMETER));
    }
    assert!(previous.permits(ProtocolVersion::TLS1_2) && !previous.permits(ProtocolVersion::TLS1_3));
}
