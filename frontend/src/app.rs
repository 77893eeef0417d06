//! The page put together: its landmarks and what stands in them.

use crate::{
    components::{
        announcer::announcer,
        attributes::attributes,
        certificate_panel::certificate_panel,
        connection_form::connection_form,
        copy_as::copy_as,
        device_tabs::{self, device_tabs},
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
    services::focus,
    state::{
        Tab,
        connection::Phase,
        open_devices::{DeviceId, OpenDevices, OpenDevicesAction},
    },
};
use std::rc::Rc;
use yew::{
    Callback, Html, Properties, Reducible, component, html, use_callback, use_effect_with, use_mut_ref,
    use_reducer,
};

/// Milliseconds between two looks at what counts time down.
const TICK_MS: u32 = 500;

/// The whole page.
#[component]
pub fn App() -> Html {
    let open = use_reducer(Devices::default);
    let act = {
        let dispatcher = open.dispatcher();
        use_callback((), move |action: OpenDevicesAction, ()| dispatcher.dispatch(action))
    };
    {
        // Adding and closing move the focus to the tab that is shown now.
        let (count, shown) = (open.0.list().len(), open.0.shown());
        let before = use_mut_ref(|| (count, shown));
        use_effect_with((count, shown), move |now| {
            if std::mem::replace(&mut *before.borrow_mut(), *now) != *now {
                focus::move_to(device_tabs::tab_id(now.1));
            }
        });
    }
    html! {
        for (id, _) in open.0.list() {
            <Device
                key={*id}
                id={*id}
                is_shown={*id == open.0.shown()}
                devices={device_tabs(&open.0, &act)}
                act={act.clone()}
            />
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Devices(OpenDevices);

impl Reducible for Devices {
    type Action = OpenDevicesAction;

    fn reduce(self: Rc<Self>, action: OpenDevicesAction) -> Rc<Self> {
        let mut open = self.0.clone();
        open.update(action);
        Rc::new(Self(open))
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
struct DeviceProps {
    id: DeviceId,
    is_shown: bool,
    devices: Html,
    act: Callback<OpenDevicesAction>,
}

/// One open device. Only the one that is shown is drawn; the others go on.
#[component]
fn Device(DeviceProps { id, is_shown, devices, act }: &DeviceProps) -> Html {
    let on_summary = {
        let id = *id;
        use_callback(act.clone(), move |summary, act| act.emit(OpenDevicesAction::Summarised(id, summary)))
    };
    html! {
        <SessionProvider is_first={*id == 1} is_shown={*is_shown} {on_summary}>
            <Ticker />
            if *is_shown {
                <Page devices={devices.clone()} />
            }
        </SessionProvider>
    }
}

/// Lets time pass for a device, whether it is shown or not.
#[component]
pub fn Ticker() -> Html {
    let session = use_session();
    use_interval(session.state.wants_ticks(), TICK_MS, session.verbs.tick.clone());
    Html::default()
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PageProps {
    /// The tabs of the devices that are open.
    #[prop_or_default]
    pub devices: Html,
}

/// The page, below a provider of the session.
#[component]
pub fn Page(PageProps { devices }: &PageProps) -> Html {
    let session = use_session();
    let (state, verbs) = (&session.state, &session.verbs);
    let version = state.offer.known().map(|offer| offer.version.as_str());
    let failure = match &state.phase {
        Phase::Failed(failed) => failure_card(failed),
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Connected(_) | Phase::Reconnecting(_) => {
            Html::default()
        }
    };
    html! {
        <div class="page">
            { header(version, devices, state.theme, &verbs.choose_theme) }
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
            { copy_as(&state.copy_as, &verbs.copy_as) }
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
