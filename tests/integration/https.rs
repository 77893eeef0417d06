//! The page over TLS: its certificate, a new one while it runs, and who does not get in.

use ::proxy::{Extras, ServerTls, ServerTlsProblem, config::Config};
use rustls::pki_types::ServerName;
use shared::SUBPROTOCOL;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tests::{
    certs::{Authority, Identity, Leaf},
    eventually::soon,
    folder::Folder,
    page::request,
    proxy::Proxy,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

struct Files {
    folder: Folder,
}

impl Files {
    fn new(identity: &Identity) -> Self {
        let files = Self { folder: Folder::new("https").unwrap() };
        files.write(identity);
        files
    }

    fn write(&self, identity: &Identity) {
        self.folder.write("chain.pem", &identity.pem).unwrap();
        self.folder.write("key.pem", &identity.key_pem).unwrap();
    }

    fn paths(&self) -> (PathBuf, PathBuf) {
        (self.folder.path().join("chain.pem"), self.folder.path().join("key.pem"))
    }

    fn load(&self) -> Result<ServerTls, ServerTlsProblem> {
        let (certificate, key) = self.paths();
        ServerTls::load(&certificate, &key)
    }
}

async fn serving(tls: &Arc<ServerTls>, adjust: impl FnOnce(&mut Config)) -> Proxy {
    let mut config = Config::default();
    adjust(&mut config);
    Proxy::serving(config, Extras { tls: Some(Arc::clone(tls)), ..Extras::default() }).await
}

async fn handshake(address: SocketAddr, authority: &Authority) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = authority.client();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TcpStream::connect(address).await?;
    soon("the handshake ends", TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

async fn get(stream: &mut TlsStream<TcpStream>, host: &str) -> String {
    let request = format!("GET /api/offer HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A close without close_notify would be an error.
    soon("the answer ends", stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn the_page_and_its_websocket_are_served_over_tls() {
    let authority = Authority::new("Page authority");
    let tls = Arc::new(Files::new(&authority.issue(&Leaf::default())).load().unwrap());
    let proxy = serving(&tls, |_| {}).await;
    let address = proxy.address();
    let mut stream = handshake(address, &authority).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let answer = get(&mut stream, &address.to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.to_ascii_lowercase().contains("strict-transport-security"), "{answer}");

    for (origin, expected) in [(format!("https://{address}"), true), (format!("http://{address}"), false)] {
        let stream = handshake(address, &authority).await.unwrap();
        let headers = [("origin", origin.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
        let opened = tokio_tungstenite::client_async(request(address, &headers), stream).await;
        assert_eq!(opened.is_ok(), expected, "{origin}");
    }
}

#[tokio::test]
async fn a_new_certificate_is_shown_to_new_connections_and_a_bad_one_changes_nothing() {
    let (old, new) = (Authority::new("Old"), Authority::new("New"));
    let files = Files::new(&old.issue(&Leaf::default()));
    let tls = Arc::new(files.load().unwrap());
    let proxy = serving(&tls, |_| {}).await;
    let address = proxy.address();
    let mut open = handshake(address, &old).await.unwrap();

    files.folder.write("key.pem", "nonsense").unwrap();
    assert!(matches!(tls.reload(), Err(ServerTlsProblem::NoKey(_))));
    handshake(address, &old).await.unwrap();

    files.write(&new.issue(&Leaf::default()));
    tls.reload().unwrap();
    handshake(address, &old).await.unwrap_err();
    handshake(address, &new).await.unwrap();
    let answer = get(&mut open, &address.to_string()).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn who_says_nothing_or_no_tls_does_not_stay() {
    let authority = Authority::new("Page authority");
    let tls = Arc::new(Files::new(&authority.issue(&Leaf::default())).load().unwrap());
    let proxy = serving(&tls, |config| config.http.tls_accept = Duration::from_millis(200)).await;
    let mut silent = TcpStream::connect(proxy.address()).await.unwrap();
    let mut plain = TcpStream::connect(proxy.address()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    for stream in [&mut silent, &mut plain] {
        let mut left = Vec::new();
        // An alert may come before the end, and the end may be a reset.
        let _: std::io::Result<usize> = soon("it is closed", stream.read_to_end(&mut left)).await;
        assert!(!left.starts_with(b"HTTP"), "{left:?}");
    }
    handshake(proxy.address(), &authority).await.unwrap();
}

#[test]
fn files_that_cannot_be_used_are_named_and_never_quoted() {
    let authority = Authority::new("Page authority");
    let (one, other) = (authority.issue(&Leaf::default()), authority.issue(&Leaf::default()));
    let files = Files::new(&one);
    let (certificate, key) = files.paths();
    let problem = |certificate, key| ServerTls::load(certificate, key).unwrap_err();
    let missing = files.folder.path().join("missing.pem");
    assert!(matches!(problem(&missing, &key), ServerTlsProblem::CertificateUnreadable(_)));
    assert!(matches!(problem(&certificate, &missing), ServerTlsProblem::KeyUnreadable(_)));
    assert!(matches!(problem(&key, &key), ServerTlsProblem::NoCertificate(_)));
    assert!(matches!(problem(&certificate, &certificate), ServerTlsProblem::NoKey(_)));
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    files.folder.write("chain.pem", &format!("{}{garbage}", one.pem)).unwrap();
    assert!(matches!(problem(&certificate, &key), ServerTlsProblem::NoCertificate(_)));
    files.write(&one);
    files.folder.write("key.pem", &other.key_pem).unwrap();
    let mismatch = problem(&certificate, &key);
    assert!(matches!(mismatch, ServerTlsProblem::Mismatch { .. }));
    let line = other.key_pem.lines().nth(1).unwrap();
    assert!(!mismatch.to_string().contains(line));
}
