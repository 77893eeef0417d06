//! Authorities and certificates, made afresh for each test: good ones, and ones that must be refused.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};
use std::sync::Arc;

/// A certificate authority with a name of its own: two authorities of one name could not be told apart
/// by the client.
#[derive(Debug)]
pub struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// What a certificate says. The default is a good one for this machine's loopback names.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub common_name: String,
    /// Host names and IP addresses.
    pub names: Vec<String>,
    /// First and last year, both counted from 1 January.
    pub years: (i32, i32),
}

impl Default for Leaf {
    fn default() -> Self {
        Self {
            common_name: "test server".to_owned(),
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            years: (2020, 2090),
        }
    }
}

/// A server's certificate and its key.
#[derive(Debug)]
pub struct Identity {
    pub pem: String,
    pub key_pem: String,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    /// # Panics
    /// The system gives no random bytes.
    #[must_use]
    pub fn new(common_name: &str) -> Self {
        let mut params =
            params(&Leaf { common_name: common_name.to_owned(), names: Vec::new(), ..Leaf::default() });
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = key();
        let certificate = params.self_signed(&key).expect("an authority can sign itself");
        Self { pem: certificate.pem(), der: certificate.der().clone(), issuer: Issuer::new(params, key) }
    }

    /// What a person uploads.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A client that trusts this authority alone.
    ///
    /// # Panics
    /// The authority is none.
    #[must_use]
    pub fn client(&self) -> ClientConfig {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks these versions")
            .with_root_certificates(self.roots())
            .with_no_client_auth()
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).expect("an authority is a root");
        roots
    }

    /// # Panics
    /// A name in `leaf` is no name.
    #[must_use]
    pub fn issue(&self, leaf: &Leaf) -> Identity {
        let key = key();
        let certificate = params(leaf).signed_by(&key, &self.issuer).expect("an authority can sign");
        Identity::new(&certificate, &key)
    }
}

impl Identity {
    /// A certificate that vouches for itself.
    ///
    /// # Panics
    /// A name in `leaf` is no name.
    #[must_use]
    pub fn self_signed(leaf: &Leaf) -> Self {
        let key = key();
        let certificate = params(leaf).self_signed(&key).expect("a key can sign its own certificate");
        Self::new(&certificate, &key)
    }

    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            der: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).expect("a made key is PKCS#8"),
        }
    }

    /// One-way TLS of any version that is still in use.
    #[must_use]
    pub fn server(&self) -> Arc<ServerConfig> {
        self.server_speaking(rustls::ALL_VERSIONS)
    }

    /// # Panics
    /// `versions` is empty.
    #[must_use]
    pub fn server_speaking(&self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let config = builder(versions)
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone()], self.key.clone_key());
        Arc::new(config.expect("a made certificate fits its key"))
    }

    /// Two-way TLS: the device must present a certificate by `authority`.
    ///
    /// # Panics
    /// `versions` is empty.
    #[must_use]
    pub fn server_demanding(
        &self,
        authority: &Authority,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Arc<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authority.roots()), provider)
            .build()
            .expect("one root is enough");
        let config = builder(versions)
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![self.der.clone()], self.key.clone_key());
        Arc::new(config.expect("a made certificate fits its key"))
    }
}

fn builder(
    versions: &[&'static SupportedProtocolVersion],
) -> rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("ring speaks these versions")
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the system gives random bytes")
}

fn params(leaf: &Leaf) -> CertificateParams {
    let mut params = CertificateParams::new(leaf.names.clone()).expect("test names are names");
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, leaf.common_name.as_str());
    params.not_before = date_time_ymd(leaf.years.0, 1, 1);
    params.not_after = date_time_ymd(leaf.years.1, 1, 1);
    params
}
