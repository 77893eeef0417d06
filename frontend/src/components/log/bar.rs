//! The line above the log: what is counted, pause, search, and the ways to filter and bounds.

use super::list::{LIST_ID, SEARCH_ID};
use crate::{
    components::{copy_as::CopySession, field::typed},
    hooks::Verbs,
    services::list,
    state::{
        State,
        log::{LogAction, view::SETTINGS_ID},
    },
    text::{counted, grouped, size},
};
use web_sys::KeyboardEvent;
use yew::{Callback, Html, html};

/// What the list knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub(super) shown: usize,
    /// How far filter and search have come, while they have not looked at everything.
    pub(super) percent: Option<usize>,
    pub(super) hits: usize,
    /// Which of them is chosen, from 0.
    pub(super) hit: Option<usize>,
}

pub(super) fn bar(state: &State, verbs: &Verbs, bar: &Bar, seek: &Callback<bool>) -> Html {
    let view = &state.log_view;
    let paused = view.paused.is_some();
    let filters = !view.typed.is_empty();
    let on = |action: LogAction| verbs.log.reform(move |_: yew::MouseEvent| action.clone());
    html! {
        <div class="console__bar">
            { counters(state, bar) }
            <div class="console__tools">
                { search_box(&view.search, bar, &verbs.log, seek) }
                <button type="button" class="button button--small" onclick={on(LogAction::TogglePause)}>
                    if paused {
                        { "Resume" }
                        { " (" }{ grouped(usize::try_from(view.missed(&state.log)).unwrap_or(usize::MAX)) }{ " new)" }
                    } else {
                        { "Pause" }
                    }
                </button>
                <button
                    type="button"
                    class="button button--small"
                    aria-expanded={expanded(view.filter_shown)}
                    onclick={on(LogAction::ToggleFilter)}
                >
                    { if filters { "Filter (on)" } else { "Filter" } }
                </button>
                <button
                    type="button"
                    class="button button--small"
                    id={SETTINGS_ID}
                    aria-expanded={expanded(view.settings.is_some())}
                    onclick={on(LogAction::ToggleSettings)}
                >
                    { "Log size" }
                </button>
                <CopySession />
                <button type="button" class="button button--small" onclick={verbs.clear_log.reform(|_| ())}>
                    { "Clear" }
                </button>
            </div>
        </div>
    }
}

fn expanded(yes: bool) -> &'static str {
    if yes { "true" } else { "false" }
}

fn counters(state: &State, bar: &Bar) -> Html {
    let counts = state.log.counts();
    let count = |number: u64, what: &'static str| {
        html! { <li>{ grouped(usize::try_from(number).unwrap_or(usize::MAX)) }{ " " }{ what }</li> }
    };
    let bounds = state.log.bounds();
    let dropped = (counts.dropped > 0).then_some("console__dropped");
    let most = format!("At most {} entries and {} are held", grouped(bounds.entries), size(bounds.bytes));
    html! {
        <ul class="console__counts" aria-label="Counters">
            { count(counts.received, "received") }
            { count(counts.sent, "sent") }
            { count(bar.shown as u64, "shown") }
            <li class={dropped} title={most}>{ counted(usize::try_from(counts.dropped).unwrap_or(usize::MAX), "dropped", "dropped") }</li>
            <li>{ size(state.log.bytes()) }{ " held" }</li>
            if let Some(percent) = bar.percent {
                <li>{ "looking through: " }{ percent }{ " %" }</li>
            }
        </ul>
    }
}

fn search_box(search: &str, bar: &Bar, on: &Callback<LogAction>, seek: &Callback<bool>) -> Html {
    let on_key_down = {
        let (on, seek) = (on.clone(), seek.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" => seek.emit(event.shift_key()),
            "Escape" => {
                event.prevent_default();
                on.emit(LogAction::Searched(String::new()));
                list::focus(LIST_ID);
            }
            _ => {}
        })
    };
    let position = match bar.hit {
        _ if search.is_empty() => String::new(),
        Some(hit) => format!("{} of {}", grouped(hit + 1), grouped(bar.hits)),
        None if bar.hits == 0 && bar.percent.is_none() => "not found".to_owned(),
        None => format!("{} found", grouped(bar.hits)),
    };
    let step = |back: bool, name: &'static str, sign: &'static str| {
        html! {
            <button
                type="button"
                class="button button--small"
                aria-label={name}
                onclick={seek.reform(move |_| back)}
            >
                { sign }
            </button>
        }
    };
    html! {
        <div class="console__search" role="search" aria-label="Log">
            <input
                class="input input--small"
                type="search"
                id={SEARCH_ID}
                aria-label="Search the log"
                placeholder="Search ( / )"
                value={search.to_owned()}
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                oninput={typed(&on.reform(LogAction::Searched))}
                onkeydown={on_key_down}
            />
            <span class="console__position" role="status" aria-label="Search result">{ position }</span>
            if !search.is_empty() {
                { step(true, "Previous match", "↑") }
                { step(false, "Next match", "↓") }
            }
        </div>
    }
}
