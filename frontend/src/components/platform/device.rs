//! Whether the device is connected, when it was last heard, and its latest telemetry.

use crate::{
    components::icon::{Shape, icon},
    text::{ago, visible_line},
};
use shared::{advice::utc, platform::PlatformView};
use yew::{Html, html};

/// `now_ms`: when the view was read, Unix milliseconds.
pub(super) fn device(view: &PlatformView, now_ms: i64) -> Html {
    let (tone, shape, word) = if view.connected {
        ("good", Shape::Check, "connected")
    } else {
        ("pending", Shape::Ring, "not connected")
    };
    let activity = view.last_activity_ms.map_or("none yet".to_owned(), |at_ms| ago(at_ms, now_ms));
    html! {
        <section class="group" aria-labelledby="platform-device">
            <h2 class="group__heading" id="platform-device">{ visible_line(&view.device) }</h2>
            <p class="group__line">
                <span class={format!("delivery delivery--{tone}")}>{ icon(shape) }{ word }</span>
                <span>{ format!("last activity: {activity}") }</span>
            </p>
            <h3 class="group__subheading" id="platform-telemetry">{ "Latest telemetry" }</h3>
            if view.telemetry.is_empty() {
                <p class="empty">{ "None yet: publish to v1/devices/me/telemetry." }</p>
            } else {
                <div class="table-frame">
                    <table class="table" aria-labelledby="platform-telemetry">
                        <thead>
                            <tr>
                                <th scope="col">{ "Key" }</th>
                                <th scope="col">{ "Value" }</th>
                                <th scope="col">{ "Last update" }</th>
                            </tr>
                        </thead>
                        <tbody>
                            for latest in &view.telemetry {
                                <tr key={latest.key.clone()}>
                                    <th scope="row" class="table__code">{ visible_line(&latest.key) }</th>
                                    <td class="table__code">{ visible_line(&latest.value.to_string()) }</td>
                                    <td title={utc(latest.ts_ms / 1000)}>{ ago(latest.ts_ms, now_ms) }</td>
                                </tr>
                            }
                        </tbody>
                    </table>
                </div>
            }
        </section>
    }
}
