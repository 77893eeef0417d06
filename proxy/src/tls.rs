//! One-way TLS to a server: who it must be, whom to believe, and what the handshake settled.
//!
//! Never presents a client certificate, never skips verification. Knows nothing of MQTT.

mod client_certificate;
pub(crate) mod failure;
mod provider;
mod verify;

use crate::{egress::Dialled, refusal::Refusal};
use client_certificate::ClientCertificateRequest;
use rustls::{
    ClientConfig, RootCertStore,
    client::danger::ServerCertVerifier,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use shared::{
    certificate::CertificateSummary,
    endpoint::Endpoint,
    failure::Failure,
    hint::Hint,
    trust_file::{self, TrustFile},
    wire::TlsFacts,
};
use std::sync::Arc;
use tokio_rustls::{TlsConnector, client::TlsStream};
use verify::{Outcome, StagedVerifier};

/// A verified connection.
pub(crate) type Stream = TlsStream<Dialled>;

/// Whom to believe.
#[derive(Debug)]
pub(crate) enum Trusted {
    /// Only these certificates.
    Uploaded(TrustFile),
    PublicAuthorities,
}

/// A finished handshake.
#[derive(Debug)]
pub(crate) struct Secured {
    pub(crate) stream: Stream,
    pub(crate) facts: TlsFacts,
    /// The server asked for a certificate of the device. With TLS 1.3 its refusal comes only with the first
    /// bytes after the handshake.
    pub(crate) certificate_requested: bool,
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
        Self { provider: Arc::new(provider::provider()), public: Arc::new(public) }
    }

    /// Makes the handshake and checks the server's certificate against the endpoint's host.
    pub(crate) async fn handshake(
        &self,
        tcp: Dialled,
        endpoint: &Endpoint,
        trusted: &Trusted,
    ) -> Result<Secured, Refusal> {
        let verifier = StagedVerifier::new(trusted, &self.public, &self.provider, UnixTime::now());
        let request = Arc::new(ClientCertificateRequest::default());
        let config = self.client_config(Arc::clone(&verifier), Arc::clone(&request))?;
        let name = ServerName::try_from(endpoint.host.to_string()).map_err(|_| Failure::ProxyFault)?;
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, tcp);
        match handshake.await {
            Ok(stream) => {
                let outcome = verifier.outcome().cloned().ok_or(Failure::ProxyFault)?;
                let facts = facts(&stream, outcome, &verifier.chain()).ok_or(Failure::ProxyFault)?;
                Ok(Secured { stream, facts, certificate_requested: request.was_made() })
            }
            Err(error) => {
                let evidence = failure::Evidence {
                    endpoint,
                    certificate_requested: request.was_made(),
                    presented: verifier.presented(),
                    presented_rsa_bits: verifier.presented_rsa_bits(),
                    trusted: &summaries(trusted),
                };
                // No signature by a short RSA key is verified, right or wrong.
                let is_short = evidence.presented_rsa_bits.is_some_and(|bits| bits < 2048);
                let failure = if verifier.key_not_held() && !is_short {
                    Failure::CertificateKeyNotHeld
                } else {
                    failure::of_handshake(&error, &evidence)
                };
                let hints = self.hints(&failure, &verifier, &evidence);
                Err(Refusal { failure, chain: verifier.chain(), hints })
            }
        }
    }

    /// What the certificates themselves can tell beyond the failure.
    fn hints(
        &self,
        failure: &Failure,
        verifier: &StagedVerifier,
        evidence: &failure::Evidence<'_>,
    ) -> Vec<Hint> {
        let mut hints = Vec::new();
        match failure {
            Failure::UnknownIssuer { .. } | Failure::NotTheGivenCertificate { .. }
                if !evidence.trusted.is_empty() =>
            {
                if self.is_publicly_trusted(verifier, evidence.endpoint) {
                    hints.push(Hint::PublicAuthoritiesFit);
                }
                if let [only] = evidence.trusted
                    && !only.is_authority
                    && only.subject != only.issuer
                {
                    hints.push(Hint::UploadedIsNoAuthority { subject: only.subject.clone() });
                }
            }
            Failure::NameMismatch { host, names, .. }
                if evidence.endpoint.host.ip().is_some() && names.contains(host) =>
            {
                hints.push(Hint::AddressAsDnsName { address: host.clone() });
            }
            _ => {}
        }
        hints
    }

    fn is_publicly_trusted(&self, verifier: &StagedVerifier, endpoint: &Endpoint) -> bool {
        let now = UnixTime::now();
        let public = StagedVerifier::new(&Trusted::PublicAuthorities, &self.public, &self.provider, now);
        let chain: Vec<CertificateDer<'_>> = verifier.chain().into_iter().map(CertificateDer::from).collect();
        let (Some((leaf, rest)), Ok(name)) =
            (chain.split_first(), ServerName::try_from(endpoint.host.to_string()))
        else {
            return false;
        };
        public.verify_server_cert(leaf, rest, &name, &[], now).is_ok()
    }

    fn client_config(
        &self,
        verifier: Arc<StagedVerifier>,
        request: Arc<ClientCertificateRequest>,
    ) -> Result<ClientConfig, Failure> {
        let versions = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| Failure::ProxyFault)?;
        // "Dangerous" is rustls's word for any verifier of one's own; see `verify` for what ours demands.
        Ok(versions.dangerous().with_custom_certificate_verifier(verifier).with_client_cert_resolver(request))
    }
}

fn summaries(trusted: &Trusted) -> Vec<CertificateSummary> {
    match trusted {
        Trusted::PublicAuthorities => Vec::new(),
        Trusted::Uploaded(file) => {
            file.certificates().iter().filter_map(|der| CertificateSummary::from_der(der)).collect()
        }
    }
}

fn facts(stream: &Stream, outcome: Outcome, chain: &[Vec<u8>]) -> Option<TlsFacts> {
    let (_, session) = stream.get_ref();
    let version = match session.protocol_version()? {
        rustls::ProtocolVersion::TLSv1_2 => "TLS 1.2",
        rustls::ProtocolVersion::TLSv1_3 => "TLS 1.3",
        _ => return None,
    };
    let suite = session.negotiated_cipher_suite()?.suite();
    let cipher_suite = suite.as_str().unwrap_or("unknown").to_owned();
    let chain_pem = chain.iter().map(|der| trust_file::pem(der)).collect();
    let group = session.negotiated_key_exchange_group().map(rustls::crypto::SupportedKxGroup::name);
    Some(TlsFacts {
        version: version.to_owned(),
        cipher_suite,
        key_exchange: group.and_then(|name| name.as_str()).unwrap_or("unknown").to_owned(),
        verification: outcome.verification,
        anchor: outcome.anchor,
        chain_pem,
    })
}

#[cfg(test)]
mod tests;
