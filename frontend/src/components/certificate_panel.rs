//! The tab `Certificate`: what the server presented, how it was verified or why not, and how to make a
//! better one.

use super::certificate_card::{Extent, certificate_card};
use crate::{
    clinic,
    state::{
        State,
        action::CertificateAction,
        connection::{COMMAND_ID, Failed, Phase, copied_words, remedy},
    },
    text::visible_line,
};
use shared::{failure::Step, wire::TlsFacts};
use yew::{Callback, Html, html};

pub fn certificate_panel(state: &State, act: &Callback<CertificateAction>) -> Html {
    let phase = &state.phase;
    let Some(presented) = phase.presented().filter(|presented| !presented.summaries.is_empty()) else {
        return html! {
            <div class="stack">
                <p class="empty">{ "Here stand the certificates that a server presents, once one has done so." }</p>
            </div>
        };
    };
    html! {
        <div class="stack">
            { verdict(phase) }
            { better_one(state, act) }
            <div class="group">
                <div class="group__line">
                    <h2 class="group__heading">{ "Presented by the server, its own first" }</h2>
                    <button
                        type="button"
                        class="button button--small"
                        onclick={act.reform(|_| CertificateAction::SaveChain)}
                    >
                        { "Download as PEM" }
                    </button>
                </div>
                <ol class="chain" aria-label="Certificates the server presented">
                    for summary in &presented.summaries {
                        <li key={summary.sha256.clone()}>
                            { certificate_card(summary, &clinic::weaknesses(summary), presented.read_at_s, Extent::Open) }
                        </li>
                    }
                </ol>
            </div>
        </div>
    }
}

fn verdict(phase: &Phase) -> Html {
    match phase {
        Phase::Connected(session) => settled(&session.facts.tls),
        Phase::Failed(failed) => refused(failed),
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Reconnecting(_) => Html::default(),
    }
}

/// What the handshake settled.
fn settled(tls: &TlsFacts) -> Html {
    let lines = [
        ("Verification", tls.verification.label()),
        ("Ended at", tls.anchor.as_deref().unwrap_or_default()),
        ("TLS version", &tls.version),
        ("Cipher suite", &tls.cipher_suite),
        ("Key exchange", &tls.key_exchange),
    ];
    html! {
        <dl class="facts">
            for (label, value) in lines.into_iter().filter(|(_, value)| !value.is_empty()) {
                <dt>{ label }</dt>
                <dd>{ visible_line(value) }</dd>
            }
        </dl>
    }
}

fn refused(failed: &Failed) -> Html {
    if failed.step != Some(Step::Tls) {
        return html! { <p>{ "The certificate was accepted; the connection ended later, as the status says." }</p> };
    }
    let advice = failed.reason.advice();
    html! {
        <p class="notice notice--bad">
            { visible_line(&format!("Not accepted: {} {}", advice.cause, advice.fix)) }
        </p>
    }
}

/// How to make a certificate of today's style, when this one is not.
fn better_one(state: &State, act: &Callback<CertificateAction>) -> Html {
    let Some(command) = remedy(&state.phase) else { return Html::default() };
    html! {
        <section class="group" aria-labelledby="remedy-heading">
            <h2 class="group__heading" id="remedy-heading">{ "A better certificate for this server" }</h2>
            <p>
                { "This command makes one in today's style: every client that is given mqttserver.pem accepts it. On \
                   ThingsBoard set MQTT_SSL_PEM_CERT and MQTT_SSL_PEM_KEY to the two files and restart; then choose \
                   mqttserver.pem here as CA certificate." }
            </p>
            <pre class="command-line" id={COMMAND_ID}>{ command }</pre>
            <div class="group__line">
                <button
                    type="button"
                    class="button button--small"
                    onclick={act.reform(|_| CertificateAction::CopyCommand)}
                >
                    { "Copy" }
                </button>
                { state.copied.map(copied_words) }
            </div>
        </section>
    }
}
