//! The attributes of the device: its own, and those the platform shares with it.

use super::commands::outcome;
use crate::{
    components::field::TextField,
    state::platform::{KEY_ID, Origin, Platform, PlatformAction, VALUE_ID},
    text::visible_line,
};
use serde_json::{Map, Value};
use yew::{Callback, Html, SubmitEvent, html};

pub(super) fn client_attributes(attributes: &Map<String, Value>) -> Html {
    html! {
        <section class="group" aria-labelledby="platform-client">
            <h2 class="group__heading" id="platform-client">{ "Client attributes" }</h2>
            if attributes.is_empty() {
                <p class="empty">{ "None yet: publish to v1/devices/me/attributes." }</p>
            } else {
                { table("platform-client", attributes, None) }
            }
        </section>
    }
}

pub(super) fn shared_attributes(
    attributes: &Map<String, Value>,
    platform: &Platform,
    act: &Callback<PlatformAction>,
) -> Html {
    let form = &platform.attribute;
    let on_submit = act.reform(|event: SubmitEvent| {
        event.prevent_default();
        PlatformAction::SetAttribute
    });
    html! {
        <section class="group" aria-labelledby="platform-shared">
            <h2 class="group__heading" id="platform-shared">{ "Shared attributes" }</h2>
            if attributes.is_empty() {
                <p class="empty">{ "None yet." }</p>
            } else {
                { table("platform-shared", attributes, Some(act)) }
            }
            <form class="form" aria-label="Set shared attribute" onsubmit={on_submit} novalidate={true}>
                { TextField {
                    id: KEY_ID,
                    label: "Key",
                    value: &form.key,
                    problem: form.key_problem.as_deref(),
                    on_input: act.reform(PlatformAction::KeyTyped),
                    ..TextField::default()
                }.view() }
                { TextField {
                    id: VALUE_ID,
                    label: "Value",
                    hint: Some("JSON, such as 21, \"on\", true or {\"a\": 1}"),
                    value: &form.value,
                    problem: form.value_problem.as_deref(),
                    on_input: act.reform(PlatformAction::ValueTyped),
                    ..TextField::default()
                }.view() }
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Set attribute" }</button>
                </div>
                { outcome(platform.newest(Origin::Attribute)) }
            </form>
        </section>
    }
}

/// Keys and values, with a button to delete each where `delete` says how.
fn table(
    heading: &'static str,
    attributes: &Map<String, Value>,
    delete: Option<&Callback<PlatformAction>>,
) -> Html {
    html! {
        <div class="table-frame">
            <table class="table" aria-labelledby={heading}>
                <thead>
                    <tr>
                        <th scope="col">{ "Key" }</th>
                        <th scope="col">{ "Value" }</th>
                        if delete.is_some() {
                            <th scope="col"><span class="sr-only">{ "Action" }</span></th>
                        }
                    </tr>
                </thead>
                <tbody>
                    for (key, value) in attributes {
                        <tr key={key.clone()}>
                            <th scope="row" class="table__code">{ visible_line(key) }</th>
                            <td class="table__code">{ visible_line(&value.to_string()) }</td>
                            { delete.map(|act| delete_button(key, act)) }
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

fn delete_button(key: &str, act: &Callback<PlatformAction>) -> Html {
    let name = key.to_owned();
    html! {
        <td class="table__action">
            <button
                type="button"
                class="button button--small"
                aria-label={format!("Delete {key}")}
                onclick={act.reform(move |_| PlatformAction::DeleteAttribute(name.clone()))}
            >
                { "Delete" }
            </button>
        </td>
    }
}
