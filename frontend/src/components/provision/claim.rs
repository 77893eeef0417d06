//! The form that lets a customer take this device over.

use super::secret_field::SecretField;
use crate::{
    components::field::{Kind, TextField},
    state::{
        State,
        form::Secret,
        provision::{CLAIM_DURATION_ID, CLAIM_SECRET_ID, ClaimAction, ClaimOutcome, ProvisionAction},
    },
    text::visible_line,
};
use yew::{Callback, Html, SubmitEvent, html};

pub(super) fn claim(state: &State, act: &Callback<ProvisionAction>) -> Html {
    let form = &state.provision.claim;
    let act = act.reform(ProvisionAction::Claim);
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        ClaimAction::Submit
    });
    html! {
        <section class="group package" aria-labelledby="claim-heading">
            <h2 class="group__heading" id="claim-heading">{ "Claim this device" }</h2>
            <p class="field__hint">
                { "The connected device allows it for a while; then whoever enters its name and the secret key in \
                   ThingsBoard becomes its owner." }
            </p>
            <form class="form" aria-label="Claim" onsubmit={on_submit} novalidate={true}>
                { SecretField {
                    id: CLAIM_SECRET_ID,
                    label: "Secret key",
                    value: form.secret.expose(),
                    shown: form.secret_shown,
                    on_toggle: Some(act.reform(|()| ClaimAction::ToggleSecretShown)),
                    hint: Some("may be empty; the console shows what is published, this key too"),
                    problem: None,
                    on_input: act.reform(|text| ClaimAction::SecretTyped(Secret::new(text))),
                }.view() }
                { TextField {
                    id: CLAIM_DURATION_ID,
                    label: "Duration",
                    kind: Kind::Number,
                    hint: Some("milliseconds, such as 60000 for a minute; empty for the server's own"),
                    value: &form.duration,
                    problem: form.duration_problem.as_deref(),
                    on_input: act.reform(ClaimAction::DurationTyped),
                    ..TextField::default()
                }.view() }
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Allow claiming" }</button>
                </div>
                <div class="package__notices" aria-live="polite">{ outcome(state) }</div>
            </form>
        </section>
    }
}

fn outcome(state: &State) -> Html {
    match &state.provision.claim.outcome {
        None => Html::default(),
        Some(ClaimOutcome::Waiting) => html! { <p>{ "Waiting for ThingsBoard …" }</p> },
        Some(ClaimOutcome::Received) => html! {
            <>
                <p class="delivery delivery--good">{ "Received by ThingsBoard." }</p>
                <p>
                    { "That it was received is all that a device is told. Now a customer enters the device's name and the \
                       secret key in ThingsBoard, in the widget Claim device, before the time is over." }
                    if state.offer.has_demo() {
                        { " In the demo the tab Platform shows the claim." }
                    }
                </p>
            </>
        },
        Some(ClaimOutcome::Failed(why)) => html! {
            <p class="delivery delivery--bad package__failure">{ visible_line(why) }</p>
        },
    }
}
