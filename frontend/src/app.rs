//! The page put together: its landmarks and what stands in them.

use crate::{
    components::{
        announcer::announcer,
        attributes::attributes,
        certificate_panel::certificate_panel,
        connection_form::connection_form,
        failure_card::failure_card,
        firmware::firmware,
        gateway::gateway,
        header::header,
        limits::limits,
        log::Console,
        platform::PlatformPanel,
        provision::provision,
        publish_bar::publish_bar,
        raw_mqtt::raw_mqtt,
        rpc::rpc,
        saved_devices::saved_devices,
        status::status,
        tabs::{tab_panel, tab_row},
        telemetry::telemetry,
    },
    hooks::{SessionHandle, SessionProvider, use_interval, use_session},
    state::{Tab, connection::Phase},
};
use yew::{Html, Properties, component, html};

/// Milliseconds between two looks at what counts time down.
const TICK_MS: u32 = 500;

/// The whole page.
#[component]
pub fn App() -> Html {
    html! { <SessionProvider><Page /></SessionProvider> }
}

/// The page, below a provider of the session.
#[component]
pub fn Page() -> Html {
    let session = use_session();
    let (state, verbs) = (&session.state, &session.verbs);
    use_interval(state.wants_ticks(), TICK_MS, verbs.tick.clone());
    let version = state.offer.known().map(|offer| offer.version.as_str());
    let failure = match &state.phase {
        Phase::Failed(failed) => failure_card(failed),
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Connected(_) | Phase::Reconnecting(_) => {
            Html::default()
        }
    };
    html! {
        <div class="page">
            { header(version, state.theme, &verbs.choose_theme) }
            <section class="side" aria-label="Device">
                { saved_devices(state, &verbs.saved) }
                { connection_form(state, verbs) }
            </section>
            <main class="work">
                { status(&state.phase, verbs) }
                { failure }
                { limits(&session) }
                <div class="work__area">
                    { tab_row(&state.tabs(), state.tab, &verbs.select_tab) }
                    for tab in state.tabs() {
                        <Panel key={tab.id()} {tab} session={session.clone()} />
                    }
                </div>
                { publish_bar(&session) }
            </main>
            { announcer(&state.announcement) }
        </div>
    }
}

#[derive(Clone, Debug, Properties)]
struct PanelProps {
    tab: Tab,
    session: SessionHandle,
}

/// A panel that stays hidden is not drawn again: it keeps its elements, and catches up once it is shown.
impl PartialEq for PanelProps {
    fn eq(&self, other: &Self) -> bool {
        let shown = |props: &Self| props.session.state.tab == props.tab;
        let hidden = !shown(self) && !shown(other);
        self.tab == other.tab && (hidden || self.session == other.session)
    }
}

#[component]
fn Panel(PanelProps { tab, session }: &PanelProps) -> Html {
    tab_panel(*tab, session.state.tab, panel(*tab, session))
}

fn panel(tab: Tab, session: &SessionHandle) -> Html {
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
