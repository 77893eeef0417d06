//! One-way TLS to a server: who it must be, whom to believe, and what the handshake settled.
//!
//! Never presents a client certificate, never skips verification. Knows nothing of MQTT.

pub(crate) mod failure;
mod verify;

use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName},
};
use shared::{
    certificate::CertificateSummary, endpoint::Endpoint, failure::Failure, trust_file::TrustFile,
    wire::TlsFacts,
};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use verify::Recorder;

/// A verified connection.
pub(crate) type Stream = TlsStream<TcpStream>;

/// Whom to believe.
#[derive(Debug)]
pub(crate) enum Trusted {
    /// Only these certificates.
    Uploaded(TrustFile),
    PublicAuthorities,
}

/// What all handshakes share.
#[derive(Debug)]
pub(crate) struct Tls {
    provider: Arc<CryptoProvider>,
    public: Arc<RootCertStore>,
}

impl Tls {
    /// Loads the public authorities: the bundled ones and those of the system.
    pub(crate) fn new() -> Self {
        let mut public = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        // A damaged system store only means fewer authorities.
        public.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self { provider: Arc::new(rustls::crypto::ring::default_provider()), public: Arc::new(public) }
    }

    /// Makes the handshake and checks the server's certificate against the endpoint's host.
    pub(crate) async fn handshake(
        &self,
        tcp: TcpStream,
        endpoint: &Endpoint,
        trusted: &Trusted,
    ) -> Result<(Stream, TlsFacts), Failure> {
        let recorder = self.recorder(trusted)?;
        let config = self.client_config(Arc::clone(&recorder))?;
        let name = ServerName::try_from(endpoint.host.to_string()).map_err(|_| Failure::ProxyFault)?;
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
        match handshake.await {
            Ok(stream) => {
                let facts = facts(&stream).ok_or(Failure::ProxyFault)?;
                Ok((stream, facts))
            }
            Err(error) => Err(failure::of_handshake(
                &error,
                &failure::Evidence {
                    endpoint,
                    presented: recorder.presented(),
                    trusted: &summaries(trusted),
                },
            )),
        }
    }

    fn recorder(&self, trusted: &Trusted) -> Result<Arc<Recorder>, Failure> {
        let roots = match trusted {
            Trusted::PublicAuthorities => Arc::clone(&self.public),
            Trusted::Uploaded(file) => Arc::new(uploaded_roots(file)?),
        };
        WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&self.provider))
            .build()
            .map(Recorder::new)
            .map_err(|_| Failure::TrustFileUnusable)
    }

    fn client_config(&self, verifier: Arc<Recorder>) -> Result<ClientConfig, Failure> {
        let versions = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| Failure::ProxyFault)?;
        // "Dangerous" is rustls's word for any verifier of one's own; ours adds a record to rustls's.
        Ok(versions.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
    }
}

fn uploaded_roots(file: &TrustFile) -> Result<RootCertStore, Failure> {
    let mut roots = RootCertStore::empty();
    for der in file.certificates() {
        roots.add(CertificateDer::from(der.as_slice())).map_err(|_| Failure::TrustFileUnusable)?;
    }
    Ok(roots)
}

fn summaries(trusted: &Trusted) -> Vec<CertificateSummary> {
    match trusted {
        Trusted::PublicAuthorities => Vec::new(),
        Trusted::Uploaded(file) => {
            file.certificates().iter().filter_map(|der| CertificateSummary::from_der(der)).collect()
        }
    }
}

fn facts(stream: &Stream) -> Option<TlsFacts> {
    let (_, session) = stream.get_ref();
    let version = match session.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_2 => "TLS 1.2",
        rustls::ProtocolVersion::TLSv1_3 => "TLS 1.3",
        _ => return None,
    };
    let suite = session.negotiated_cipher_suite()?.suite();
    let cipher_suite = suite.as_str().unwrap_or("unknown").to_owned();
    Some(TlsFacts { version: version.to_owned(), cipher_suite })
}
