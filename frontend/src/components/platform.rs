//! The tab `Platform` of the demo: what ThingsBoard sees of this device and what it can do to it.

mod attributes;
mod children;
mod commands;
mod device;
mod package;
mod rpc;
mod trouble;

use crate::{
    hooks::{SessionHandle, use_interval},
    state::{State, platform::PlatformAction},
};
use attributes::{client_attributes, shared_attributes};
use children::{children, target};
use commands::commands;
use device::device;
use package::package;
use rpc::rpc;
use trouble::{faults, rates};
use yew::{Html, Properties, component, html};

/// Milliseconds between two looks.
const REFRESH_MS: u32 = 1_000;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    /// Whether the tab is selected: only then it asks.
    pub shown: bool,
    pub session: SessionHandle,
}

#[component]
pub fn PlatformPanel(Props { shown, session }: &Props) -> Html {
    let (platform, verbs) = (&session.state.platform, &session.verbs);
    let act = &verbs.platform;
    use_interval(*shown, REFRESH_MS, act.reform(|()| PlatformAction::Refresh));
    if let Some(endpoint) = elsewhere(&session.state) {
        return html! {
            <div class="stack">
                <p class="empty">
                    { format!("This tab shows the demo's ThingsBoard only. You are connected to {endpoint}.") }
                    if platform.demo.is_none() {
                        { " If that is the demo, press Use the demo device once." }
                    }
                </p>
            </div>
        };
    }
    let problem =
        platform.problem.as_ref().map(|problem| html! { <p class="notice notice--bad">{ problem }</p> });
    let Some(view) = &platform.view else {
        return html! {
            <div class="stack">
                { problem }
                <p class="empty">
                    { "Here is what the demo's own ThingsBoard sees of this device. Press Use the demo device, then Connect." }
                </p>
            </div>
        };
    };
    html! {
        <div class="stack platform">
            { problem }
            { device(view, platform.read_at_ms, act) }
            { children(view, platform.read_at_ms) }
            { target(view, platform.target.as_ref(), act) }
            <div class="platform__columns">
                { rpc(platform, act) }
                { shared_attributes(platform.target_attributes(view), platform, act) }
                { package(platform, view, act) }
                { faults(platform, view, act) }
                { rates(platform, view, act) }
            </div>
            { commands(&platform.commands) }
            { client_attributes(&view.client_attributes) }
        </div>
    }
}

/// The server that is connected, when it is not the demo.
fn elsewhere(state: &State) -> Option<String> {
    let dial = state.phase.dial()?;
    state.platform.token_for(dial).is_none().then(|| dial.endpoint.to_string())
}
