//! Which trusted certificate ended a path that was verified already. Decides nothing.

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime},
};
use webpki::{EndEntityCert, KeyUsage};
use x509_parser::{prelude::FromDer, x509::X509Name};

/// The subject of the trust anchor at the end of the path.
pub(super) fn subject(
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    roots: &RootCertStore,
    now: UnixTime,
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> Option<String> {
    let leaf = EndEntityCert::try_from(leaf).ok()?;
    let usage = KeyUsage::server_auth();
    let path = leaf.verify_for_usage(algorithms, &roots.roots, intermediates, now, usage, None, None).ok()?;
    let name = with_header(path.anchor().subject.as_ref())?;
    let (_, name) = X509Name::from_der(&name).ok()?;
    Some(name.to_string())
}

/// An anchor keeps its name without the SEQUENCE around it.
fn with_header(content: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(content.len()).ok()?;
    let mut der = vec![shared::der::SEQUENCE, 0x82];
    der.extend(length.to_be_bytes());
    der.extend(content);
    Some(der)
}
