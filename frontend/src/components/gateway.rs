//! The tab `Gateway`: the devices behind this one, what is sent for them and what comes for them.

mod calls;
mod children;
mod device;
mod fields;

use super::listen::listen;
use crate::{
    hooks::SessionHandle,
    state::gateway::{FILTERS, GatewayAction},
};
use yew::{Html, html};

pub fn gateway(session: &SessionHandle) -> Html {
    let SessionHandle { state, verbs } = session;
    let (tab, act) = (&state.gateway, &verbs.gateway);
    let [attributes, responses, calls] = FILTERS;
    html! {
        <div class="stack gateway">
            <div class="gateway__listen">
                { listen(session, attributes, "attributes of devices") }
                { listen(session, responses, "answers to requests") }
                { listen(session, calls, "RPC for devices") }
            </div>
            <div aria-live="polite">
                if tab.is_silent {
                    <p class="notice notice--warn">
                        { "The server has acknowledged nothing of this for 5 seconds. ThingsBoard says nothing at all to a \
                           device that is no gateway: open the device in ThingsBoard, Device details, tick Is gateway, \
                           then disconnect and connect again." }
                    </p>
                }
            </div>
            { children::connect(tab, act) }
            { children::table(tab, act) }
            { device::device(tab, act) }
            { calls::calls(tab, act) }
            <p class="field__hint">{ PAYLOADS }</p>
        </div>
    }
}

const PAYLOADS: &str = "A gateway speaks JSON here. Any mention of a device connects it.";

/// A form's submit.
fn on_submit(act: &yew::Callback<GatewayAction>, action: GatewayAction) -> yew::Callback<yew::SubmitEvent> {
    act.reform(move |event: yew::SubmitEvent| {
        event.prevent_default();
        action.clone()
    })
}
