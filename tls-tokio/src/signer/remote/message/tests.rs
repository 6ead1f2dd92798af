//! Messages as they should be, cut short, altered, and made up.

use tls_core::ciphersuites::{Digest, KeyType};
use tls_core::{Role, SignPurpose};

use super::*;
use crate::signer::remote::frame::{FrameError, Frames, MAX_FRAME, Patience};

/// Random numbers that are the same in every run (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % limit
    }
}

const RSA: SignatureScheme = SignatureScheme::RSA_PSS_RSAE_SHA256;

const PATIENCE: Patience = Patience { silence: Duration::from_secs(60), frame: Duration::from_secs(60) };

fn hash(len: usize) -> Digest {
    Digest::from_bytes(&vec![7; len]).unwrap()
}

fn purposes() -> Vec<SignPurpose> {
    let params = [&[3, 0, 29, 32][..], &[5; 32]].concat();
    vec![
        SignPurpose::Tls13CertificateVerify { signer: Role::Server, transcript_hash: hash(32) },
        SignPurpose::Tls13CertificateVerify { signer: Role::Client, transcript_hash: hash(48) },
        SignPurpose::Tls12ServerKeyExchange { client_random: [1; 32], server_random: [2; 32], params },
    ]
}

/// The message that asks for this, without the frame's length.
fn sign_message(purpose: SignPurpose) -> Vec<u8> {
    let request = SignRequest::new(KeyId::from_bytes([9; 32]), KeyType::Rsa, RSA, purpose);
    write_sign(17, &request, Duration::from_millis(250), b"trace").unwrap().split_off(4)
}

fn read_sign(message: &[u8]) -> Result<SignMessage, Malformed> {
    match Request::read(message)? {
        Request::Sign(sign) => Ok(*sign),
        other => panic!("{other:?}"),
    }
}

fn responses() -> Vec<Response> {
    let failure = SignFailure::new(SignFailureKind::Denied, "no");
    let (queued, worked) = (Duration::from_micros(3), Duration::from_micros(4));
    vec![
        Response::Signature { id: 5, queued, worked, signature: vec![1; 256] },
        Response::Failure { id: u64::MAX, failure },
        Response::Pong(3),
        Response::Goodbye { reason: Goodbye::Draining, detail: "later".to_owned() },
    ]
}

fn written(response: &Response) -> Vec<u8> {
    let mut frame = Vec::new();
    response.write(&mut frame);
    frame.split_off(4)
}

#[test]
fn requests_are_read_as_they_were_written() {
    for purpose in purposes() {
        let read = read_sign(&sign_message(purpose.clone())).unwrap();
        assert_eq!((read.id, read.key, read.scheme), (17, KeyId::from_bytes([9; 32]), RSA));
        assert_eq!((read.time_left, read.trace.as_slice()), (Duration::from_millis(250), &b"trace"[..]));
        assert_eq!(read.purpose.fields, purpose);
    }
    let mut frames = Vec::new();
    write_cancel(&mut frames, 5);
    write_ping(&mut frames, 6);
    assert_eq!(Request::read(&frames[4..13]), Ok(Request::Cancel(5)));
    assert_eq!(Request::read(&frames[17..]), Ok(Request::Ping(6)));
}

#[test]
fn responses_are_read_as_they_were_written() {
    for response in responses() {
        assert_eq!(Response::read(&written(&response)), Ok(response));
    }
    for (_, kind) in FAILURES {
        let response = Response::Failure { id: 1, failure: SignFailure::new(kind, "") };
        assert_eq!(Response::read(&written(&response)), Ok(response));
    }
}

#[test]
fn text_for_people_is_cut_and_cleaned() {
    let failure = SignFailure::new(SignFailureKind::Failed, "ä".repeat(200) + "\n");
    let Ok(Response::Failure { failure, .. }) =
        Response::read(&written(&Response::Failure { id: 1, failure }))
    else {
        panic!("no failure")
    };
    assert_eq!(failure.detail(), "ä".repeat(127));
    let detail = "a\x1b[2Jb\r\nc".to_owned();
    let goodbye = Response::Goodbye { reason: Goodbye::Denied, detail };
    let detail = "a[2Jbc".to_owned();
    assert_eq!(Response::read(&written(&goodbye)), Ok(Response::Goodbye { reason: Goodbye::Denied, detail }));
}

#[test]
fn every_field_is_checked() {
    let tls13 = sign_message(purposes()[0].clone());
    let tls12 = sign_message(purposes()[2].clone());
    // Purpose, role, hash length; curve type, group, share length: counted from the end.
    let (hash_at, params_at) = (tls13.len() - 33, tls12.len() - 36);
    for (message, at, value) in [
        (&tls13, 0, 4),
        (&tls13, hash_at - 2, 4),
        (&tls13, hash_at - 1, 2),
        (&tls13, hash_at, 31),
        (&tls12, params_at, 1),
        (&tls12, params_at + 2, 23),
        (&tls12, params_at + 2, 30),
        (&tls12, params_at + 3, 31),
    ] {
        let mut altered = message.clone();
        assert_ne!(altered[at], value);
        altered[at] = value;
        assert!(Request::read(&altered).is_err(), "{at} {value}");
    }
    let long = SignPurpose::Tls12ServerKeyExchange {
        client_random: [1; 32],
        server_random: [2; 32],
        params: [&[3, 0, 23, 65][..], &[2; 65]].concat(),
    };
    assert_eq!(read_sign(&sign_message(long)), Err(Malformed("a key share that is not of its group's form")));
    let request = SignRequest::new(KeyId::from_bytes([9; 32]), KeyType::Rsa, RSA, purposes()[0].clone());
    let message = write_sign(17, &request, Duration::ZERO, &[1; MAX_TRACE + 1]).unwrap().split_off(4);
    assert_eq!(read_sign(&message), Err(Malformed("a trace id that is longer than any may be")));
}

#[test]
fn what_is_cut_or_goes_on_is_refused() {
    for purpose in purposes() {
        let message = sign_message(purpose);
        for len in 0..message.len() {
            assert!(Request::read(&message[..len]).is_err(), "{len}");
        }
        assert!(Request::read(&[&message[..], &[0]].concat()).is_err());
    }
    for response in responses() {
        let message = written(&response);
        for len in 0..message.len() {
            assert!(Response::read(&message[..len]).is_err(), "{len} {response:?}");
        }
        assert!(Response::read(&[&message[..], &[0]].concat()).is_err());
    }
}

/// Whatever is read is what would be written: nothing is taken that the protocol cannot say.
#[test]
fn altered_and_random_messages_are_refused_or_understood() {
    let mut random = Random(0x5eed);
    let seeds: Vec<Vec<u8>> =
        purposes().into_iter().map(sign_message).chain(responses().iter().map(written)).collect();
    let mut understood = 0;
    for round in 0..200_000 {
        let mut message = seeds[round % seeds.len()].clone();
        if round % 5 == 0 {
            let len = random.below(200);
            message = std::iter::repeat_with(|| random.next().to_le_bytes()[0]).take(len).collect();
            message.insert(0, [1, 2, 3, 129, 130, 131, 132][random.below(7)]);
        } else {
            for _ in 0..=random.below(3) {
                let at = random.below(message.len());
                message[at] ^= 1 << random.below(8);
            }
        }
        if let Ok(Request::Sign(sign)) = Request::read(&message) {
            understood += 1;
            let request = SignRequest::new(sign.key, KeyType::Rsa, sign.scheme, sign.purpose.fields);
            let again = write_sign(sign.id, &request, sign.time_left, &sign.trace).unwrap();
            assert_eq!(again[4..], message);
        }
        if let Ok(response @ Response::Signature { .. }) = Response::read(&message) {
            understood += 1;
            assert_eq!(written(&response), message);
        }
    }
    assert!(understood > 10_000, "{understood}");
}

#[tokio::test]
async fn frames_come_whole_however_they_arrive() {
    let mut random = Random(3);
    let messages: Vec<Vec<u8>> = (0..60).map(|i| vec![i; random.below(3000)]).collect();
    let mut bytes = Vec::new();
    messages.iter().for_each(|message| write_frame(&mut bytes, |out| out.extend_from_slice(message)));
    let mut pieces = in_pieces(&bytes, &mut random);
    let mut frames = Frames::new(&mut pieces, PATIENCE);
    for message in &messages {
        assert_eq!(frames.next().await.unwrap(), Some(message.as_slice()));
    }
    assert_eq!(frames.next().await.unwrap(), None);
}

/// The same bytes in pieces of all sizes.
fn in_pieces(bytes: &[u8], random: &mut Random) -> impl tokio::io::AsyncRead + Unpin + use<> {
    let (mut sender, receiver) = tokio::io::duplex(64);
    let (bytes, seed) = (bytes.to_vec(), random.next());
    tokio::spawn(async move {
        let mut random = Random(seed);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let len = (1 + random.below(100)).min(rest.len());
            tokio::io::AsyncWriteExt::write_all(&mut sender, &rest[..len]).await.unwrap();
            rest = &rest[len..];
        }
    });
    receiver
}

#[tokio::test]
async fn frames_that_are_too_long_or_cut_off_are_refused() {
    let too_long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes();
    let mut frames = Frames::new(&too_long[..], PATIENCE);
    assert!(matches!(frames.next().await, Err(FrameError::Malformed(_))));
    let mut frames = Frames::new(&[0, 0, 0, 9, 1, 2][..], PATIENCE);
    assert!(matches!(frames.next().await, Err(FrameError::Io(_))));
}
