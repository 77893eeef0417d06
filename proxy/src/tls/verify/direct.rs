//! Whether a certificate carries the signature of one of the person's authorities, checked without a path.
//!
//! For forms that rustls does not take: X.509 version 1, and certificates that call themselves an authority.
//! The algorithms are rustls's own, so SHA-1 stays refused.

use super::facts::Facts;
use rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime},
};

/// Whether any certificate of `uploaded` may issue, is in date, is named as the issuer, and signed `leaf`.
pub(super) fn is_signed_by_any(
    der: &CertificateDer<'_>,
    leaf: &Facts<'_>,
    uploaded: &[Vec<u8>],
    provider: &CryptoProvider,
    now: UnixTime,
) -> bool {
    let issuers = uploaded.iter().filter_map(|der| Facts::read(der));
    issuers
        .filter(|issuer| issuer.subject_is_issuer_of(leaf))
        .filter(|issuer| {
            issuer.may_issue()
                && issuer.may_be_anchor()
                && !issuer.has_name_constraints()
                && issuer.check_dates(now).is_ok()
        })
        .any(|issuer| is_signed_by(der, leaf, &issuer, provider))
}

fn is_signed_by(
    der: &CertificateDer<'_>,
    leaf: &Facts<'_>,
    issuer: &Facts<'_>,
    provider: &CryptoProvider,
) -> bool {
    let Some(algorithm_id) = signature_algorithm(der) else { return false };
    let key = SubjectPublicKeyInfoDer::from(issuer.public_key());
    let Ok(key) = webpki::RawPublicKeyEntity::try_from(&key) else { return false };
    let algorithms = provider.signature_verification_algorithms.all.iter();
    algorithms
        .filter(|algorithm| algorithm.signature_alg_id().as_ref() == algorithm_id)
        .any(|algorithm| key.verify_signature(*algorithm, leaf.signed_part(), leaf.signature()).is_ok())
}

/// The content of the outer signatureAlgorithm (RFC 5280 section 4.1): the second element of the
/// certificate.
fn signature_algorithm<'a>(der: &'a CertificateDer<'_>) -> Option<&'a [u8]> {
    let (_, certificate, _) = shared::der::element(der)?;
    let (_, _, after_signed_part) = shared::der::element(certificate)?;
    let (tag, algorithm, _) = shared::der::element(after_signed_part)?;
    (tag == shared::der::SEQUENCE).then_some(algorithm)
}
