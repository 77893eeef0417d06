//! A handshake with a real listener whose authority stands for a public one.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer};
use shared::{endpoint::Host, hint::Hint};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn uploaded(issuer: &CertifiedIssuer<'_, KeyPair>) -> Trusted {
    Trusted::Uploaded(TrustFile::read(issuer.as_ref().der()).unwrap())
}

/// Takes one connection with a certificate for `localhost`.
async fn serve_one(issuer: &CertifiedIssuer<'_, KeyPair>) -> Endpoint {
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // Whether it succeeds is the other side's story.
        let _ = TlsAcceptor::from(Arc::new(config)).accept(stream).await;
    });
    Endpoint { host: Host::parse("localhost").unwrap(), port }
}

#[expect(clippy::disallowed_methods, reason = "a test dials its own listener")]
async fn handshake(tls: &Tls, endpoint: &Endpoint, trusted: &Trusted) -> Result<Secured, Refusal> {
    let stream = TcpStream::connect(("127.0.0.1", endpoint.port)).await.unwrap();
    tls.handshake(stream.into(), endpoint, trusted).await
}

#[tokio::test]
async fn a_public_certificate_with_the_wrong_file_is_recognised_as_public() {
    let (public, other) = (authority("Public"), authority("Other"));
    let mut tls = Tls::new();
    let mut roots = RootCertStore::empty();
    roots.add(public.as_ref().der().clone()).unwrap();
    tls.public = Arc::new(roots);

    let endpoint = serve_one(&public).await;
    let refusal = handshake(&tls, &endpoint, &uploaded(&other)).await.unwrap_err();
    assert!(matches!(refusal.failure, Failure::UnknownIssuer { .. }), "{:?}", refusal.failure);
    assert_eq!(refusal.hints, [Hint::PublicAuthoritiesFit]);
    assert_eq!(refusal.chain.len(), 1);

    let endpoint = serve_one(&other).await;
    let refusal = handshake(&tls, &endpoint, &uploaded(&public)).await.unwrap_err();
    assert_eq!(refusal.hints, [], "it is not public");

    let endpoint = serve_one(&public).await;
    let secured = handshake(&tls, &endpoint, &Trusted::PublicAuthorities).await.unwrap();
    assert_eq!(secured.facts.anchor.as_deref(), Some("CN=Public"));
}
