//! What a certificate says about itself, as far as a decision about trust needs it.

use rustls::{CertificateError, Error, ExtendedKeyPurpose, pki_types::UnixTime};
use std::borrow::Cow;
use x509_parser::{
    asn1_rs::Tag,
    extensions::{GeneralName, ParsedExtension},
    prelude::{FromDer, X509Certificate, X509Version},
};

/// A parsed certificate.
pub(super) struct Facts<'a>(X509Certificate<'a>);

impl<'a> Facts<'a> {
    /// `None` when it is no certificate, or something follows it.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        rest.is_empty().then_some(Self(certificate))
    }

    /// SubjectPublicKeyInfo in DER.
    pub(super) fn public_key(&self) -> &'a [u8] {
        self.0.tbs_certificate.subject_pki.raw
    }

    /// The part that is signed, in DER.
    pub(super) fn signed_part(&self) -> &[u8] {
        self.0.tbs_certificate.as_ref()
    }

    /// The signature's bytes.
    pub(super) fn signature(&self) -> &[u8] {
        &self.0.signature_value.data
    }

    /// RFC 5280 section 4.1.2.5: both ends belong to the validity.
    pub(super) fn check_dates(&self, now: UnixTime) -> Result<(), Error> {
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        let validity = self.0.validity();
        if now < validity.not_before.timestamp() {
            Err(CertificateError::NotValidYet.into())
        } else if now > validity.not_after.timestamp() {
            Err(CertificateError::Expired.into())
        } else {
            Ok(())
        }
    }

    /// An extended key usage, when there is one, must name servers (RFC 5280 section 4.2.1.12), and a key
    /// usage must allow what a TLS server does with its key (section 4.2.1.3).
    pub(super) fn check_purpose(&self) -> Result<(), Error> {
        let key_may_serve = match self.0.key_usage() {
            Ok(None) => true,
            Ok(Some(usage)) => {
                usage.value.digital_signature()
                    || usage.value.key_encipherment()
                    || usage.value.key_agreement()
            }
            Err(_) => false,
        };
        match self.0.extended_key_usage() {
            Ok(None) if key_may_serve => Ok(()),
            // "Any" is not enough, for OpenSSL as for rustls.
            Ok(Some(usage)) if key_may_serve && usage.value.server_auth => Ok(()),
            _ => Err(CertificateError::InvalidPurposeContext {
                required: ExtendedKeyPurpose::ServerAuth,
                presented: Vec::new(),
            }
            .into()),
        }
    }

    /// An extension that cannot be read counts as one.
    pub(super) fn has_name_constraints(&self) -> bool {
        !matches!(self.0.name_constraints(), Ok(None))
    }

    /// Whether it has any DNS name among its subject alternative names; then its Common Name means nothing
    /// (RFC 6125 section 6.4.4). An extension that cannot be read counts as having one.
    pub(super) fn has_dns_name(&self) -> bool {
        match self.0.subject_alternative_name() {
            Ok(None) => false,
            Ok(Some(names)) => {
                let is_dns = |name: &GeneralName<'_>| {
                    matches!(name, GeneralName::DNSName(_) | GeneralName::Invalid(..))
                };
                names.value.general_names.iter().any(is_dns)
            }
            Err(_) => true,
        }
    }

    pub(super) fn common_names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.subject().iter_common_name().filter_map(|name| match name.as_str() {
            Ok(text) => Some(Cow::Borrowed(text)),
            // UTF-16, big end first.
            Err(_) if name.attr_value().tag() == Tag::BmpString => {
                let pairs = name.attr_value().data.chunks_exact(2);
                let units: Vec<u16> = pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
                String::from_utf16(&units).ok().map(Cow::Owned)
            }
            Err(_) => None,
        })
    }

    /// Whether it may sign others: an authority that, if it limits its key's use, allows that; of version 1,
    /// which knows no extensions, only what signed itself.
    pub(super) fn may_issue(&self) -> bool {
        if self.0.version() == X509Version::V1 {
            return self.0.subject() == self.0.issuer();
        }
        let usage_allows = match self.0.key_usage() {
            Ok(None) => true,
            Ok(Some(usage)) => usage.value.key_cert_sign(),
            Err(_) => false,
        };
        self.0.is_ca() && usage_allows && !self.has_unknown_critical()
    }

    /// Whether a person may name it as authority: one that may issue and is not kept for other purposes than
    /// servers, or one that signed itself.
    pub(super) fn may_be_anchor(&self) -> bool {
        let for_servers = match self.0.extended_key_usage() {
            Ok(None) => true,
            // "Any" is not enough here either.
            Ok(Some(usage)) => usage.value.server_auth,
            Err(_) => false,
        };
        let signed_itself = self.0.subject() == self.0.issuer();
        for_servers && !self.has_unknown_critical() && (signed_itself || self.may_issue())
    }

    /// Whether `count` authorities may stand between it and a server's certificate.
    pub(super) fn allows_below(&self, count: usize) -> bool {
        let limit =
            self.0.basic_constraints().ok().flatten().and_then(|basic| basic.value.path_len_constraint);
        limit.is_none_or(|limit| usize::try_from(limit).is_ok_and(|limit| count <= limit))
    }

    /// The subject's name in DER.
    pub(super) fn subject_der(&self) -> &[u8] {
        self.0.subject().as_raw()
    }

    /// A critical extension that is not understood forbids any use (RFC 5280 section 4.2).
    pub(super) fn has_unknown_critical(&self) -> bool {
        self.0.extensions().iter().any(|extension| {
            let parsed = extension.parsed_extension();
            let unknown = matches!(
                parsed,
                ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::ParseError { .. }
            );
            extension.critical && unknown
        })
    }

    pub(super) fn subject_is_issuer_of(&self, other: &Facts<'_>) -> bool {
        self.0.subject().as_raw() == other.0.issuer().as_raw()
    }
}
