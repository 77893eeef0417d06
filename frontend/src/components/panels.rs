//! What stands in the tabs: fetched when it is first needed.

use super::{
    attributes::attributes, certificate_panel::certificate_panel, firmware::firmware, gateway::gateway,
    log::Console, platform::PlatformPanel, provision::provision, raw_mqtt::raw_mqtt, rpc::rpc,
    telemetry::telemetry,
};
use crate::{hooks::SessionHandle, state::Tab};
use yew::{Html, html};

pub fn panel(tab: Tab, session: &SessionHandle) -> Html {
    let SessionHandle { state, verbs } = session;
    match tab {
        Tab::Console => html! { <Console session={session.clone()} /> },
        Tab::Telemetry => telemetry(session),
        Tab::Attributes => attributes(session),
        Tab::Rpc => rpc(session),
        Tab::Firmware => firmware(session),
        Tab::Provision => provision(session),
        Tab::Gateway => gateway(session),
        Tab::RawMqtt => raw_mqtt(session),
        Tab::Certificate => certificate_panel(state, &verbs.certificate),
        Tab::Platform => {
            html! { <PlatformPanel shown={state.tab == Tab::Platform} session={session.clone()} /> }
        }
    }
}
