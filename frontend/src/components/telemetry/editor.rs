//! Telemetry as JSON text: the whole payload.

use crate::{
    components::field::{Kind, TextField},
    state::telemetry::{JSON_ID, Telemetry, TelemetryAction, Way},
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html};

pub(super) fn json(telemetry: &Telemetry, act: &Callback<TelemetryAction>) -> Html {
    let hint = match telemetry.way {
        Way::Now => {
            "The whole payload, such as {\"temperature\": 21.5, \"mode\": \"eco\"}; the server puts its time."
        }
        Way::WithTimestamp => {
            "The whole payload, such as {\"ts\": 1795529400000, \"values\": {\"temperature\": 21.5}}."
        }
        Way::Batch => {
            "The whole payload, such as [{\"ts\": 1795529400000, \"values\": {\"temperature\": 21.5}}]."
        }
    };
    let on_key_down = {
        let act = act.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                act.emit(TelemetryAction::Publish);
            }
        })
    };
    TextField {
        id: JSON_ID,
        label: "JSON text",
        kind: Kind::Lines(6),
        hint: Some(hint),
        value: &telemetry.json,
        problem: telemetry.json_problem.as_deref(),
        on_input: act.reform(TelemetryAction::JsonTyped),
        on_key_down,
    }
    .view()
}
