//! The certificates given as trust, with what is to be said about them.

use crate::clinic::{self, Finding, Tone};
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
    /// Each followed by its issuer where that is among them, with what is to be said about it.
    pub summaries: Vec<(CertificateSummary, Vec<Finding>)>,
    /// What is to be said about them together.
    pub findings: Vec<Finding>,
    /// Unix seconds, to tell expired ones.
    pub read_at_s: i64,
}

impl Given {
    #[must_use]
    pub fn new(source: String, file: TrustFile, read_at_s: i64) -> Self {
        let read: Vec<CertificateSummary> =
            file.certificates().iter().filter_map(|der| CertificateSummary::from_der(der)).collect();
        let (ordered, findings) = clinic::together(&read, file.repetitions());
        let summaries = ordered
            .into_iter()
            .map(|summary| {
                let findings = clinic::as_trust(&summary, &read, read_at_s);
                (summary, findings)
            })
            .collect();
        Self { source, file, summaries, findings, read_at_s }
    }

    /// How many findings want something done.
    #[must_use]
    pub fn warnings(&self) -> usize {
        let each = self.summaries.iter().flat_map(|(_, findings)| findings);
        each.filter(|finding| finding.tone != Tone::Plain).count()
    }
}

/// The sentence for a refused file; for what may hold a secret it says that nothing was sent.
#[must_use]
pub fn problem_sentence(problem: &TrustFileProblem) -> String {
    if holds_secret(problem) { format!("{problem} {KEPT}") } else { problem.to_string() }
}

/// Said of what may hold a secret.
const KEPT: &str = "It did not leave your browser.";

/// Whether what was given may hold a private key.
pub(super) fn holds_secret(problem: &TrustFileProblem) -> bool {
    matches!(
        problem,
        TrustFileProblem::PrivateKey | TrustFileProblem::Pkcs12 | TrustFileProblem::JavaKeyStore
    )
}

/// The sentence for refused text from the box.
pub(super) fn pasted_sentence(problem: &TrustFileProblem) -> String {
    const INSTEAD: &str = "Paste the server's CA certificate instead (BEGIN CERTIFICATE).";
    let what = match problem {
        TrustFileProblem::PrivateKey => "a private key",
        TrustFileProblem::Pkcs12 => "a PKCS#12 store, which holds a private key",
        TrustFileProblem::JavaKeyStore => "a Java key store, which may hold a private key",
        TrustFileProblem::NotACertificate => {
            return "This text holds no certificate: paste all of a PEM file, from the line BEGIN CERTIFICATE to the \
                    line END CERTIFICATE."
                .to_owned();
        }
        other => return other.to_string().replace("file", "text"),
    };
    format!("You pasted {what}. It was wiped and did not leave your browser. {INSTEAD}")
}
