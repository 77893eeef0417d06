//! Owns the state: takes actions one at a time, and has the browser do what the reducer asks for.

use super::{SessionHandle, Verbs};
use crate::{
    services::{Browser, clock, location, storage, theme},
    state::{Action, Effect, State, action::FormAction, saved::SavedAction, update},
};
use std::{fmt, rc::Rc};
use yew::{Callback, Component, Context, ContextProvider, Html, Properties, html};

/// Where effects go: to the browser, or in tests to whoever watches.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ProviderProps {
    #[prop_or_default]
    pub children: Html,
    /// Takes the effects in place of the browser.
    #[prop_or_default]
    pub on_effect: Option<Callback<Effect>>,
    /// Gets the way to act from outside, once.
    #[prop_or_default]
    pub on_ready: Callback<Callback<Action>>,
}

/// See the module.
pub struct SessionProvider {
    state: Rc<State>,
    verbs: Verbs,
    browser: Browser,
}

impl fmt::Debug for SessionProvider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SessionProvider").finish_non_exhaustive()
    }
}

impl Component for SessionProvider {
    type Message = Action;
    type Properties = ProviderProps;

    fn create(ctx: &Context<Self>) -> Self {
        let act = ctx.link().callback(|action| action);
        let theme = theme::kept();
        theme::apply(theme);
        act.emit(Action::Started);
        for (field, text) in location::prefill() {
            act.emit(Action::Form(FormAction::Typed(field, text)));
        }
        act.emit(Action::Saved(SavedAction::Loaded(storage::load())));
        ctx.props().on_ready.emit(act.clone());
        let state = Rc::new(State::new(theme));
        Self { state, verbs: Verbs::new(&act), browser: Browser::new(act) }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let effects = update(Rc::make_mut(&mut self.state), action, clock::now(self.browser.unsent_bytes()));
        for effect in effects {
            match &ctx.props().on_effect {
                Some(watcher) => watcher.emit(effect),
                None => self.browser.run(effect),
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let handle = SessionHandle { state: self.state.clone(), verbs: self.verbs.clone() };
        html! {
            <ContextProvider<SessionHandle> context={handle}>
                { ctx.props().children.clone() }
            </ContextProvider<SessionHandle>>
        }
    }
}
