//! The attributes of the device: its own, and those the platform shares with it.

use crate::{
    components::field::TextField,
    state::platform::{AttributeForm, KEY_ID, PlatformAction, VALUE_ID},
    text::visible_line,
};
use serde_json::{Map, Value};
use yew::{AttrValue, Callback, Html, Properties, SubmitEvent, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct ClientProps {
    pub(super) attributes: Map<String, Value>,
}

#[component]
pub(super) fn ClientAttributes(ClientProps { attributes }: &ClientProps) -> Html {
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

#[derive(Clone, Debug, PartialEq, Properties)]
pub(super) struct SharedProps {
    pub(super) attributes: Map<String, Value>,
    pub(super) form: AttributeForm,
    pub(super) act: Callback<PlatformAction>,
}

#[component]
pub(super) fn SharedAttributes(SharedProps { attributes, form, act }: &SharedProps) -> Html {
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
                <TextField
                    id={KEY_ID}
                    label="Key"
                    code={true}
                    value={form.key.clone()}
                    problem={form.key_problem.clone().map(AttrValue::from)}
                    on_input={act.reform(PlatformAction::KeyTyped)}
                />
                <TextField
                    id={VALUE_ID}
                    label="Value"
                    code={true}
                    hint={Some(AttrValue::Static("JSON, such as 21, \"on\", true or {\"a\": 1}"))}
                    value={form.value.clone()}
                    problem={form.value_problem.clone().map(AttrValue::from)}
                    on_input={act.reform(PlatformAction::ValueTyped)}
                />
                <div class="form__buttons">
                    <button type="submit" class="button">{ "Set attribute" }</button>
                </div>
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
