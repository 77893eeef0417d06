//! Whether a certificate is for the host typed: by subject alternative name, else by Common Name as OpenSSL
//! reads it.

use super::facts::Facts;
use rustls::{
    CertificateError, Error,
    client::verify_server_name,
    pki_types::{CertificateDer, ServerName},
    server::ParsedCertificate,
};

/// Where the name was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameSource {
    AlternativeName,
    CommonName,
}

/// Finds the name. `may_be_address`: whether a Common Name may be an IP address.
pub(super) fn check(
    leaf: &Facts<'_>,
    der: &CertificateDer<'_>,
    name: &ServerName<'_>,
    may_use_common_name: bool,
    may_be_address: bool,
) -> Result<NameSource, Error> {
    if leaf.has_unknown_critical() {
        return Err(CertificateError::UnhandledCriticalExtension.into());
    }
    // A certificate of version 1 cannot be parsed there, and has no alternative names.
    if let Ok(parsed) = ParsedCertificate::try_from(der)
        && verify_server_name(&parsed, name).is_ok()
    {
        return Ok(NameSource::AlternativeName);
    }
    if may_use_common_name && matches_common_name(leaf, name, may_be_address) {
        return Ok(NameSource::CommonName);
    }
    Err(CertificateError::NotValidForName.into())
}

/// Only a certificate without any DNS name is judged by its Common Name.
pub(super) fn matches_common_name(leaf: &Facts<'_>, name: &ServerName<'_>, may_be_address: bool) -> bool {
    if leaf.has_dns_name() {
        return false;
    }
    match name {
        ServerName::DnsName(name) => leaf.common_names().any(|common| matches_dns(&common, name.as_ref())),
        ServerName::IpAddress(address) => {
            let address = std::net::IpAddr::from(*address);
            may_be_address && leaf.common_names().any(|common| common.parse() == Ok(address))
        }
        _ => false,
    }
}

/// Letter case aside, equal; a left-most label that is just `*` stands for exactly one label, of a name with
/// at least two more.
fn matches_dns(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let pattern = pattern.strip_suffix('.').unwrap_or(&pattern);
    let name = name.strip_suffix('.').unwrap_or(&name);
    if pattern.is_empty() {
        return false;
    }
    match pattern.strip_prefix("*.") {
        Some(parent) => {
            parent.contains('.')
                && !parent.contains('*')
                && name.split_once('.').is_some_and(|(first, rest)| !first.is_empty() && rest == parent)
        }
        None => !pattern.contains('*') && pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_matches_whole_or_by_one_leading_label() {
        for (pattern, name) in
            [("tb.example", "TB.example"), ("*.tb.example", "mqtt.tb.example"), ("a.b.", "a.b")]
        {
            assert!(matches_dns(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("", ""),
            ("*", "example"),
            ("*.example", "tb.example"),
            ("*.tb.example", "tb.example"),
            ("*.tb.example", "a.b.tb.example"),
            ("m*.tb.example", "mqtt.tb.example"),
            ("mqtt.*.example", "mqtt.tb.example"),
            ("*.*.example", "mqtt.tb.example"),
            ("tb.example", "evil.tb.example"),
        ] {
            assert!(!matches_dns(pattern, name), "{pattern} {name}");
        }
    }
}
