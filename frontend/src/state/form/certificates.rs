//! The certificates given as trust, with what is shown of them.

use shared::{
    certificate::CertificateSummary,
    trust_file::{TrustFile, TrustFileProblem},
};
use std::rc::Rc;

/// What was given as trust.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Certificates {
    #[default]
    None,
    Given(Rc<Given>),
}

/// Certificates and where they came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// A file's name, or words for pasted text.
    pub source: String,
    pub file: TrustFile,
    pub summaries: Vec<CertificateSummary>,
    /// Unix seconds, to tell expired ones.
    pub read_at_s: i64,
}

impl Given {
    #[must_use]
    pub fn new(source: String, file: TrustFile, read_at_s: i64) -> Self {
        let summaries =
            file.certificates().iter().filter_map(|der| CertificateSummary::from_der(der)).collect();
        Self { source, file, summaries, read_at_s }
    }
}

/// The sentence for a refused file; for what may hold a secret it says that nothing was sent.
#[must_use]
pub fn problem_sentence(problem: &TrustFileProblem) -> String {
    let secret = matches!(
        problem,
        TrustFileProblem::PrivateKey | TrustFileProblem::Pkcs12 | TrustFileProblem::JavaKeyStore
    );
    if secret { format!("{problem} It did not leave your browser.") } else { problem.to_string() }
}
