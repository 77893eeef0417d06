//! What the tab `Provision & claim` does.

mod claim;
mod exchange;
mod start;

use crate::state::{
    Effect, Now, State,
    form::{CredentialsKind, Field, Secret},
    provision::{ProvisionAction, Slot},
};
use shared::thingsboard::provision::reply::Provisioned;

pub(super) use claim::published;
pub(super) use exchange::{heard, tick, wants_ticks};

pub(super) fn update(state: &mut State, action: ProvisionAction, now: Now, effects: &mut Vec<Effect>) {
    let form = &mut state.provision.request;
    match action {
        ProvisionAction::Typed(slot, text) => form.typed(slot, text),
        ProvisionAction::ToggleSecretShown => form.secret_shown = !form.secret_shown,
        ProvisionAction::WantedChosen(kind) => {
            form.wanted = kind;
            form.problem = None;
        }
        ProvisionAction::GatewayChosen(gateway) => form.gateway = gateway,
        ProvisionAction::UseDemoKeys => use_demo_keys(state),
        ProvisionAction::Submit => start::start(state, now, effects),
        ProvisionAction::Cancel => start::cancel(state, effects),
        ProvisionAction::ToggleGivenShown(number) => {
            if let Some(given) = state.provision.given_mut(number) {
                given.shown = !given.shown;
            }
        }
        ProvisionAction::Copy(number) => {
            state.provision.copying = number;
            if let Some(given) = state.provision.given_mut(number) {
                effects.push(Effect::CopySecret(Secret::new(given.secret().to_owned())));
            }
        }
        ProvisionAction::Copied(taken) => copied(state, taken),
        ProvisionAction::Use(number) => use_given(state, number, effects),
        ProvisionAction::Dismiss(number) => {
            state.provision.given.retain(|given| given.number != number);
            effects.push(Effect::Focus(Slot::Key.id()));
        }
        ProvisionAction::Claim(action) => claim::update(state, action, now, effects),
    }
}

fn use_demo_keys(state: &mut State) {
    let keys = state.platform.demo.as_ref().and_then(|demo| demo.provisioning.clone());
    let form = &mut state.provision.request;
    match keys {
        Some(keys) => {
            form.typed(Slot::Key, keys.key.clone());
            form.typed(Slot::Secret, keys.secret.clone());
            form.problem = None;
            form.notice = Some("The demo's key and secret are filled in.".to_owned());
        }
        None => {
            form.notice = Some(
                "Press Use the demo device in the connection form first: the demo's key comes with it."
                    .to_owned(),
            );
        }
    }
}

fn copied(state: &mut State, taken: bool) {
    let words =
        if taken { "Copied." } else { "The browser did not allow copying: press Show and copy by hand." };
    let number = state.provision.copying;
    if let Some(given) = state.provision.given_mut(number) {
        given.notice = Some(words);
    }
}

/// Fills the connection form; the person connects.
fn use_given(state: &mut State, number: u32, effects: &mut Vec<Effect>) {
    let Some(given) = state.provision.given_mut(number) else { return };
    let form = &mut state.form;
    let field = match &given.provisioned {
        Provisioned::AccessToken(token) => {
            form.advanced.kind = CredentialsKind::AccessToken;
            form.typed(Field::Token, token.expose().to_owned());
            Field::Token
        }
        Provisioned::MqttBasic { client_id, user_name, password } => {
            form.advanced.kind = CredentialsKind::Basic;
            form.advanced.is_open = true;
            form.typed(Field::ClientId, client_id.clone().unwrap_or_default());
            form.typed(Field::UserName, user_name.clone().unwrap_or_default());
            form.typed(
                Field::Password,
                password.as_ref().map(|password| password.expose().to_owned()).unwrap_or_default(),
            );
            Field::UserName
        }
        Provisioned::X509Certificate(_) => return,
    };
    given.notice = Some("Filled into the connection form. Disconnect if need be, then press Connect.");
    form.notice =
        Some("The new device's credentials are filled in. Press Connect to be that device.".to_owned());
    effects.push(Effect::Focus(field.id()));
}
