//! Servers whose TLS is rustls's: what comes after the handshake is decided here, and one lies about its key.

use super::{Target, mqtt::Then};
use crate::row::Tls;
use anyhow::{Context, Result};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use std::{net::SocketAddr, sync::Arc};
use tests::broker::listener;
use tokio_rustls::TlsAcceptor;

/// What is special about the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handshake {
    Ordinary,
    /// The certificate is the right one, the key is another.
    Impostor,
    /// The client must have a certificate.
    DemandsClient,
}

/// Presents what it is told to, whatever the key.
#[derive(Debug)]
struct Presents(Arc<CertifiedKey>);

impl ResolvesServerCert for Presents {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

pub(crate) async fn start(handshake: Handshake, then: Then, target: &Target<'_>) -> Result<SocketAddr> {
    let acceptor = TlsAcceptor::from(Arc::new(config(handshake, target)?));
    let listener = listener().await;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that refuses this server is what the row may be about.
                if let Ok(stream) = acceptor.accept(stream).await {
                    then.act(stream).await;
                }
            });
        }
    });
    Ok(address)
}

fn config(handshake: Handshake, target: &Target<'_>) -> Result<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let versions = match target.tls {
        Some(Tls::V1_2) => &[&TLS12][..],
        Some(Tls::V1_3) => &[&TLS13],
        None => &[&TLS12, &TLS13],
    };
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
    let certificates = &target.files.certificates;
    let chain = CertificateDer::pem_slice_iter(certificates.chain.as_bytes()).collect::<Result<_, _>>()?;
    let key = match handshake {
        Handshake::Impostor => rcgen::KeyPair::generate()?.serialize_pem(),
        _ => certificates.key.clone(),
    };
    let presented = Presents(Arc::new(certified(chain, &key, &provider)?));
    let builder = match handshake {
        Handshake::DemandsClient => {
            let mut roots = RootCertStore::empty();
            let upload = certificates.upload.as_deref().context("an authority for clients")?;
            roots.add(CertificateDer::from_pem_slice(upload)?)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
            builder.with_client_cert_verifier(verifier)
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(builder.with_cert_resolver(Arc::new(presented)))
}

/// Without the question whether the key is the certificate's.
fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: &str,
    provider: &CryptoProvider,
) -> Result<CertifiedKey> {
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes())?;
    Ok(CertifiedKey::new(chain, provider.key_provider.load_private_key(key)?))
}
