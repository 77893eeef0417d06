//! The tab `Certificate`: what the server presented, and how it was verified.

use super::certificate_card::{Extent, certificate_card};
use crate::{state::connection::Phase, text::visible_line};
use yew::{Html, html};

pub fn certificate_panel(phase: &Phase) -> Html {
    let Some(presented) = phase.presented().filter(|presented| !presented.summaries.is_empty()) else {
        return html! {
            <div class="stack">
                <p class="empty">{ "Here stand the certificates that a server presents, once one has done so." }</p>
            </div>
        };
    };
    html! {
        <div class="stack">
            <p>{ verdict(phase) }</p>
            <ol class="chain" aria-label="Certificates the server presented">
                for summary in &presented.summaries {
                    <li key={summary.sha256.clone()}>
                        { certificate_card(summary, presented.read_at_s, Extent::Whole) }
                    </li>
                }
            </ol>
        </div>
    }
}

fn verdict(phase: &Phase) -> String {
    let Some(session) = phase.session() else {
        return "Not believed, or not used: the connection failed. The status above says why.".to_owned();
    };
    let tls = &session.facts.tls;
    let anchor = tls.anchor.as_ref().map(|anchor| format!(" ({anchor})")).unwrap_or_default();
    let way = tls.verification.label();
    visible_line(&format!("{}, {}, {}; {way}{anchor}.", tls.version, tls.cipher_suite, tls.key_exchange))
}
