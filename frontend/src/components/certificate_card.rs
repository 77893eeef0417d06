//! One certificate: what people look for in two lines, what is to be said about it, and all its facts.
//! Subject, issuer and names are text from the certificate.

use crate::{
    clinic::{self, Finding, Tone},
    text::visible_line,
};
use shared::{advice::utc, certificate::CertificateSummary};
use yew::{Html, classes, html};

/// How the facts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// When asked for.
    Folded,
    Open,
}

/// `now_s`: Unix seconds, to tell an expired one.
pub fn certificate_card(
    summary: &CertificateSummary,
    findings: &[Finding],
    now_s: i64,
    extent: Extent,
) -> Html {
    let validity = clinic::validity(summary, now_s);
    html! {
        <div class="certificate">
            <p class="certificate__head">
                <strong class="certificate__name">{ visible_line(&summary.subject) }</strong>
                <span class="tag">{ clinic::kind(summary) }</span>
            </p>
            <p class="certificate__dates">
                { format!("until {}", utc(summary.not_after)) }
                <span class={classes!("tag", tone_class("tag", validity.tone))}>{ validity.text }</span>
            </p>
            { finding_list(findings) }
            if extent == Extent::Open {
                { facts(summary) }
            } else {
                <details>
                    <summary class="certificate__more">
                        { "Details" }
                        <span class="sr-only">{ format!(" of {}", visible_line(&summary.subject)) }</span>
                    </summary>
                    { facts(summary) }
                </details>
            }
        </div>
    }
}

/// What is to be said, a sentence each.
pub fn finding_list(findings: &[Finding]) -> Html {
    if findings.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="findings">
            for finding in findings {
                <li class={classes!("finding", tone_class("finding", finding.tone))}>
                    if finding.tone != Tone::Plain {
                        <strong>{ "Warning: " }</strong>
                    }
                    { visible_line(&finding.text) }
                </li>
            }
        </ul>
    }
}

fn tone_class(block: &str, tone: Tone) -> Option<String> {
    let tone = match tone {
        Tone::Plain => return None,
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    };
    Some(format!("{block}--{tone}"))
}

fn facts(summary: &CertificateSummary) -> Html {
    let issuer = if summary.is_self_signed { "itself (self-signed)" } else { summary.issuer.as_str() };
    let version = if summary.version == 1 { "1, old style" } else { "" };
    let lines = [
        ("Subject", summary.subject.as_str()),
        ("Issuer", issuer),
        ("Names", &summary.names.join(", ")),
        ("Valid from", &utc(summary.not_before)),
        ("Valid until", &utc(summary.not_after)),
        ("Key", &summary.key),
        ("Signed by", &summary.signature),
        ("X.509 version", version),
    ];
    html! {
        <dl class="facts">
            for (label, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
                <dt>{ label }</dt>
                <dd>{ visible_line(value) }</dd>
            }
            <dt>{ "SHA-256" }</dt>
            <dd class="facts__code">{ &summary.sha256 }</dd>
        </dl>
    }
}
