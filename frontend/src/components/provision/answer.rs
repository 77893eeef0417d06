//! How far the exchange is, and what it gave.

use crate::{
    components::icon::{Shape, icon},
    state::provision::{ANSWER_ID, Exchange, Given, Provision, ProvisionAction, Step},
    text::{visible_line, visible_text},
};
use shared::thingsboard::provision::reply::Provisioned;
use yew::{Callback, Html, html};

pub(super) fn answer(provision: &Provision, act: &Callback<ProvisionAction>) -> Html {
    let exchange = &provision.exchange;
    html! {
        <div class="exchange" id={ANSWER_ID}>
            { steps(exchange) }
            <div class="package__notices" aria-live="polite">
                if let Exchange::Failed { why, .. } = exchange {
                    <p class="delivery delivery--bad package__failure">{ visible_line(&format!("Failed: {why}")) }</p>
                }
                if *exchange == Exchange::Done {
                    <p class="delivery delivery--good">{ "The device is provisioned; the connection for it is closed." }</p>
                }
            </div>
            <div class="stack">
                for (at, given) in provision.given.iter().enumerate() {
                    { credentials(given, at == 0, act) }
                }
            </div>
        </div>
    }
}

fn steps(exchange: &Exchange) -> Html {
    let (at, failed) = match exchange {
        Exchange::Idle => return Html::default(),
        Exchange::Running(running) => (Some(running.step), false),
        Exchange::Failed { step, .. } => (Some(*step), true),
        Exchange::Done => (None, false),
    };
    let item = |step: Step| {
        let (tone, shape, said) = match at {
            Some(at) if at == step && failed => ("bad", Shape::Cross, "failed"),
            Some(at) if at == step => ("now", Shape::Busy, "under way"),
            Some(at) if at < step => ("waiting", Shape::Ring, "not yet"),
            _ => ("good", Shape::Check, "done"),
        };
        html! {
            <li key={step.label()} class={format!("life__state life__state--{tone}")}>
                { icon(shape) }
                { step.label() }
                <span class="sr-only">{ format!(", {said}") }</span>
            </li>
        }
    };
    html! { <ol class="life" aria-label="Provisioning steps">{ for Step::ALL.into_iter().map(item) }</ol> }
}

fn credentials(given: &Given, newest: bool, act: &Callback<ProvisionAction>) -> Html {
    const HIDDEN: &str = "••••••••••••";
    let secret = |text: &str| if given.shown { visible_line(text) } else { HIDDEN.to_owned() };
    let number = given.number;
    let mut lines = Vec::new();
    if let Some(name) = &given.device_name {
        lines.push(("Device name", visible_line(name)));
    }
    let (copy, use_it) = match &given.provisioned {
        Provisioned::AccessToken(token) => {
            lines.push(("Access token", secret(token.expose())));
            ("Copy token", Some("Use this token"))
        }
        Provisioned::MqttBasic { client_id, user_name, password } => {
            let or_none = |text: &Option<String>| text.as_deref().map_or("none".to_owned(), visible_line);
            lines.push(("Client id", or_none(client_id)));
            lines.push(("User name", or_none(user_name)));
            let password = password.as_ref().map_or("none".to_owned(), |password| secret(password.expose()));
            lines.push(("Password", password));
            ("Copy password", Some("Use these credentials"))
        }
        Provisioned::X509Certificate(certificate) => {
            let text = if given.shown { visible_text(certificate) } else { HIDDEN.to_owned() };
            lines.push(("Certificate", text));
            ("Copy certificate", None)
        }
    };
    html! {
        <section class="given" key={number} aria-label={if newest { "New credentials" } else { "Earlier credentials" }}>
            <dl class="facts">
                for (label, value) in lines {
                    <dt>{ label }</dt>
                    <dd class="facts__code">{ value }</dd>
                }
            </dl>
            <div class="form__buttons">
                <button type="button" class="button" onclick={act.reform(move |_| ProvisionAction::ToggleGivenShown(number))}>
                    { if given.shown { "Hide" } else { "Show" } }
                    <span class="sr-only">{ " new credentials" }</span>
                </button>
                <button type="button" class="button" onclick={act.reform(move |_| ProvisionAction::Copy(number))}>{ copy }</button>
                <button type="button" class="button" onclick={act.reform(move |_| ProvisionAction::Dismiss(number))}>
                    { "Dismiss" }
                    <span class="sr-only">{ " these credentials" }</span>
                </button>
                if let Some(label) = use_it {
                    <button type="button" class="button button--strong" onclick={act.reform(move |_| ProvisionAction::Use(number))}>
                        { label }
                    </button>
                }
            </div>
            if use_it.is_none() {
                <p class="field__hint">
                    { "A device with a certificate must connect with it; this page connects with a token or a password." }
                </p>
            }
            <p class="form__notice" aria-live="polite">{ given.notice }</p>
        </section>
    }
}
