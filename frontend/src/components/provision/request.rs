//! The form that asks for a device.

use super::secret_field::SecretField;
use crate::{
    components::{
        field::{Kind, TextField},
        select::select,
    },
    state::{
        State,
        provision::{Exchange, ProvisionAction, RequestForm, Slot, WantedKind},
    },
    text::visible_line,
};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, SubmitEvent, TargetCast, html};

pub(super) fn request(state: &State, act: &Callback<ProvisionAction>) -> Html {
    let form = &state.provision.request;
    let running = matches!(state.provision.exchange, Exchange::Running(_));
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        ProvisionAction::Submit
    });
    let on_gateway = act.reform(|event: Event| {
        ProvisionAction::GatewayChosen(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    html! {
        <form class="form" aria-label="Provision" onsubmit={on_submit} novalidate={true}>
            if state.offer.has_demo() {
                <div class="form__buttons">
                    <button type="button" class="button" onclick={act.reform(|_| ProvisionAction::UseDemoKeys)}>
                        { "Use the demo's key" }
                    </button>
                </div>
            }
            { text(form, act, Slot::Key, "Provision device key", &form.key, None) }
            { SecretField {
                id: Slot::Secret.id(),
                label: "Provision device secret",
                value: form.secret.expose(),
                shown: form.secret_shown,
                on_toggle: Some(act.reform(|()| ProvisionAction::ToggleSecretShown)),
                hint: Some("both stand in the device profile, tab Device provisioning"),
                problem: form.problem(Slot::Secret),
                on_input: act.reform(|text| ProvisionAction::Typed(Slot::Secret, text)),
            }.view() }
            { text(form, act, Slot::DeviceName, "Device name", &form.device_name, Some("optional: the server makes one up")) }
            { select(
                "provision-wanted",
                "Credentials",
                &WantedKind::ALL.map(|kind| (kind.label(), kind.label())),
                form.wanted.label(),
                &act.reform(|label: String| ProvisionAction::WantedChosen(WantedKind::from_label(&label))),
            ) }
            { wanted(form, act) }
            <label class="check">
                <input type="checkbox" checked={form.gateway} onchange={on_gateway} />
                { "This device is a gateway" }
            </label>
            <p class="form__notice" aria-live="polite">{ form.notice.as_deref().map(visible_line) }</p>
            <div class="form__buttons">
                <button type="submit" class="button" aria-disabled={running.then_some("true")}>{ "Provision" }</button>
                if running {
                    <button type="button" class="button" onclick={act.reform(|_| ProvisionAction::Cancel)}>
                        { "Cancel" }
                    </button>
                }
            </div>
        </form>
    }
}

/// The fields that the kind of credentials needs.
fn wanted(form: &RequestForm, act: &Callback<ProvisionAction>) -> Html {
    match form.wanted {
        WantedKind::ServerToken => Html::default(),
        WantedKind::OwnToken => {
            secret(form, act, Slot::Token, "Token for the new device", form.token.expose())
        }
        WantedKind::Basic => html! {
            <>
                { text(form, act, Slot::ClientId, "Client id for the new device", &form.client_id, Some("this or the user name, or both")) }
                { text(form, act, Slot::UserName, "User name for the new device", &form.user_name, None) }
                { secret(form, act, Slot::Password, "Password for the new device", form.password.expose()) }
            </>
        },
        WantedKind::Certificate => TextField {
            id: Slot::Certificate.id(),
            label: "Certificate of the new device",
            kind: Kind::Lines(4),
            hint: Some("PEM text, without the private key"),
            value: &form.certificate,
            problem: form.problem(Slot::Certificate),
            on_input: act.reform(|text| ProvisionAction::Typed(Slot::Certificate, text)),
            ..TextField::default()
        }
        .view(),
    }
}

fn text(
    form: &RequestForm,
    act: &Callback<ProvisionAction>,
    slot: Slot,
    label: &'static str,
    value: &str,
    hint: Option<&'static str>,
) -> Html {
    TextField {
        id: slot.id(),
        label,
        value,
        hint,
        problem: form.problem(slot),
        on_input: act.reform(move |text| ProvisionAction::Typed(slot, text)),
        ..TextField::default()
    }
    .view()
}

fn secret(
    form: &RequestForm,
    act: &Callback<ProvisionAction>,
    slot: Slot,
    label: &'static str,
    value: &str,
) -> Html {
    SecretField {
        id: slot.id(),
        label,
        value,
        shown: false,
        on_toggle: None,
        hint: None,
        problem: form.problem(slot),
        on_input: act.reform(move |text| ProvisionAction::Typed(slot, text)),
    }
    .view()
}
