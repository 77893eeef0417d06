//! Owns the state: takes actions one at a time, and has the browser do what the reducer asks for.

use super::{SessionHandle, Verbs};
use crate::{
    parts,
    services::{Browser, clock, location, storage, theme},
    state::{
        Action, Effect, State,
        action::FormAction,
        early::{self, Early},
        open_devices::Summary,
        saved::SavedAction,
    },
};
use gloo::events::EventListener;
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
    /// Two windows must not overwrite what the other has saved.
    _stored: EventListener,
    /// What was done before the session's part of the program was there, in order.
    waiting: Vec<Action>,
}

/// Actions that may wait for the session's part of the program. It comes within moments or, said on the page, not at
/// all; a person does not press more by then.
const MAX_WAITING: usize = 1_000;

impl SessionProvider {
    /// Whether the state may have changed.
    fn act(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        let state = Rc::make_mut(&mut self.state);
        // Nothing overtakes what waits.
        let session = parts::session().filter(|_| self.waiting.is_empty());
        let effects = match (early::update(state, action), session) {
            (Early::Done(effects), _) => effects,
            (Early::Left(action), Some(session)) => {
                (session.update)(state, action, clock::now(self.browser.unsent_bytes()))
            }
            (Early::Left(action), None) => {
                if self.waiting.is_empty() {
                    self.browser.run(Effect::FetchPart);
                }
                let action = early::meanwhile(state, action);
                if self.waiting.len() < MAX_WAITING {
                    self.waiting.push(action);
                }
                return true;
            }
        };
        for effect in effects {
            match &ctx.props().on_effect {
                Some(watcher) => watcher.emit(effect),
                None if effect.is_about_sight() && !ctx.props().is_shown => {}
                None => self.browser.run(effect),
            }
        }
        true
    }
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
        if let Some(text) = storage::load() {
            act.emit(Action::Saved(SavedAction::Loaded(Some(text))));
        }
        let stored = {
            let act = act.clone();
            storage::watch(move |text| act.emit(Action::Saved(SavedAction::Loaded(text))))
        };
        ctx.props().on_ready.emit(act.clone());
        let state = Rc::new(State::new(theme));
        Self {
            state,
            verbs: Verbs::new(&act),
            browser: Browser::new(act),
            summary: Summary::default(),
            _stored: stored,
            waiting: Vec::new(),
        }
    }

    fn update(&mut self, ctx: &Context<Self>, action: Action) -> bool {
        if matches!(action, Action::PartCame(false)) && self.waiting.is_empty() {
            // It was fetched ahead of need; whatever needs it asks again.
            return false;
        }
        let came = matches!(action, Action::PartCame(true));
        let mut changed = self.act(ctx, action);
        if came {
            for action in std::mem::take(&mut self.waiting) {
                changed |= self.act(ctx, action);
            }
        }
        let summary = Summary::of(&self.state);
        if summary != self.summary {
            self.summary = summary.clone();
            ctx.props().on_summary.emit(summary);
        }
        changed
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &ProviderProps) -> bool {
        if ctx.props().is_shown && !before.is_shown {
            // What all devices of the page have in common may have changed meanwhile.
            Rc::make_mut(&mut self.state).theme = theme::kept();
            if let Some(text) = storage::load() {
                ctx.link().send_message(Action::Saved(SavedAction::Loaded(Some(text))));
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
