//! How certificates follow one another, by their names alone. No signature is checked: this is for
//! showing them in an order, and for saying where a chain is broken.

use super::CertificateSummary;

/// The positions of all `certificates`, each followed by its issuer where that is among them. Begins
/// with the first one that issued none of the others; what belongs to no chain keeps its order.
#[must_use]
pub fn leaf_first(certificates: &[CertificateSummary]) -> Vec<usize> {
    let mut left: Vec<usize> = (0..certificates.len()).collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // In a circle everyone has issued another: then the first will do.
        let start = left.iter().position(|at| issued_none(certificates, &left, *at)).unwrap_or_default();
        let mut next = Some(start);
        while let Some(position) = next {
            let at = left.remove(position);
            order.push(at);
            next = left.iter().position(|other| is_issued_by(&certificates[at], &certificates[*other]));
        }
    }
    order
}

/// The position of the first certificate that its successor did not issue; `None` when each is issued
/// by the next.
#[must_use]
pub fn first_break(certificates: &[CertificateSummary]) -> Option<usize> {
    certificates.windows(2).position(|pair| !is_issued_by(&pair[0], &pair[1]))
}

fn issued_none(certificates: &[CertificateSummary], among: &[usize], at: usize) -> bool {
    among
        .iter()
        .filter(|other| **other != at)
        .all(|other| !is_issued_by(&certificates[*other], &certificates[at]))
}

fn is_issued_by(certificate: &CertificateSummary, issuer: &CertificateSummary) -> bool {
    certificate.issuer == issuer.subject
}
