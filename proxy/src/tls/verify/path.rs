//! The path from a server's certificate to a trusted one, looked at once more after rustls verified it: for
//! what rustls does not look at and OpenSSL does, and for the name of the authority at its end.

use super::facts::Facts;
use rustls::{
    CertificateError, Error, RootCertStore,
    pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime},
};
use webpki::{EndEntityCert, KeyUsage};
use x509_parser::{prelude::FromDer, x509::X509Name};

/// A verified path.
pub(super) struct Path {
    /// The name of the trusted certificate, in DER without the SEQUENCE around it.
    anchor_name: Vec<u8>,
    /// From the leaf's issuer on, without the trusted certificate.
    intermediates: Vec<Vec<u8>>,
}

impl Path {
    /// The path that rustls found; `None` when there is none.
    pub(super) fn find(
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        roots: &RootCertStore,
        now: UnixTime,
        algorithms: &[&dyn SignatureVerificationAlgorithm],
    ) -> Option<Self> {
        let leaf = EndEntityCert::try_from(leaf).ok()?;
        let usage = KeyUsage::server_auth();
        let path =
            leaf.verify_for_usage(algorithms, &roots.roots, intermediates, now, usage, None, None).ok()?;
        Some(Self {
            anchor_name: path.anchor().subject.to_vec(),
            intermediates: path
                .intermediate_certificates()
                .map(|certificate| certificate.der().to_vec())
                .collect(),
        })
    }

    /// The subject of the trusted certificate.
    pub(super) fn anchor(&self) -> Option<String> {
        let name = with_header(&self.anchor_name)?;
        let (_, name) = X509Name::from_der(&name).ok()?;
        Some(name.to_string())
    }

    /// RFC 5280 section 6.1.4 (n) and, for the trusted certificate, (m): who signs must be allowed to, and an
    /// authority may limit how many follow it. `uploaded` are the trusted certificates, as far as known.
    pub(super) fn check(&self, uploaded: &[Vec<u8>]) -> Result<(), Error> {
        let refused = || Error::from(CertificateError::ApplicationVerificationFailure);
        for certificate in &self.intermediates {
            if !Facts::read(certificate).is_some_and(|facts| facts.may_issue()) {
                return Err(refused());
            }
        }
        let name = with_header(&self.anchor_name);
        let anchors = uploaded.iter().filter_map(|der| Facts::read(der));
        let mut named = anchors.filter(|facts| Some(facts.subject_der()) == name.as_deref()).peekable();
        // Several of one name differ in their key; one that allows the path is enough.
        let allows =
            named.peek().is_none() || named.any(|facts| facts.allows_below(self.intermediates.len()));
        if allows { Ok(()) } else { Err(refused()) }
    }
}

fn with_header(content: &[u8]) -> Option<Vec<u8>> {
    let mut der = vec![shared::der::SEQUENCE];
    match u8::try_from(content.len()) {
        Ok(length) if length < 0x80 => der.push(length),
        Ok(length) => der.extend([0x81, length]),
        Err(_) => {
            der.push(0x82);
            der.extend(u16::try_from(content.len()).ok()?.to_be_bytes());
        }
    }
    der.extend(content);
    Some(der)
}
