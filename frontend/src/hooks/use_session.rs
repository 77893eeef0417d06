//! The state of the page and the verbs that change it, for every component below the provider.

mod provider;

use crate::state::{
    Action, State, Tab, Theme,
    action::{CertificateAction, FormAction, PublishAction, SubscriptionAction},
    attributes::AttributesAction,
    copy_as::CopyAsAction,
    dialect::DialectAction,
    firmware::FirmwareAction,
    gateway::GatewayAction,
    limits::LimitsAction,
    log::LogAction,
    platform::PlatformAction,
    provision::ProvisionAction,
    rpc::RpcAction,
    saved::SavedAction,
    telemetry::TelemetryAction,
};
use std::rc::Rc;
use yew::{Callback, hook, use_context};

pub use provider::{ProviderProps, SessionProvider};

/// The state as it was drawn, and the ways to change it.
#[derive(Clone, Debug)]
pub struct SessionHandle {
    pub state: Rc<State>,
    pub verbs: Verbs,
}

/// Compared by where the state lies: the provider, which keeps what it last gave out, changes a copy.
impl PartialEq for SessionHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.state, &other.state) && self.verbs == other.verbs
    }
}

/// What can be done. Made once, so that equal callbacks are the same callback and a component is drawn
/// again only for what it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Verbs {
    pub connect: Callback<()>,
    pub tick: Callback<()>,
    pub fetch_part: Callback<()>,
    pub disconnect: Callback<()>,
    pub reconnect_now: Callback<()>,
    pub run_example: Callback<()>,
    pub use_demo_device: Callback<()>,
    pub clear_log: Callback<()>,
    pub log: Callback<LogAction>,
    pub edit_form: Callback<FormAction>,
    pub publish: Callback<PublishAction>,
    pub raw: Callback<PublishAction>,
    pub subscriptions: Callback<SubscriptionAction>,
    pub dialect: Callback<DialectAction>,
    pub telemetry: Callback<TelemetryAction>,
    pub attributes: Callback<AttributesAction>,
    pub rpc: Callback<RpcAction>,
    pub firmware: Callback<FirmwareAction>,
    pub provision: Callback<ProvisionAction>,
    pub gateway: Callback<GatewayAction>,
    pub limits: Callback<LimitsAction>,
    pub platform: Callback<PlatformAction>,
    pub saved: Callback<SavedAction>,
    pub certificate: Callback<CertificateAction>,
    pub copy_as: Callback<CopyAsAction>,
    pub select_tab: Callback<Tab>,
    pub choose_theme: Callback<Theme>,
}

impl Verbs {
    /// Verbs that end in `act`.
    #[must_use]
    pub fn new(act: &Callback<Action>) -> Self {
        Self {
            connect: act.reform(|()| Action::Connect),
            tick: act.reform(|()| Action::Tick),
            fetch_part: act.reform(|()| Action::PartAsked),
            disconnect: act.reform(|()| Action::Disconnect),
            reconnect_now: act.reform(|()| Action::ReconnectNow),
            run_example: act.reform(|()| Action::RunExample),
            use_demo_device: act.reform(|()| Action::UseDemoDevice),
            clear_log: act.reform(|()| Action::ClearLog),
            log: act.reform(Action::Log),
            edit_form: act.reform(Action::Form),
            publish: act.reform(Action::Publish),
            raw: act.reform(Action::Raw),
            subscriptions: act.reform(Action::Subscriptions),
            dialect: act.reform(Action::Dialect),
            telemetry: act.reform(Action::Telemetry),
            attributes: act.reform(Action::Attributes),
            rpc: act.reform(Action::Rpc),
            firmware: act.reform(Action::Firmware),
            provision: act.reform(Action::Provision),
            gateway: act.reform(Action::Gateway),
            limits: act.reform(Action::Limits),
            platform: act.reform(Action::Platform),
            saved: act.reform(Action::Saved),
            certificate: act.reform(Action::Certificate),
            copy_as: act.reform(Action::CopyAs),
            select_tab: act.reform(Action::SelectTab),
            choose_theme: act.reform(Action::ChooseTheme),
        }
    }
}

/// The session of the provider above. Outside of one the state is the one at the start, and nothing
/// that is done has an effect.
#[hook]
pub fn use_session() -> SessionHandle {
    use_context::<SessionHandle>()
        .unwrap_or_else(|| SessionHandle { state: Rc::default(), verbs: Verbs::new(&Callback::noop()) })
}
