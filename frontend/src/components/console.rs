//! The log of the session, newest at the bottom. Some hundred entries are drawn at a time.

use super::log_entry::{LogChunk, Shared};
use crate::{
    hooks::{Follow, Seam, Stand, use_follow},
    state::log::{Chunk, Log, MAX_ENTRIES, Window},
    text::{counted, grouped},
};
use std::rc::Rc;
use yew::{Callback, Html, MouseEvent, Properties, classes, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub log: Log,
    pub on_clear: Callback<()>,
}

#[component]
pub fn Console(Props { log, on_clear }: &Props) -> Html {
    let follow = use_follow(log.total());
    let window = match follow.stand {
        None => Window::newest(log),
        Some(stand) => Window::held(log, stand.left_at, stand.earlier),
    };
    follow.ends_with_newest(window.reaches_newest());
    let missed = follow.stand.map_or(0, |stand| log.total().saturating_sub(stand.left_at));
    html! {
        <div class="console">
            <div class="console__bar">
                <span class="console__count">{ counted(log.len(), "entry", "entries") }</span>
                { dropped(log.dropped()) }
                { turn_pages(log, &window, &follow) }
                <button type="button" class="button button--small" onclick={on_clear.reform(|_| ())}>{ "Clear" }</button>
            </div>
            <div class="console__frame">
                <div
                    class={classes!("log", follow.stand.is_none().then_some("log--following"))}
                    role="log"
                    aria-label="Console"
                    tabindex="0"
                    ref={follow.node.clone()}
                    onscroll={follow.on_scroll.clone()}
                    onwheel={follow.on_wheel.clone()}
                >
                    <div>
                        for chunk in window.of(log) {
                            <LogChunk key={chunk.first()} chunk={Shared(chunk.clone())} />
                        }
                    </div>
                </div>
                if log.is_empty() {
                    <p class="console__empty">
                        { "Nothing yet. Connect, or press Run the example: every message, sent or received, appears here." }
                    </p>
                }
                if follow.stand.is_some() {
                    <button
                        type="button"
                        class="button button--main console__jump"
                        onclick={follow.jump.clone()}
                    >
                        { "Jump to newest" }
                        if missed > 0 {
                            { format!(" ({} new)", grouped(usize::try_from(missed).unwrap_or(usize::MAX))) }
                        }
                    </button>
                }
            </div>
        </div>
    }
}

/// The ways to entries that are not drawn, with where those drawn stand.
fn turn_pages(log: &Log, window: &Window, follow: &Follow) -> Html {
    let Some((first, last)) = window.bounds(log) else { return Html::default() };
    let turn = |by: isize, seam: Option<&Rc<Chunk>>, is_next: bool| {
        let stand = follow.stand.unwrap_or(Stand { left_at: log.total(), ..Stand::default() });
        let seam = seam.map(|chunk| Seam { first: chunk.first(), is_next });
        let stand = Stand { earlier: stand.earlier + by, seam, ..stand };
        let follow = follow.clone();
        Callback::from(move |_: MouseEvent| follow.read_at(stand))
    };
    let earlier = turn(window.step_back(), window.of(log).next(), false);
    let later = turn(-window.step_on(), window.next(log), true);
    html! {
        <>
            <span>{ format!("shown: {} to {}", grouped(first), grouped(last)) }</span>
            <button
                type="button"
                class="button button--small"
                aria-disabled={window.reaches_oldest().then_some("true")}
                onclick={earlier}
            >
                { "Show earlier" }
            </button>
            if !window.reaches_newest() {
                <button type="button" class="button button--small" onclick={later}>{ "Show later" }</button>
            }
        </>
    }
}

fn dropped(count: u64) -> Html {
    if count == 0 {
        return Html::default();
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    html! {
        <span class="console__dropped">
            { format!("{} older dropped (at most {} are kept)", grouped(count), grouped(MAX_ENTRIES)) }
        </span>
    }
}
