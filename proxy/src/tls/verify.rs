//! Who is believed: the staged verification of a server's certificate.
//!
//! The rule is: what OpenSSL accepts with the same trust file is accepted, and how is recorded. Four stages
//! in order, each stricter first; a later one is only asked when the reason of the refusal is one it may
//! overrule:
//!
//! 1. strict: rustls's own verification against the person's certificates (or the public authorities)
//! 2. exact match: the presented certificate is, byte for byte, one of the person's
//! 3. chain with Common Name: the path is fine, and the certificate of old style has its name only there
//! 4. direct: signed by one of the person's authorities, but of a form rustls does not take (X.509 v1, or a
//!    certificate that calls itself an authority)
//!
//! In every stage dates, purpose and name are checked, and in every stage the handshake's signature is
//! verified with the presented key: that is what makes an exact match safe. Stages 2 to 4 exist only for
//! uploaded certificates. There is no stage that skips anything.

mod direct;
mod facts;
mod name;
mod path;

use super::Trusted;
use facts::Facts;
use name::NameSource;
use path::Path;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls13_signature_with_raw_key},
    pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
};
use shared::{
    certificate::{CertificateSummary, rsa_bits},
    wire::Verification,
};
use std::{
    error::Error as _,
    sync::{Arc, OnceLock},
};

/// The verifier of one handshake: remembers what was presented and how it was verified.
#[derive(Debug)]
pub(super) struct StagedVerifier {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    /// `None` when no anchor is usable: then there is no strict stage.
    strict: Option<Arc<WebPkiServerVerifier>>,
    /// The person's certificates; empty for the public authorities.
    uploaded: Vec<Vec<u8>>,
    presented: OnceLock<Vec<Vec<u8>>>,
    outcome: OnceLock<Outcome>,
    /// Set when the handshake's signature was not made with the presented certificate's key.
    key_not_held: OnceLock<()>,
}

/// How a certificate was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) verification: Verification,
    /// The subject of the certificate that ended the path, where there was a path.
    pub(super) anchor: Option<String>,
}

impl StagedVerifier {
    /// `public` are the roots for [`Trusted::PublicAuthorities`].
    pub(super) fn new(
        trusted: &Trusted,
        public: &Arc<RootCertStore>,
        provider: &Arc<CryptoProvider>,
        now: UnixTime,
    ) -> Arc<Self> {
        let (roots, uploaded) = match trusted {
            Trusted::PublicAuthorities => (Arc::clone(public), Vec::new()),
            Trusted::Uploaded(file) => {
                (Arc::new(current_roots(file.certificates(), now)), file.certificates().to_vec())
            }
        };
        // It refuses to be built without roots.
        let strict = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(provider))
            .build()
            .ok();
        Arc::new(Self {
            provider: Arc::clone(provider),
            roots,
            strict,
            uploaded,
            presented: OnceLock::new(),
            outcome: OnceLock::new(),
            key_not_held: OnceLock::new(),
        })
    }

    /// The server's own certificate, when it got as far as presenting one that can be read.
    pub(super) fn presented(&self) -> Option<CertificateSummary> {
        CertificateSummary::from_der(self.presented.get()?.first()?)
    }

    /// The certificates the server presented, its own first.
    pub(super) fn chain(&self) -> Vec<Vec<u8>> {
        self.presented.get().cloned().unwrap_or_default()
    }

    /// Whether the server showed a certificate that was believed, without holding its key.
    pub(super) fn key_not_held(&self) -> bool {
        self.outcome.get().is_some() && self.key_not_held.get().is_some()
    }

    /// The size of the presented RSA key.
    pub(super) fn presented_rsa_bits(&self) -> Option<usize> {
        rsa_bits(self.presented.get()?.first()?)
    }

    /// How the certificate was verified; `None` when it was not.
    pub(super) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
    }

    fn stages(&self, chain: &Chain<'_>) -> Result<Verification, Error> {
        let refusal = match self.strict(chain) {
            Ok(()) => return self.beyond_rustls(chain).map(|()| Verification::Strict),
            Err(refusal) => refusal,
        };
        if self.uploaded.is_empty() {
            return Err(refusal);
        }
        let Some(leaf) = Facts::read(chain.leaf) else { return Err(refusal) };
        let may_use_common_name = !self.is_constrained(chain);
        if self.uploaded.iter().any(|certificate| certificate == chain.leaf.as_ref()) {
            let source = checked_leaf(&leaf, chain, may_use_common_name, true)?;
            return Ok(match source {
                NameSource::AlternativeName => Verification::ExactMatch,
                NameSource::CommonName => Verification::ExactMatchByCommonName,
            });
        }
        if is_name_refusal(&refusal) {
            let by_common_name = may_use_common_name && name::matches_common_name(&leaf, chain.name, false);
            if !by_common_name {
                return Err(refusal);
            }
            return self.beyond_rustls(chain).map(|()| Verification::ChainByCommonName);
        }
        if is_form_refusal(&refusal)
            && direct::is_signed_by_any(chain.leaf, &leaf, &self.uploaded, &self.provider, chain.now)
        {
            let source = checked_leaf(&leaf, chain, may_use_common_name, false)?;
            return Ok(match source {
                NameSource::AlternativeName => Verification::Direct,
                NameSource::CommonName => Verification::DirectByCommonName,
            });
        }
        Err(refusal)
    }

    /// What OpenSSL asks of a path and rustls does not: the leaf's key usage, and who may sign whom.
    fn beyond_rustls(&self, chain: &Chain<'_>) -> Result<(), Error> {
        Facts::read(chain.leaf).ok_or_else(bad_encoding)?.check_purpose()?;
        let path = self.path(chain).ok_or(CertificateError::UnknownIssuer)?;
        path.check(&self.uploaded)
    }

    fn path(&self, chain: &Chain<'_>) -> Option<Path> {
        let algorithms = self.provider.signature_verification_algorithms.all;
        Path::find(chain.leaf, chain.intermediates, &self.roots, chain.now, algorithms)
    }

    fn strict(&self, chain: &Chain<'_>) -> Result<(), Error> {
        let Some(strict) = &self.strict else { return Err(CertificateError::UnknownIssuer.into()) };
        strict.verify_server_cert(chain.leaf, chain.intermediates, chain.name, &[], chain.now).map(drop)
    }

    /// Name constraints are about names a Common Name would sneak past.
    fn is_constrained(&self, chain: &Chain<'_>) -> bool {
        let presented = std::iter::once(chain.leaf).chain(chain.intermediates).map(CertificateDer::as_ref);
        let mut all = presented.chain(self.uploaded.iter().map(Vec::as_slice));
        all.any(|der| Facts::read(der).is_none_or(|facts| facts.has_name_constraints()))
    }
}

/// What the server presents, and who it must be.
struct Chain<'a> {
    leaf: &'a CertificateDer<'a>,
    intermediates: &'a [CertificateDer<'a>],
    name: &'a ServerName<'a>,
    now: UnixTime,
}

/// Those of the uploaded certificates that can be authorities as OpenSSL understands it; rustls takes any.
///
/// A server's certificate in the file (a full chain, say) is no authority: whoever holds its key could
/// otherwise speak for every host. It still serves as exact match. One that signed itself is its own end.
fn current_roots(certificates: &[Vec<u8>], now: UnixTime) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    for der in certificates {
        if Facts::read(der).is_some_and(|facts| facts.may_be_anchor() && facts.check_dates(now).is_ok()) {
            // One that webpki cannot use as anchor may still serve as exact match.
            let _: Result<(), Error> = roots.add(CertificateDer::from(der.as_slice()));
        }
    }
    roots
}

/// Dates, purpose and name of a certificate whose origin is settled.
fn checked_leaf(
    leaf: &Facts<'_>,
    chain: &Chain<'_>,
    may_use_common_name: bool,
    may_be_address: bool,
) -> Result<NameSource, Error> {
    leaf.check_dates(chain.now)?;
    leaf.check_purpose()?;
    name::check(leaf, chain.leaf, chain.name, may_use_common_name, may_be_address)
}

fn is_name_refusal(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}

/// Refused for its form before its signature was looked at.
fn is_form_refusal(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    matches!(
        webpki_error(other),
        Some(webpki::Error::UnsupportedCertVersion | webpki::Error::CaUsedAsEndEntity)
    )
}

/// rustls passes some of webpki's errors on unopened.
pub(super) fn webpki_error(other: &OtherError) -> Option<&webpki::Error> {
    let error: &(dyn std::error::Error + 'static) = other.0.as_ref();
    error.downcast_ref().or_else(|| other.source()?.downcast_ref())
}

impl ServerCertVerifier for StagedVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let all = std::iter::once(end_entity).chain(intermediates);
        self.presented.get_or_init(|| all.map(|certificate| certificate.to_vec()).collect());
        let chain = Chain { leaf: end_entity, intermediates, name: server_name, now };
        let verification = self.stages(&chain)?;
        let anchor = match verification {
            Verification::Strict | Verification::ChainByCommonName => {
                self.path(&chain).and_then(|path| path.anchor())
            }
            _ => None,
        };
        self.outcome.get_or_init(|| Outcome { verification, anchor });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let key = public_key(certificate)?;
        let key = webpki::RawPublicKeyEntity::try_from(&key).map_err(|_| bad_encoding())?;
        let schemes = self.provider.signature_verification_algorithms.mapping;
        let candidates =
            schemes.iter().filter(|(scheme, _)| *scheme == signed.scheme).flat_map(|(_, all)| *all);
        for algorithm in candidates {
            if key.verify_signature(*algorithm, message, signed.signature()).is_ok() {
                return Ok(HandshakeSignatureValid::assertion());
            }
        }
        self.key_not_held.get_or_init(|| ());
        Err(CertificateError::BadSignature.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // The key alone: the ordinary check would refuse certificates of version 1 for their form.
        let key = public_key(certificate)?;
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &key, signed, algorithms).inspect_err(|_| {
            self.key_not_held.get_or_init(|| ());
        })
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn public_key(certificate: &CertificateDer<'_>) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
    let facts = Facts::read(certificate).ok_or_else(bad_encoding)?;
    Ok(SubjectPublicKeyInfoDer::from(facts.public_key().to_vec()))
}

fn bad_encoding() -> Error {
    CertificateError::BadEncoding.into()
}

#[cfg(test)]
mod tests;
