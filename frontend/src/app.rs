//! The page put together: its landmarks and what stands in them.

use crate::{
    components::{
        announcer::announcer,
        connection_form::connection_form,
        copy_as::copy_as,
        device_tabs::{self, device_tabs},
        header::header,
        log,
        missing_part::missing_part,
        publish_bar::publish_bar,
        saved_devices::saved_devices,
        status::status,
        tabs::{tab_panel, tab_row},
    },
    hooks::{Panels, SessionHandle, SessionProvider, use_idle, use_interval, use_panels, use_session},
    parts,
    services::focus,
    state::{
        State, Tab,
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
                focus::move_to(device_tabs::focus_id(now.0, now.1));
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
    let idle = use_idle();
    let (panels, fetch_panels) = use_panels(idle || wants_panels(state));
    let fetch_part = verbs.fetch_part.clone();
    use_effect_with(idle, move |idle| {
        if *idle && parts::session().is_none() {
            fetch_part.emit(());
        }
    });
    let version = state.offer.known().map(|offer| offer.version.as_str());
    html! {
        <div class="page">
            { header(version, devices, state.theme, &verbs.choose_theme) }
            <section class="side" aria-label="Device">
                { saved_devices(state, &verbs.saved) }
                { connection_form(state, verbs) }
            </section>
            <main class="work">
                { status(&state.phase, verbs) }
                if state.part_missing {
                    { missing_part(&state.form, &verbs.fetch_part) }
                }
                { parts::session().map_or_else(Html::default, |part| (part.trouble)(&session)) }
                <div class="work__area">
                    { tab_row(&state.tabs(), state.tab, &verbs.select_tab) }
                    for tab in state.tabs() {
                        <Panel key={tab.id()} {tab} session={session.clone()} {panels} fetch_panels={fetch_panels.clone()} />
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
    panels: Panels,
    fetch_panels: Callback<()>,
}

/// A panel that stays hidden is not drawn again: it keeps its elements, and catches up once it is shown.
impl PartialEq for PanelProps {
    fn eq(&self, other: &Self) -> bool {
        let shown = |props: &Self| props.session.state.tab == props.tab;
        let hidden = !shown(self) && !shown(other);
        self.tab == other.tab && (hidden || (self.session == other.session && self.panels == other.panels))
    }
}

#[component]
fn Panel(PanelProps { tab, session, panels, fetch_panels }: &PanelProps) -> Html {
    tab_panel(*tab, session.state.tab, panel(*tab, session, *panels, fetch_panels))
}

fn panel(tab: Tab, session: &SessionHandle, panels: Panels, fetch_panels: &Callback<()>) -> Html {
    match panels {
        Panels::There(part) => (part.panel)(tab, session),
        // What an empty console says, which most visitors see first.
        Panels::Awaited | Panels::Failed if tab == Tab::Console && session.state.log.is_empty() => html! {
            <p class="empty">{ log::EMPTY }</p>
        },
        Panels::Awaited => html! { <p class="empty" role="status">{ "Loading …" }</p> },
        Panels::Failed => missing_part(&session.state.form, fetch_panels),
    }
}

/// Whether the tabs have something to show.
fn wants_panels(state: &State) -> bool {
    state.tab != Tab::Console || !state.log.is_empty()
}
