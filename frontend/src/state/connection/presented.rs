//! The certificates a server presented, to be looked at. They decide nothing: the proxy has judged them.

use shared::{certificate::CertificateSummary, trust_file::TrustFile};

/// What the server presented, its own certificate first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    pub summaries: Vec<CertificateSummary>,
    /// The same as PEM and nothing else, to be saved.
    pub pem: String,
    /// Unix seconds, to tell expired ones.
    pub read_at_s: i64,
}

impl Presented {
    /// Reads the PEM text of the wire. What is no certificate is left out: there is nothing to do about it.
    #[must_use]
    pub fn read(chain_pem: &str, read_at_s: i64) -> Self {
        let Ok(file) = TrustFile::read(chain_pem.as_bytes()) else { return Self::default() };
        let ders = file.certificates();
        let summaries = ders.iter().filter_map(|der| CertificateSummary::from_der(der)).collect();
        Self { summaries, pem: file.to_pem(), read_at_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_read_and_nonsense_is_empty() {
        let pem = include_str!("../../../../shared/src/trust_file/test-certificate.pem");
        let presented = Presented::read(&format!("# a comment\n{pem}"), 0);
        assert_eq!(presented.summaries.len(), 1);
        assert!(presented.pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{}", presented.pem);
        assert_eq!(Presented::read("", 0), Presented::default());
        assert_eq!(Presented::read("-----BEGIN CERTIFICATE-----\n…", 0), Presented::default());
    }
}
