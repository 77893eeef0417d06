//! The state of the page and the verbs that change it, for every component below the provider.

mod provider;

use crate::state::{
    Action, State, Tab, Theme,
    action::{CertificateAction, FormAction, PublishAction, SubscriptionAction},
    platform::PlatformAction,
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
    pub disconnect: Callback<()>,
    pub reconnect_now: Callback<()>,
    pub run_example: Callback<()>,
    pub use_demo_device: Callback<()>,
    pub clear_log: Callback<()>,
    pub edit_form: Callback<FormAction>,
    pub publish: Callback<PublishAction>,
    pub subscriptions: Callback<SubscriptionAction>,
    pub platform: Callback<PlatformAction>,
    pub certificate: Callback<CertificateAction>,
    pub select_tab: Callback<Tab>,
    pub choose_theme: Callback<Theme>,
}

impl Verbs {
    /// Verbs that end in `act`.
    #[must_use]
    pub fn new(act: &Callback<Action>) -> Self {
        Self {
            connect: act.reform(|()| Action::Connect),
            disconnect: act.reform(|()| Action::Disconnect),
            reconnect_now: act.reform(|()| Action::ReconnectNow),
            run_example: act.reform(|()| Action::RunExample),
            use_demo_device: act.reform(|()| Action::UseDemoDevice),
            clear_log: act.reform(|()| Action::ClearLog),
            edit_form: act.reform(Action::Form),
            publish: act.reform(Action::Publish),
            subscriptions: act.reform(Action::Subscriptions),
            platform: act.reform(Action::Platform),
            certificate: act.reform(Action::Certificate),
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
