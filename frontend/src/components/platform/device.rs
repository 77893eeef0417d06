//! Whether the device is connected, when it was last heard, and its latest telemetry.

use crate::{
    components::{
        connection_form::version_text,
        icon::{Shape, icon},
        select::select,
    },
    state::platform::{PlatformAction, ProfileAction},
    text::{ago, visible_line},
};
use shared::{
    advice::utc,
    platform::{Claim, MqttProfile, PayloadType, PlatformView},
};
use web_sys::HtmlInputElement;
use yew::{Callback, Event, Html, TargetCast, html};

/// `now_ms`: when the view was read, Unix milliseconds.
pub(super) fn device(view: &PlatformView, now_ms: i64, act: &Callback<PlatformAction>) -> Html {
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
                if let Some(version) = view.mqtt_version {
                    <span>{ format!("MQTT {}", version_text(version)) }</span>
                }
                <span>{ format!("last activity: {activity}") }</span>
                <span>{ if view.gateway { "gateway" } else { "no gateway" } }</span>
                if let Some(claim) = &view.claim {
                    <span>{ claim_words(claim, now_ms) }</span>
                }
            </p>
            { profile(&view.profile, act) }
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

/// The device's claim request. The secret is not shown: whoever claims has it.
fn claim_words(claim: &Claim, now_ms: i64) -> String {
    let secret = if claim.secret_key.is_empty() { "without a secret" } else { "with a secret" };
    if claim.expires_ms <= now_ms {
        format!("claim seen, {secret}; its time is over")
    } else {
        format!("claim seen, {secret}, until {}", utc(claim.expires_ms / 1000))
    }
}

/// What the device's profile says of payloads.
fn profile(profile: &MqttProfile, act: &Callback<PlatformAction>) -> Html {
    let act = &act.reform(PlatformAction::Profile);
    let selected = match profile.payload_type {
        PayloadType::Json => "json",
        PayloadType::Protobuf => "protobuf",
    };
    let on_json = act.reform(|event: Event| {
        ProfileAction::AcceptJsonChosen(event.target_unchecked_into::<HtmlInputElement>().checked())
    });
    html! {
        <div class="platform__profile">
            { select(
                "platform-payload-type",
                "Payload type of the profile",
                &[("json", "JSON"), ("protobuf", "Protobuf")],
                selected,
                &act.reform(|key: String| ProfileAction::PayloadChosen(
                    if key == "protobuf" { PayloadType::Protobuf } else { PayloadType::Json },
                )),
            ) }
            if profile.payload_type == PayloadType::Protobuf {
                <label class="check">
                    <input type="checkbox" checked={profile.accept_json} onchange={on_json} />
                    { "Take JSON as well" }
                </label>
            }
        </div>
    }
}
