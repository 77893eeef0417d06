//! The tab `Raw MQTT`: any message, and any subscription with what the server said to it.

mod message;
mod quick;
mod subscriptions;

use super::{recent::recent, select::select};
use crate::hooks::SessionHandle;
use shared::wire::QoS;
use yew::{Callback, Html, html};

pub(super) use message::{ctrl_enter, warning_line};

pub fn raw_mqtt(session: &SessionHandle) -> Html {
    let SessionHandle { state, verbs } = session;
    html! {
        <div class="stack">
            <section class="group" aria-labelledby="raw-subscriptions">
                <h2 class="group__heading" id="raw-subscriptions">{ "Subscriptions" }</h2>
                { subscriptions::form(&state.subscriptions, &verbs.subscriptions) }
                { quick::quick(&verbs.subscriptions) }
                { subscriptions::list(&state.subscriptions, &verbs.subscriptions) }
            </section>
            <section class="group" aria-labelledby="raw-message">
                <h2 class="group__heading" id="raw-message">{ "Message" }</h2>
                { message::message(session) }
                { recent(&state.raw.recent, "Last messages") }
            </section>
        </div>
    }
}

/// A choice between the two that ThingsBoard knows.
pub(super) fn qos_select(id: &'static str, qos: QoS, on_choose: &Callback<QoS>) -> Html {
    let selected = if qos == QoS::AtMostOnce { "0" } else { "1" };
    let chosen =
        on_choose.reform(|text: String| if text == "0" { QoS::AtMostOnce } else { QoS::AtLeastOnce });
    select(id, "QoS", &[("0", "0"), ("1", "1")], selected, &chosen)
}
