//! The emulator's own CA and the server certificate it issues: made at the first start, kept in a state
//! directory if there is one, and the server certificate made again when it is about to expire or lacks a
//! name. Knows nothing of sockets.

mod client;
mod files;

use crate::random;
use client::AnyCertificate;
use files::{Files, FilesProblem};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use rustls::{
    RootCertStore, ServerConfig,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{GetRandomFailed, ring::default_provider},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    version::{TLS12, TLS13},
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use thiserror::Error;
use time::OffsetDateTime;
use zeroize::Zeroizing;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Before now, for clients whose clock is behind.
const EARLIER: Duration = DAY;

const CA_LIFE: Duration = DAY.saturating_mul(3650);

/// With [`EARLIER`] within the 398 days that clients at most accept of a server certificate.
const SERVER_LIFE: Duration = DAY.saturating_mul(396);

/// A server certificate with less than this left is made again, and so is a CA that would not outlive a
/// new server certificate.
const RENEW_BEFORE: Duration = DAY.saturating_mul(30);

/// Why there are no certificates.
#[derive(Debug, Error)]
pub enum CertificateError {
    #[error(transparent)]
    Files(#[from] FilesProblem),
    #[error("Cannot make certificates: {0}.")]
    Making(#[from] rcgen::Error),
    #[error("Cannot use the certificates for TLS: {0}.")]
    Tls(#[from] rustls::Error),
    #[error("Cannot make certificates: the operating system gives no random bytes.")]
    Randomness,
}

impl From<GetRandomFailed> for CertificateError {
    fn from(_: GetRandomFailed) -> Self {
        Self::Randomness
    }
}

/// A certificate and its key, as PEM.
#[derive(Clone)]
struct Pair {
    certificate: String,
    key: Zeroizing<String>,
}

/// The TLS configuration for `names`, and the CA to trust as PEM.
pub(crate) fn obtain(
    state_dir: Option<&Path>,
    names: &[ServerName<'static>],
) -> Result<(Arc<ServerConfig>, String), CertificateError> {
    let files = state_dir.map(Files::open).transpose()?;
    let now = SystemTime::now();
    let stored_ca = files.as_ref().map(Files::read_ca).transpose()?.flatten();
    let ca = match stored_ca.filter(|ca| outlives(ca, now + SERVER_LIFE)) {
        Some(ca) => ca,
        None => {
            let ca = make_ca(now)?;
            if let Some(files) = &files {
                files.write_ca(&ca)?;
            }
            ca
        }
    };
    let stored_server = files.as_ref().map(Files::read_server).transpose()?.flatten();
    let server = match stored_server.filter(|server| is_good(server, &ca, names, now + RENEW_BEFORE)) {
        Some(server) => server,
        None => {
            let server = make_server(&ca, names, now)?;
            if let Some(files) = &files {
                files.write_server(&server)?;
            }
            server
        }
    };
    Ok((server_config(&server)?, ca.certificate))
}

fn make_ca(now: SystemTime) -> Result<Pair, CertificateError> {
    let mut params = CertificateParams::default();
    // Its own name for each CA: with one name and several keys clients report a bad signature instead of
    // an unknown issuer.
    let name = format!("Device Console emulator CA {}", random::alphanumeric(6)?);
    params.distinguished_name = common_name(&name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    (params.not_before, params.not_after) = (date(now - EARLIER), date(now + CA_LIFE));
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem().into() })
}

fn make_server(ca: &Pair, names: &[ServerName<'static>], now: SystemTime) -> Result<Pair, CertificateError> {
    let issuer = Issuer::from_ca_cert_pem(&ca.certificate, KeyPair::from_pem(&ca.key)?)?;
    let names: Vec<String> = names.iter().map(|name| name.to_str().into_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = common_name("Device Console emulator");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    (params.not_before, params.not_after) = (date(now - EARLIER), date(now + SERVER_LIFE));
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem().into() })
}

fn common_name(text: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, text);
    name
}

fn date(time: SystemTime) -> OffsetDateTime {
    let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Whether the CA can still sign at `then`, and its key is its own.
fn outlives(ca: &Pair, then: SystemTime) -> bool {
    let Ok(der) = CertificateDer::from_pem_slice(ca.certificate.as_bytes()) else {
        return false;
    };
    let summary = shared::certificate::CertificateSummary::from_der(&der);
    summary.is_some_and(|summary| summary.is_authority && summary.not_after > date(then).unix_timestamp())
        && certified(ca).is_ok()
}

/// Whether clients that trust `ca` accept the server certificate for every name, now and at `then`.
fn is_good(server: &Pair, ca: &Pair, names: &[ServerName<'static>], then: SystemTime) -> bool {
    check_server(server, ca, names, then).is_ok_and(|good| good)
}

fn check_server(
    server: &Pair,
    ca: &Pair,
    names: &[ServerName<'static>],
    then: SystemTime,
) -> Result<bool, rustls::Error> {
    let unreadable = |_| rustls::Error::General("unreadable certificate".to_owned());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca.certificate.as_bytes()).map_err(unreadable)?)?;
    let verifier = WebPkiServerVerifier::builder_with_provider(roots.into(), default_provider().into())
        .build()
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let leaf = CertificateDer::from_pem_slice(server.certificate.as_bytes()).map_err(unreadable)?;
    certified(server)?;
    let valid = |time: SystemTime| {
        let time = UnixTime::since_unix_epoch(time.duration_since(UNIX_EPOCH).unwrap_or_default());
        names.iter().all(|name| verifier.verify_server_cert(&leaf, &[], name, &[], time).is_ok())
    };
    Ok(valid(SystemTime::now()) && valid(then))
}

/// TLS 1.2 and 1.3; a client certificate is asked for and not needed. Fails when the key is not the certificate's.
fn server_config(server: &Pair) -> Result<Arc<ServerConfig>, rustls::Error> {
    let (certificate, key) = certified(server)?;
    let config = ServerConfig::builder_with_provider(default_provider().into())
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_client_cert_verifier(Arc::new(AnyCertificate::new()))
        .with_single_cert(vec![certificate], key)?;
    Ok(config.into())
}

fn certified(pair: &Pair) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rustls::Error> {
    let unreadable = |_| rustls::Error::General("unreadable certificate or key".to_owned());
    let certificate = CertificateDer::from_pem_slice(pair.certificate.as_bytes()).map_err(unreadable)?;
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).map_err(unreadable)?;
    let checked =
        rustls::sign::CertifiedKey::from_der(vec![certificate.clone()], key.clone_key(), &default_provider());
    checked.map(|_| (certificate, key))
}

#[cfg(test)]
mod tests;
