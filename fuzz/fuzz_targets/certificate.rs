//! Any bytes as certificate, as a stranger's server may present them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{
    certificate::{CertificateSummary, fingerprint, first_break, leaf_first, rsa_bits},
    der::element,
};

fuzz_target!(|bytes: &[u8]| {
    let Some(summary) = CertificateSummary::from_der(bytes) else {
        assert_eq!(rsa_bits(bytes), None);
        return;
    };
    let (_, _, after) = element(bytes).expect("a certificate is one element");
    assert_eq!(summary.sha256, fingerprint(&bytes[..bytes.len() - after.len()]));
    assert_eq!(summary.is_self_signed, summary.subject == summary.issuer);
    assert_eq!(rsa_bits(bytes).is_some(), summary.key.starts_with("RSA ") && summary.key.ends_with(" bits"));
    let _word = summary.role();
    let others = [summary.clone(), CertificateSummary { subject: summary.issuer.clone(), ..summary }];
    let mut order = leaf_first(&others);
    assert!(first_break(&others).is_none());
    order.sort_unstable();
    assert_eq!(order, [0, 1]);
});
