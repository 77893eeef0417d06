//! What certificates are worth to the person who gives them or meets them: how long they are valid, what
//! is wrong with each, and how several hang together. Sentences with the fix; decides nothing about trust.
//! Texts from certificates are still to be made visible by whoever shows them.

use crate::text::counted;
use shared::{
    advice::utc,
    certificate::{CertificateSummary, Role, first_break, leaf_first},
};

/// Days before its end from which a certificate is said to expire soon.
const SOON_DAYS: i64 = 30;
const DAY_S: i64 = 86_400;
/// Bits that an RSA key must have (security of the server's handshake).
const RSA_BITS: u32 = 2048;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Plain,
    /// It works, or not for long any more.
    Warn,
    /// It will not work.
    Bad,
}

/// Words and how much they matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub tone: Tone,
    pub text: String,
}

fn finding(tone: Tone, text: impl Into<String>) -> Finding {
    Finding { tone, text: text.into() }
}

/// How the validity stands: `expired 12 days ago`, `expires in 9 days`, `397 days left`.
#[must_use]
pub fn validity(certificate: &CertificateSummary, now_s: i64) -> Finding {
    let days = |seconds: i64| counted(usize::try_from(seconds / DAY_S).unwrap_or_default(), "day", "days");
    let CertificateSummary { not_before, not_after, .. } = *certificate;
    if now_s > not_after {
        return finding(Tone::Bad, format!("expired {} ago", days(now_s - not_after)));
    }
    if now_s < not_before {
        return finding(Tone::Bad, format!("not valid yet, begins in {}", days(not_before - now_s)));
    }
    let left = not_after - now_s;
    if left <= SOON_DAYS * DAY_S {
        finding(Tone::Warn, format!("expires in {}", days(left)))
    } else {
        finding(Tone::Plain, format!("{} left", days(left)))
    }
}

/// What it is for: `authority`, `leaf, self-signed`.
#[must_use]
pub fn kind(certificate: &CertificateSummary) -> &'static str {
    match (certificate.role(), certificate.is_self_signed) {
        (Role::Root, _) => "authority, self-signed",
        (Role::Intermediate, _) => "authority",
        (Role::Leaf, true) => "leaf, self-signed",
        (Role::Leaf, false) => "leaf",
    }
}

/// What is old or weak about it, whoever holds it.
#[must_use]
pub fn weaknesses(certificate: &CertificateSummary) -> Vec<Finding> {
    let mut found = Vec::new();
    if certificate.version == 1 {
        found.push(finding(
            Tone::Warn,
            "It is of the old X.509 version 1, which many clients refuse: issue it again as version 3.",
        ));
    }
    let signature = &certificate.signature;
    if signature.ends_with("SHA-1") || signature.ends_with("MD5") {
        let text = format!(
            "It is signed by {signature}, which is no longer safe and which clients refuse: issue it again with \
             SHA-256."
        );
        found.push(finding(Tone::Warn, text));
    }
    if let Some(bits) = rsa_bits(certificate).filter(|bits| *bits < RSA_BITS) {
        let text = format!(
            "Its RSA key has {bits} bits, fewer than the {RSA_BITS} that are safe: nothing signed with it is \
             accepted. Make a new key."
        );
        found.push(finding(Tone::Bad, text));
    }
    found
}

/// From the words that `shared` finds for a key.
fn rsa_bits(certificate: &CertificateSummary) -> Option<u32> {
    certificate.key.strip_prefix("RSA ")?.strip_suffix(" bits")?.parse().ok()
}

/// What one of the certificates given as trust means for the connection.
#[must_use]
pub fn as_trust(certificate: &CertificateSummary, given: &[CertificateSummary], now_s: i64) -> Vec<Finding> {
    let mut found = Vec::new();
    let CertificateSummary { not_before, not_after, issuer, .. } = certificate;
    match validity(certificate, now_s).tone {
        Tone::Bad if now_s > *not_after => found.push(finding(
            Tone::Bad,
            "A server that relies on it is refused: get the current one from the server's operator.",
        )),
        Tone::Bad => found.push(finding(
            Tone::Bad,
            format!("A server that relies on it is refused before {}.", utc(*not_before)),
        )),
        Tone::Warn => found.push(finding(
            Tone::Warn,
            "From then on a server that relies on it is refused: get its successor in time.",
        )),
        Tone::Plain => {}
    }
    if certificate.role() == Role::Leaf {
        let exactly = "It is no authority: it fits only a server that presents exactly this certificate.";
        let has_issuer = given.iter().any(|other| other.subject == *issuer && other != certificate);
        if certificate.is_self_signed {
            found.push(finding(Tone::Plain, exactly));
        } else if !has_issuer {
            let text = format!("{exactly} To trust whatever its issuer signed, give {issuer} instead.");
            found.push(finding(Tone::Warn, text));
        }
    }
    found.extend(weaknesses(certificate));
    found
}

/// The certificates of a file in the order in which they hang together, and what is to be said about them
/// together. `repetitions`: how many the file held twice.
#[must_use]
pub fn together(given: &[CertificateSummary], repetitions: usize) -> (Vec<CertificateSummary>, Vec<Finding>) {
    let order = leaf_first(given);
    let ordered: Vec<CertificateSummary> = order.iter().map(|at| given[*at].clone()).collect();
    let mut found = Vec::new();
    let mut rest = &ordered[..];
    let mut chains = Vec::new();
    while !rest.is_empty() {
        let (chain, others) = rest.split_at(first_break(rest).map_or(rest.len(), |at| at + 1));
        chains.push(chain);
        rest = others;
    }
    for chain in chains.iter().filter(|chain| chain.len() > 1) {
        let names: Vec<&str> = chain.iter().map(|certificate| certificate.subject.as_str()).collect();
        found.push(finding(Tone::Plain, format!("A chain: {}.", names.join(", issued by "))));
        if let [.., last] = chain
            && last.role() == Role::Root
        {
            let text = format!("Of it only {} is needed; the others do no harm.", last.subject);
            found.push(finding(Tone::Plain, text));
        }
    }
    if chains.len() > 1 {
        let text = format!(
            "{} that do not hang together: one is enough for one server, the others can be left out.",
            counted(chains.len(), "part", "parts")
        );
        found.push(finding(Tone::Plain, text));
    }
    if repetitions > 0 {
        let times = counted(repetitions, "repeated certificate was", "repeated certificates were");
        found.push(finding(Tone::Plain, format!("{times} left out.")));
    }
    (ordered, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::trust_file::TrustFile;

    fn summary(pem: &str) -> CertificateSummary {
        CertificateSummary::from_der(&TrustFile::read(pem.as_bytes()).unwrap().certificates()[0]).unwrap()
    }

    macro_rules! file {
        ($name:literal) => {
            summary(include_str!(concat!("../../shared/tests/files/", $name)))
        };
    }

    fn texts(found: &[Finding]) -> String {
        found.iter().map(|finding| finding.text.as_str()).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn validity_is_said_in_days() {
        let certificate = CertificateSummary { not_before: 0, not_after: 400 * DAY_S, ..file!("root.pem") };
        let said = |now_s| validity(&certificate, now_s);
        assert_eq!(said(412 * DAY_S), finding(Tone::Bad, "expired 12 days ago"));
        assert_eq!(said(-2 * DAY_S), finding(Tone::Bad, "not valid yet, begins in 2 days"));
        assert_eq!(said(391 * DAY_S), finding(Tone::Warn, "expires in 9 days"));
        assert_eq!(said(399 * DAY_S), finding(Tone::Warn, "expires in 1 day"));
        assert_eq!(said(400 * DAY_S), finding(Tone::Warn, "expires in 0 days"));
        assert_eq!(said(369 * DAY_S), finding(Tone::Plain, "31 days left"));
    }

    #[test]
    fn each_kind_has_its_word() {
        assert_eq!(kind(&file!("root.pem")), "authority, self-signed");
        assert_eq!(kind(&file!("intermediate.pem")), "authority");
        assert_eq!(kind(&file!("leaf.pem")), "leaf");
        assert_eq!(kind(&file!("keytool.pub.pem")), "leaf, self-signed");
    }

    #[test]
    fn what_is_old_or_weak_is_said_with_the_fix() {
        assert!(texts(&weaknesses(&file!("v1.pem"))).contains("version 1"));
        assert!(texts(&weaknesses(&file!("sha1.pem"))).contains("signed by RSA with SHA-1"));
        let short = weaknesses(&file!("rsa-1024.pem"));
        assert!(texts(&short).contains("1024 bits") && short[0].tone == Tone::Bad, "{short:?}");
        for sound in [file!("root.pem"), file!("rsa-2048.pem"), file!("p521.pem"), file!("ed25519.pem")] {
            assert_eq!(weaknesses(&sound), []);
        }
    }

    #[test]
    fn a_leaf_without_its_issuer_is_named_as_an_exact_match_only() {
        let [leaf, middle, root] = [file!("leaf.pem"), file!("intermediate.pem"), file!("root.pem")];
        let now = leaf.not_before;
        let alone = texts(&as_trust(&leaf, std::slice::from_ref(&leaf), now));
        assert!(
            alone.contains("exactly this certificate") && alone.contains("give CN=intermediate"),
            "{alone}"
        );
        assert_eq!(as_trust(&leaf, &[leaf.clone(), middle], now), []);
        assert_eq!(as_trust(&root, std::slice::from_ref(&root), root.not_before), []);
    }

    #[test]
    fn an_expired_one_will_not_do() {
        let root = file!("root.pem");
        let said = as_trust(&root, std::slice::from_ref(&root), root.not_after + 1);
        assert!(said[0].tone == Tone::Bad && said[0].text.contains("get the current one"), "{said:?}");
        let early = as_trust(&root, std::slice::from_ref(&root), root.not_before - 1);
        assert!(early[0].text.contains("refused before 20"), "{early:?}");
    }

    #[test]
    fn a_chain_in_any_order_is_told_from_its_leaf() {
        let [leaf, middle, root] = [file!("leaf.pem"), file!("intermediate.pem"), file!("root.pem")];
        let (ordered, found) = together(&[root.clone(), leaf.clone(), middle.clone()], 0);
        assert_eq!(ordered, [leaf, middle, root.clone()]);
        let said = texts(&found);
        assert!(said.starts_with("A chain: CN=leaf, issued by CN=intermediate, issued by O="), "{said}");
        assert!(said.contains("only O=Trust file tests\\, Inc., CN=root is needed"), "{said}");
        assert_eq!(together(&[root], 0).1, []);
    }

    #[test]
    fn strangers_and_repetitions_are_named() {
        let (_, found) = together(&[file!("root.pem"), file!("ed25519.pem")], 1);
        let said = texts(&found);
        assert!(said.contains("2 parts that do not hang together"), "{said}");
        assert!(said.contains("1 repeated certificate was left out"), "{said}");
    }
}
