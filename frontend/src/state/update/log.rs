//! The actions of the console.

use crate::{
    inspect::{hex::base64, json::Document},
    state::{
        Effect, State,
        log::{
            Entry, LogAction, LogView,
            filter::Typed,
            view::{Bound, SETTINGS_ID, Settings, copied_words},
        },
    },
};
use std::rc::Rc;

pub(super) fn clear(state: &mut State) {
    state.log.clear();
    let view = &mut state.log_view;
    (view.paused, view.selected, view.opened) = (None, None, false);
}

pub(super) fn update(state: &mut State, action: LogAction, effects: &mut Vec<Effect>) {
    let view = &mut state.log_view;
    match action {
        LogAction::Typed(field, text) => {
            view.typed.set(field, text);
            view.rule = Rc::new(view.typed.rule());
        }
        LogAction::Chosen(direction) => {
            view.typed.direction = direction;
            view.rule = Rc::new(view.typed.rule());
        }
        LogAction::ToggleFilter => view.filter_shown = !view.filter_shown,
        LogAction::ClearFilter => (view.typed, view.rule) = (Typed::default(), Rc::default()),
        LogAction::Searched(text) => view.search = text,
        LogAction::TogglePause => {
            let paused = view.paused.take();
            view.paused = paused.is_none().then(|| Rc::new(state.log.clone()));
        }
        LogAction::Select(number) => choose(view, number, view.opened),
        LogAction::Open(number) => choose(view, Some(number), true),
        LogAction::Close if view.opened => view.opened = false,
        LogAction::Close => view.selected = None,
        LogAction::Shape(form) => view.form = form,
        LogAction::ToggleSettings => {
            let shown = view.settings.take();
            view.settings = shown.is_none().then(|| Settings::of(state.log.bounds()));
        }
        LogAction::Bound(bound, text) => {
            if let Some(settings) = &mut view.settings {
                settings.set(bound, text);
            }
        }
        LogAction::ApplyBounds => apply_bounds(state, effects),
        LogAction::Copy(number) => {
            if let Some(entry) = entry(state, number) {
                effects.push(Effect::CopyEntry(copied(&entry)));
            }
        }
        LogAction::Save(number) => {
            if let Some(entry) = entry(state, number) {
                effects.push(saved(&entry));
            }
        }
        LogAction::Copied(taken) => {
            view.copied = Some(taken);
            state.announce(copied_words(taken));
        }
    }
}

fn choose(view: &mut LogView, number: Option<u64>, opened: bool) {
    if view.selected != number {
        view.copied = None;
    }
    (view.selected, view.opened) = (number, opened && number.is_some());
}

fn apply_bounds(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(settings) = &mut state.log_view.settings else { return };
    match settings.bounds() {
        Some(bounds) => {
            state.log.set_bounds(bounds);
            state.log_view.settings = None;
            effects.push(Effect::Focus(SETTINGS_ID));
        }
        None => {
            settings.refused = true;
            let wrong = if settings.problem(Bound::Entries).is_some() { Bound::Entries } else { Bound::Mibs };
            effects.push(Effect::Focus(wrong.id()));
        }
    }
}

/// From the log that is drawn: a paused one may hold what the other has let go.
fn entry(state: &State, number: u64) -> Option<Rc<Entry>> {
    state.log_view.shown(&state.log).get(number).cloned()
}

/// All of it: text as it is, other bytes as base64.
fn copied(entry: &Entry) -> String {
    match (entry.content.text(), entry.content.message()) {
        (Some(text), _) => text.to_owned(),
        (None, Some((_, payload))) => base64(payload.as_bytes()),
        (None, None) => String::new(),
    }
}

fn saved(entry: &Entry) -> Effect {
    let kind = match entry.content.text() {
        Some(text) if Document::read(text).is_some() => "json",
        Some(_) => "txt",
        None => "bin",
    };
    let bytes = match entry.content.message() {
        Some((_, payload)) => payload.as_bytes().to_vec(),
        None => entry.content.text().unwrap_or_default().as_bytes().to_vec(),
    };
    Effect::Save { name: format!("message-{}.{kind}", entry.number), bytes }
}
