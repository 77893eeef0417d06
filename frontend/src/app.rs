//! The page put together: its landmarks and what stands in them.

use crate::{
    components::{
        announcer::announcer,
        certificate_panel::certificate_panel,
        connection_form::connection_form,
        console::Console,
        failure_card::failure_card,
        header::header,
        platform::PlatformPanel,
        publish_bar::publish_bar,
        raw_mqtt::raw_mqtt,
        status::status,
        tabs::{tab_panel, tab_row},
    },
    hooks::{SessionHandle, SessionProvider, use_session},
    state::{Tab, connection::Phase},
};
use yew::{Html, component, html};

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
                { connection_form(state, verbs) }
            </section>
            <main class="work">
                { status(&state.phase, verbs) }
                { failure }
                <div class="work__area">
                    { tab_row(&state.tabs(), state.tab, &verbs.select_tab) }
                    for tab in state.tabs() {
                        { tab_panel(tab, state.tab, panel(tab, &session)) }
                    }
                </div>
                { publish_bar(&state.publish, &verbs.publish) }
            </main>
            { announcer(&state.announcement) }
        </div>
    }
}

fn panel(tab: Tab, SessionHandle { state, verbs }: &SessionHandle) -> Html {
    match tab {
        Tab::Console => html! { <Console log={state.log.clone()} on_clear={verbs.clear_log.clone()} /> },
        Tab::RawMqtt => raw_mqtt(&state.subscriptions, &verbs.subscriptions),
        Tab::Certificate => certificate_panel(state, &verbs.certificate),
        Tab::Platform => html! { <PlatformPanel shown={state.tab == Tab::Platform} /> },
    }
}
