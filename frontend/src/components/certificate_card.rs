//! What stands in one certificate, to compare. All of it is text from the certificate.

use crate::text::visible_line;
use shared::{advice::utc, certificate::CertificateSummary};
use yew::{Html, Properties, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub summary: CertificateSummary,
    /// Unix seconds, to tell an expired one.
    pub read_at_s: i64,
    /// Whether to show all that is known, not only what people compare.
    #[prop_or_default]
    pub whole: bool,
}

#[component]
pub fn CertificateCard(Props { summary, read_at_s, whole }: &Props) -> Html {
    let expired = summary.not_after < *read_at_s;
    html! {
        <dl class="facts facts--card">
            { fact("Subject", visible_line(&summary.subject)) }
            if summary.issuer == summary.subject {
                { fact("Issuer", "itself (self-signed)".to_owned()) }
            } else {
                { fact("Issuer", visible_line(&summary.issuer)) }
            }
            <dt>{ "Valid until" }</dt>
            <dd>
                { utc(summary.not_after) }
                if expired {
                    <strong class="tag tag--bad">{ "expired" }</strong>
                }
            </dd>
            if *whole && !summary.names.is_empty() {
                { fact("Names", visible_line(&summary.names.join(", "))) }
            }
            if *whole {
                { fact("Key", visible_line(&summary.key)) }
            }
            if *whole && summary.is_authority {
                { fact("Kind", "certificate authority".to_owned()) }
            }
            <dt>{ "SHA-256" }</dt>
            <dd class="facts__code">{ &summary.sha256 }</dd>
        </dl>
    }
}

fn fact(label: &'static str, value: String) -> Html {
    html! { <><dt>{ label }</dt><dd>{ value }</dd></> }
}
