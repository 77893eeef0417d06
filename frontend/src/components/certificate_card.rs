//! What stands in one certificate. All of it is text from the certificate.

use crate::text::visible_line;
use shared::{advice::utc, certificate::CertificateSummary};
use yew::{Html, html};

/// How much of a certificate is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What people compare.
    ToCompare,
    Whole,
}

/// `now_s`: Unix seconds, to tell an expired one.
pub fn certificate_card(summary: &CertificateSummary, now_s: i64, extent: Extent) -> Html {
    let mut facts = vec![
        ("Subject", summary.subject.clone()),
        (
            "Issuer",
            if summary.issuer == summary.subject {
                "itself (self-signed)".to_owned()
            } else {
                summary.issuer.clone()
            },
        ),
    ];
    if extent == Extent::Whole {
        facts.push(("Names", summary.names.join(", ")));
        facts.push(("Key", summary.key.clone()));
        facts.push(("Authority", if summary.is_authority { "yes" } else { "no" }.to_owned()));
        facts.push(("Valid from", utc(summary.not_before)));
    }
    html! {
        <dl class="facts facts--card">
            for (label, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
                <dt>{ label }</dt>
                <dd>{ visible_line(value) }</dd>
            }
            <dt>{ "Valid until" }</dt>
            <dd>
                { utc(summary.not_after) }
                if summary.not_after < now_s {
                    <strong class="tag tag--bad">{ "expired" }</strong>
                }
            </dd>
            <dt>{ "SHA-256" }</dt>
            <dd class="facts__code">{ &summary.sha256 }</dd>
        </dl>
    }
}
