//! The devices behind this gateway, and which of them RPC and shared attributes are for.

use crate::{
    components::icon::{Shape, icon},
    state::platform::PlatformAction,
    text::{ago, visible_line},
};
use serde_json::{Map, Value};
use shared::platform::{ChildView, PlatformView};
use web_sys::HtmlSelectElement;
use yew::{Callback, Event, Html, TargetCast, html};

/// The choice that is not a device behind the gateway. A device's name begins with a letter more.
const ITSELF: &str = "";

/// A choice that is there only for a gateway with devices.
pub(super) fn target(view: &PlatformView, target: Option<&String>, act: &Callback<PlatformAction>) -> Html {
    if view.children.is_empty() {
        return Html::default();
    }
    let id = "platform-target";
    let on_change = act.reform(|event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        PlatformAction::TargetChosen(Some(name).filter(|name| name != ITSELF))
    });
    html! {
        <div class="field platform__target">
            <label class="field__label" for={id}>{ "RPC and shared attributes are for" }</label>
            <select class="input" {id} onchange={on_change}>
                <option value={ITSELF} selected={target.is_none()}>{ "this device" }</option>
                for child in &view.children {
                    <option key={child.device.clone()} value={child.device.clone()} selected={target == Some(&child.device)}>
                        { visible_line(&child.device) }
                    </option>
                }
            </select>
        </div>
    }
}

/// `now_ms`: when the view was read, Unix milliseconds.
pub(super) fn children(view: &PlatformView, now_ms: i64) -> Html {
    if view.children.is_empty() {
        return Html::default();
    }
    html! {
        <section class="group" aria-labelledby="platform-children">
            <h2 class="group__heading" id="platform-children">{ "Devices of this gateway" }</h2>
            <div class="table-frame">
                <table class="table table--stack gateway__table" role="table" aria-labelledby="platform-children">
                    // The roles stay where the styles make other boxes of it.
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{ "Device" }</th>
                            <th role="columnheader" scope="col">{ "Connected" }</th>
                            <th role="columnheader" scope="col">{ "Latest telemetry" }</th>
                            <th role="columnheader" scope="col">{ "Client attributes" }</th>
                            <th role="columnheader" scope="col">{ "Shared attributes" }</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        for child in &view.children {
                            { row(child, now_ms) }
                        }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn row(child: &ChildView, now_ms: i64) -> Html {
    let (tone, shape, word) = if child.connected {
        ("good", Shape::Check, "connected")
    } else {
        ("pending", Shape::Ring, "not connected")
    };
    let telemetry: Map<String, Value> =
        child.telemetry.iter().map(|latest| (latest.key.clone(), latest.value.clone())).collect();
    let activity = child.last_activity_ms.map(|at_ms| format!(", {}", ago(at_ms, now_ms)));
    html! {
        <tr role="row" key={child.device.clone()}>
            <td role="cell" class="table__code">{ visible_line(&child.device) }</td>
            <td role="cell"><span class={format!("delivery delivery--{tone}")}>{ icon(shape) }{ word }{ activity }</span></td>
            <td role="cell" data-label="Telemetry: " class="table__code">{ members(&telemetry) }</td>
            <td role="cell" data-label="Client attributes: " class="table__code">{ members(&child.client_attributes) }</td>
            <td role="cell" data-label="Shared attributes: " class="table__code">{ members(&child.shared_attributes) }</td>
        </tr>
    }
}

fn members(values: &Map<String, Value>) -> String {
    /// Values in one cell.
    const MOST: usize = 8;
    let shown: Vec<String> = values.iter().take(MOST).map(|(key, value)| format!("{key}: {value}")).collect();
    let more = if values.len() > MOST { format!(" and {} more", values.len() - MOST) } else { String::new() };
    if shown.is_empty() { "none".to_owned() } else { format!("{}{more}", visible_line(&shown.join(", "))) }
}
