//! Texts that are something else altogether: what people get when a download goes wrong.

use super::TrustFileProblem;

const SSH_PUBLIC_KEYS: [&str; 3] = ["ssh-", "ecdsa-sha2-", "---- BEGIN SSH2 PUBLIC KEY"];

/// What a text without a block is, where that can be told.
pub(super) fn text_problem(text: &str) -> Option<TrustFileProblem> {
    let text = text.trim_start();
    if text.starts_with('<') {
        Some(TrustFileProblem::WebPage)
    } else if text.starts_with(['{', '[']) {
        Some(TrustFileProblem::JsonAnswer)
    } else if SSH_PUBLIC_KEYS.iter().any(|start| text.starts_with(start)) {
        Some(TrustFileProblem::PublicKey)
    } else {
        None
    }
}
