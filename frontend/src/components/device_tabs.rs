//! The devices that are open at once, as tabs, with the way to open and to close one.

use super::tabs::neighbour;
use crate::{
    state::open_devices::{DeviceId, MAX_OPEN, OpenDevices, OpenDevicesAction},
    text::visible_name,
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html, html};

/// The id of the button that opens another device.
const ADD_ID: &str = "open-device";

pub fn device_tabs(open: &OpenDevices, act: &Callback<OpenDevicesAction>) -> Html {
    let ids: Vec<DeviceId> = open.list().iter().map(|(id, _)| *id).collect();
    let shown = open.shown();
    let on_key_down = act.clone();
    let on_key_down = Callback::from(move |event: KeyboardEvent| {
        if let Some(id) = neighbour(&ids, shown, &event.key()) {
            event.prevent_default();
            on_key_down.emit(OpenDevicesAction::Show(id));
        }
    });
    let several = open.list().len() > 1;
    let close = if open.is_doubted() { "Disconnect and close" } else { "Close device" };
    html! {
        <div class="devices">
            if several {
                <div class="devices__tabs" role="tablist" aria-label="Devices" onkeydown={on_key_down}>
                    for (id, summary) in open.list() {
                        <button
                            key={*id}
                            type="button"
                            role="tab"
                            class="devices__tab"
                            id={tab_id(*id)}
                            aria-label={format!("{}, {}", visible_name(&summary.name), summary.standing.word())}
                            aria-selected={(*id == shown).to_string()}
                            tabindex={if *id == shown { "0" } else { "-1" }}
                            onclick={let id = *id; act.reform(move |_| OpenDevicesAction::Show(id))}
                        >
                            <span class={format!("devices__mark devices__mark--{}", summary.standing.key())} aria-hidden="true" />
                            <span class="devices__name">{ visible_name(&summary.name) }</span>
                        </button>
                    }
                </div>
            }
            <button
                type="button"
                id={ADD_ID}
                class="button button--small"
                aria-disabled={(!open.has_room()).then_some("true")}
                title={(!open.has_room()).then(|| format!("{MAX_OPEN} devices are open, which is the most: close one first."))}
                onclick={act.reform(|_| OpenDevicesAction::Add)}
            >
                { "Open another device" }
            </button>
            if several {
                <button type="button" class="button button--small" onclick={act.reform(|_| OpenDevicesAction::Close)}>
                    { close }
                </button>
            }
        </div>
    }
}

/// What has the focus once a device was opened, shown or closed: its tab, or with one device, which has none, the way
/// to another.
#[must_use]
pub fn focus_id(count: usize, id: DeviceId) -> String {
    if count > 1 { tab_id(id) } else { ADD_ID.to_owned() }
}

fn tab_id(id: DeviceId) -> String {
    format!("device-{id}")
}
