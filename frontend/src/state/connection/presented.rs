//! The certificates a server presented, to be looked at. They decide nothing: the proxy has judged them.

use shared::{certificate::CertificateSummary, trust_file::TrustFile};

/// What the server presented, its own certificate first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    pub summaries: Vec<CertificateSummary>,
    /// Unix seconds, to tell expired ones.
    pub read_at_s: i64,
}

impl Presented {
    /// Reads the PEM text of the wire. What is no certificate is left out: there is nothing to do about it.
    #[must_use]
    pub fn read(chain_pem: &str, read_at_s: i64) -> Self {
        let file = TrustFile::read(chain_pem.as_bytes());
        let ders = file.as_ref().map(TrustFile::certificates).unwrap_or_default();
        let summaries = ders.iter().filter_map(|der| CertificateSummary::from_der(der)).collect();
        Self { summaries, read_at_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_read_and_nonsense_is_empty() {
        let pem = include_str!("../../../../shared/src/trust_file/test-certificate.pem");
        assert_eq!(Presented::read(pem, 0).summaries.len(), 1);
        assert_eq!(Presented::read("", 0), Presented::default());
        assert_eq!(Presented::read("-----BEGIN CERTIFICATE-----\n…", 0), Presented::default());
    }
}
