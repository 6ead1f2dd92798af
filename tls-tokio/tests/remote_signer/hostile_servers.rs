//! Servers that answer what nobody asked, or nothing, or nonsense.

use std::time::{Duration, Instant};

use tls_tokio::TlsStream;
use tls_tokio::signer::Signer;
use tls_tokio::signer::remote::{Endpoint, RemoteSigner};
use tls_tokio::tls_core::SignFailureKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::{Site, assert_fails};
use crate::support::in_time;

type Stream = TlsStream<TcpStream>;

/// A server that does what a test says with each connection; the signer that asks it, of one connection.
async fn impostor<F, T>(site: &Site, behave: F) -> RemoteSigner
where
    F: Fn(Stream) -> T + Send + Sync + 'static,
    T: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = site.impostor();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(tcp).await {
                behave(stream).await;
            }
        }
    });
    let endpoint = Endpoint::Tcp("127.0.0.1".to_owned(), port);
    let signer = site.signer(&endpoint).connections(1).timeout(Duration::from_millis(400)).start().unwrap();
    signer.connected(Duration::from_secs(20)).await.unwrap();
    signer
}

/// Reads one request, and returns its number.
async fn id(stream: &mut Stream) -> [u8; 8] {
    let len = stream.read_u32().await.unwrap_or_default();
    let mut message = vec![0; len.try_into().unwrap()];
    let _ = stream.read_exact(&mut message).await;
    message.get(1..9).and_then(|id| id.try_into().ok()).unwrap_or_default()
}

fn signature(id: [u8; 8], signature: &[u8]) -> Vec<u8> {
    let len = u16::try_from(signature.len()).unwrap().to_be_bytes();
    frame(&[&[129][..], &id, &[0; 8], &len, signature].concat())
}

fn frame(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

#[tokio::test]
async fn answers_are_matched_by_number_and_others_are_counted() {
    let site = Site::new();
    let signer = impostor(&site, |mut stream| async move {
        loop {
            let id = id(&mut stream).await;
            if id == [0; 8] {
                break;
            }
            // To another, to this one, and to this one again.
            let answers = [signature([9; 8], b"wrong"), signature(id, b"right"), signature(id, b"again")];
            let _ = stream.write_all(&answers.concat()).await;
        }
    })
    .await;
    for _ in 0..5 {
        assert_eq!(in_time(signer.sign(&site.request())).await.unwrap().bytes, b"right");
    }
    while signer.counts().stale < 10 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!((signer.counts().requests, signer.counts().connections), (5, 1));
}

/// A server can say what it likes of the time that it let a request wait, but no more than there was.
#[tokio::test]
async fn a_server_cannot_have_waited_longer_than_it_took() {
    let site = Site::new();
    let signer = impostor(&site, |mut stream| async move {
        let mut answer = signature(id(&mut stream).await, b"right");
        answer[13..17].fill(255);
        let _ = stream.write_all(&answer).await;
        id(&mut stream).await;
    })
    .await;
    let began = Instant::now();
    let queued = in_time(signer.sign(&site.request())).await.unwrap().queued;
    assert!(Duration::ZERO < queued && queued <= began.elapsed(), "{queued:?}");
}

#[tokio::test]
async fn answers_in_any_order_find_their_requests() {
    let site = Site::new();
    let signer = impostor(&site, |mut stream| async move {
        let (first, second) = (id(&mut stream).await, id(&mut stream).await);
        let answers = [signature(second, &second), signature(first, &first)];
        let _ = stream.write_all(&answers.concat()).await;
        id(&mut stream).await;
    })
    .await;
    let request = site.request();
    let (first, second) = tokio::join!(signer.sign(&request), signer.sign(&request));
    assert_eq!(first.unwrap().bytes, [0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(second.unwrap().bytes, [0, 0, 0, 0, 0, 0, 0, 2]);
}

#[tokio::test]
async fn nonsense_ends_the_connection_and_a_new_one_is_made() {
    let site = Site::new();
    for nonsense in [
        frame(&[]),
        frame(&[1]),
        frame(b"HTTP/1.1 200 OK"),
        frame(&[132, 9, 0]),
        vec![255; 4],
        signature([0, 0, 0, 0, 0, 0, 0, 1], &[0; 9000]),
    ] {
        let sent = nonsense.clone();
        let signer = impostor(&site, move |mut stream| {
            let nonsense = sent.clone();
            async move {
                id(&mut stream).await;
                let _ = stream.write_all(&nonsense).await;
                // It does not close: the client must.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        })
        .await;
        let result = in_time(signer.sign(&site.request())).await;
        assert_fails(result, SignFailureKind::Unavailable, "the connection was lost: the server sent");
        while signer.counts().connections < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_is_silent_is_given_up_in_time() {
    let site = Site::new();
    let signer = impostor(&site, |mut stream| async move {
        // It reads, and that is all.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let result = in_time(signer.sign(&site.request())).await;
    assert_fails(result, SignFailureKind::TimedOut, "nothing came back within 400ms");
    // Under load the connection itself is doubted, and made anew.
    let poll = async {
        while signer.counts().connections < 2 {
            let _ = signer.sign(&site.request()).await;
        }
    };
    in_time(poll).await;
}
