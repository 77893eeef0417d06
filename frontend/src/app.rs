//! The page put together: its landmarks and what stands in them.

use crate::{
    components::{
        announcer::Announcer,
        certificate_panel::CertificatePanel,
        connection_form::ConnectionForm,
        console::Console,
        failure_card::FailureCard,
        header::Header,
        platform::PlatformPanel,
        publish_bar::PublishBar,
        raw_mqtt::RawMqtt,
        status::Status,
        tabs::{TabPanel, Tabs},
    },
    hooks::{SessionProvider, use_session},
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
    let failed = match &state.phase {
        Phase::Failed(failed) => Some(failed.clone()),
        Phase::Disconnected { .. } | Phase::Connecting(_) | Phase::Connected(_) | Phase::Reconnecting(_) => {
            None
        }
    };
    let version = state.offer.known().map(|offer| offer.version.clone());
    html! {
        <div class="page">
            <Header {version} theme={state.theme} on_theme={verbs.choose_theme.clone()} />
            <section class="side" aria-label="Device">
                <ConnectionForm />
            </section>
            <main class="work">
                <Status
                    phase={state.phase.clone()}
                    on_reconnect={verbs.reconnect_now.clone()}
                    on_disconnect={verbs.disconnect.clone()}
                />
                if let Some(failed) = failed {
                    <FailureCard failed={*failed} />
                }
                <div class="work__area">
                    <Tabs tabs={state.tabs()} selected={state.tab} on_select={verbs.select_tab.clone()} />
                    <TabPanel tab={Tab::Console} selected={state.tab}>
                        <Console log={state.log.clone()} on_clear={verbs.clear_log.clone()} />
                    </TabPanel>
                    <TabPanel tab={Tab::RawMqtt} selected={state.tab}>
                        <RawMqtt subscriptions={state.subscriptions.clone()} act={verbs.subscriptions.clone()} />
                    </TabPanel>
                    <TabPanel tab={Tab::Certificate} selected={state.tab}>
                        <CertificatePanel phase={state.phase.clone()} />
                    </TabPanel>
                    if state.offer.has_demo() {
                        <TabPanel tab={Tab::Platform} selected={state.tab}>
                            <PlatformPanel shown={state.tab == Tab::Platform} />
                        </TabPanel>
                    }
                </div>
                <PublishBar form={state.publish.clone()} act={verbs.publish.clone()} />
            </main>
            <Announcer announcement={state.announcement.clone()} />
        </div>
    }
}
