//! Owns the state: takes actions one at a time, and has the browser do what the reducer asks for.

use super::{SessionHandle, Verbs};
use crate::{
    services::{Browser, clock, location, storage, theme},
    state::{Action, Effect, State, action::FormAction, open_devices::Summary, saved::SavedAction, update},
};
use std::{fmt, rc::Rc};
use yew::{Callback, Component, Context, ContextProvider, Html, Properties, html};

/// Where effects go: to the browser, or in tests to whoever watches.
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ProviderProps {
    #[prop_or_default]
    pub children: Html,
    /// Whether the page's link is for this one.
    #[prop_or(true)]
    pub is_first: bool,
    /// Whether it is the one that the person sees: the others must not take the focus.
    #[prop_or(true)]
    pub is_shown: bool,
    /// Gets what the device's tab says, when that changes.
    #[prop_or_default]
    pub on_summary: Callback<Summary>,
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
    summary: Summary,
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
        if ctx.props().is_first {
            for (field, text) in location::prefill() {
                act.emit(Action::Form(FormAction::Typed(field, text)));
            }
        }
        act.emit(Action::Saved(SavedAction::Loaded(storage::load())));
        ctx.props().on_ready.emit(act.clone());
        let state = Rc::new(State::new(theme));
        Self { state, verbs: Verbs::new(&act), browser: Browser::new(act), summary: Summary::default() }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let effects = update(Rc::make_mut(&mut self.state), action, clock::now(self.browser.unsent_bytes()));
        for effect in effects {
            match &ctx.props().on_effect {
                Some(watcher) => watcher.emit(effect),
                None if effect.is_about_sight() && !ctx.props().is_shown => {}
                None => self.browser.run(effect),
            }
        }
        let summary = Summary::of(&self.state);
        if summary != self.summary {
            self.summary = summary.clone();
            ctx.props().on_summary.emit(summary);
        }
        true
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &ProviderProps) -> bool {
        if ctx.props().is_shown && !before.is_shown {
            // What all devices of the page have in common may have changed meanwhile.
            Rc::make_mut(&mut self.state).theme = theme::kept();
            ctx.link().send_message(Action::Saved(SavedAction::Loaded(storage::load())));
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
