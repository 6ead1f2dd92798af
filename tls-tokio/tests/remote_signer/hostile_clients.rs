//! Clients that break the protocol, and those that just are odd. Whatever they do, others are served.

use std::time::{Duration, Instant};

use tls_tokio::signer::Signer;
use tls_tokio::signer::remote::{AllowedClient, AuditEvent};
use tls_tokio::tls_core::ciphersuites::{PrivateKey, PublicKey, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::raw::{Raw, cancel, ping, sign};
use super::{Running, Site};
use crate::support::{Random, in_time};

const LONG: Duration = Duration::from_secs(20);

const MALFORMED: u8 = 1;
const DENIED: u8 = 2;
const SILENT: u8 = 3;

async fn assert_serves(site: &Site, running: &Running) {
    let signer = site.signer(&running.endpoint).start().unwrap();
    assert!(in_time(signer.sign(&site.request())).await.is_ok());
}

#[tokio::test]
async fn the_protocol_is_what_its_page_says() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let mut raw = Raw::connect(&site, &running.endpoint).await;
    raw.send(&ping(0x0102)).await;
    assert_eq!(raw.receive().await.unwrap(), [131, 0, 0, 0, 0, 0, 0, 1, 2]);

    raw.send(&sign(&site, 7, LONG)).await;
    let answer = raw.receive().await.unwrap();
    assert_eq!(answer[..9], [129, 0, 0, 0, 0, 0, 0, 0, 7]);
    let signature = &answer[19..];
    assert_eq!(usize::from(u16::from_be_bytes([answer[17], answer[18]])), signature.len());
    let message = [&[32; 64], &b"TLS 1.3, server CertificateVerify\0"[..], &[7; 32]].concat();
    let key = PrivateKey::from_pem(site.key.key.as_bytes()).unwrap();
    let key = PublicKey::from_spki(key.public_key_der()).unwrap();
    key.verify_tls13(SignatureScheme::ECDSA_SECP256R1_SHA256, &message, signature).unwrap();

    // Another key: a failure of kind 4, and a sentence.
    let mut unknown = sign(&site, 8, LONG);
    unknown[20] ^= 1;
    raw.send(&unknown).await;
    let answer = raw.receive().await.unwrap();
    assert_eq!(answer[..10], [130, 0, 0, 0, 0, 0, 0, 0, 8, 4]);
    assert_eq!(usize::from(answer[10]), answer.len() - 11);
    // No time at all: kind 1.
    raw.send(&sign(&site, 9, Duration::ZERO)).await;
    assert_eq!(raw.receive().await.unwrap()[..10], [130, 0, 0, 0, 0, 0, 0, 0, 9, 1]);
    // What is taken back and never was is nothing.
    raw.send(&cancel(1000)).await;
    raw.send(&ping(1)).await;
    assert_eq!(raw.receive().await.unwrap()[0], 131);
}

#[tokio::test]
async fn what_breaks_the_protocol_ends_the_connection_with_a_reason() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let once = sign(&site, 2, LONG);
    let purpose = {
        let mut message = once.clone();
        message[48] = 9;
        message
    };
    for (messages, why) in [
        (vec![vec![]], "ends before"),
        (vec![vec![4]], "does not have"),
        (vec![b"GET / HTTP/1.1\r\n".to_vec()], "does not have"),
        (vec![[ping(1), vec![0]].concat()], "after its last field"),
        (vec![purpose], "a purpose that this version"),
        (vec![once.clone(), once.clone()], "not above those before"),
        (vec![once, sign(&site, 1, LONG)], "not above those before"),
    ] {
        let mut raw = Raw::connect(&site, &running.endpoint).await;
        for message in &messages {
            raw.send(message).await;
        }
        raw.assert_sent_away(MALFORMED, why).await;
    }
    let mut raw = Raw::connect(&site, &running.endpoint).await;
    raw.0.write_all(&[0, 32, 0, 0]).await.unwrap();
    raw.assert_sent_away(MALFORMED, "longer than any may be").await;
    assert_serves(&site, &running).await;
}

#[tokio::test]
async fn other_versions_are_agreed_on_or_refused_in_the_handshake() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let both = ["s2n-signer/2", "s2n-signer/1"];
    let mut newer = Raw::offering(&site, &site.client, &running.endpoint, &both).await.unwrap();
    newer.send(&sign(&site, 1, LONG)).await;
    assert_eq!(newer.receive().await.unwrap()[0], 129);
    let only_newer = Raw::offering(&site, &site.client, &running.endpoint, &both[..1]).await;
    assert_eq!(only_newer.err(), Some("alert_received"));
    let mut silent = Raw::offering(&site, &site.client, &running.endpoint, &[]).await.unwrap();
    silent.assert_sent_away(DENIED, "did not ask for s2n-signer/1").await;
    let mut stranger =
        Raw::offering(&site, &site.authority.localhost(), &running.endpoint, &both).await.unwrap();
    stranger.assert_sent_away(DENIED, "no permission names").await;
}

#[tokio::test]
async fn who_is_slow_or_silent_loses_his_place() {
    let site = Site::new();
    let (silence, frame) = (Duration::from_millis(700), Duration::from_millis(300));
    let running = Running::start(site.server().timeouts(silence, frame).max_connections(3)).await;

    let mut slow = Raw::connect(&site, &running.endpoint).await;
    let trickle = async {
        for byte in [0, 0, 0, 9, 3, 0, 0, 0, 0, 0, 0, 0, 1] {
            // At some point the server has enough, and writing fails.
            if slow.0.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        slow.assert_sent_away(SILENT, "a frame did not arrive in time").await;
    };
    let mut silent = Raw::connect(&site, &running.endpoint).await;
    tokio::join!(trickle, silent.assert_sent_away(SILENT, "nothing was heard"));

    // A client that does not read its answers.
    let mut deaf = Raw::connect(&site, &running.endpoint).await;
    let pings = [&9_u32.to_be_bytes(), &ping(5)[..]].concat().repeat(1000);
    let flood = async { while deaf.0.write_all(&pings).await.is_ok() {} };
    in_time(flood).await;

    // Three that hold all places, and say nothing even in their handshakes.
    let mut mute = Vec::new();
    for _ in 0..3 {
        mute.push(TcpStream::connect(running.endpoint.to_string()).await.unwrap());
    }
    let started = Instant::now();
    assert_serves(&site, &running).await;
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

/// A client that takes all the connections it can get leaves the others theirs.
#[tokio::test]
async fn no_client_takes_every_connection() {
    let site = Site::new();
    let other = site.authority.localhost();
    let allowed = AllowedClient::by_certificate("other", other.identity().fingerprint());
    let greedy = site.allowed().connections(3);
    let server = site.bare_server().key(super::local(&site.key)).client(greedy).client(allowed);
    let running = Running::start(server.max_connections(8)).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(Raw::connect(&site, &running.endpoint).await);
    }
    for _ in 0..10 {
        let mut more = Raw::connect(&site, &running.endpoint).await;
        more.assert_sent_away(DENIED, "too many connections").await;
    }
    let signer = site.signer_of(&other, &running.endpoint).start().unwrap();
    assert!(in_time(signer.sign(&site.request())).await.is_ok());
    // One that goes makes room.
    drop(held.pop());
    let again = async {
        loop {
            let mut raw = Raw::connect(&site, &running.endpoint).await;
            // It may be sent away before it has said anything.
            let _ = raw.0.write_all(&[&[0, 0, 0, 9], &ping(1)[..]].concat()).await;
            if raw.receive().await.is_some_and(|answer| answer[0] == 131) {
                break;
            }
        }
    };
    in_time(again).await;
}

#[tokio::test]
async fn noise_does_no_harm() {
    let site = Site::new();
    let running = Running::start(site.server()).await;
    let mut random = Random(0xbad_c0de);
    let address = running.endpoint.to_string();
    for _ in 0..20 {
        let mut tcp = TcpStream::connect(&address).await.unwrap();
        let noise: Vec<u8> = std::iter::repeat_with(|| random.below(256) as u8).take(300).collect();
        let _ = tcp.write_all(&noise).await;
        let _ = tcp.shutdown().await;
        let _ = in_time(tcp.read_to_end(&mut Vec::new())).await;
    }
    // Authenticated noise: real messages with a few bits flipped, or with anything after their type.
    for round in 0..150 {
        let mut raw = Raw::connect(&site, &running.endpoint).await;
        for id in 1..20 {
            let mut message = sign(&site, id, LONG);
            match round % 3 {
                0 => message[random.below(82)] ^= 1 << random.below(8),
                1 => message.truncate(random.below(82)),
                _ => message[1..].fill_with(|| random.below(256) as u8),
            }
            let len = u32::try_from(message.len()).unwrap().to_be_bytes();
            if raw.0.write_all(&[&len, &message[..]].concat()).await.is_err() {
                break;
            }
        }
    }
    assert_serves(&site, &running).await;
    let events = running.events.lock().unwrap();
    let broken = |event: &&AuditEvent| matches!(event, AuditEvent::Disconnected { reason, .. } if reason.contains("broke"));
    let count = events.iter().filter(broken).count();
    assert!(count > 50, "{count}");
}
