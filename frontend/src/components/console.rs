//! The log of the session, newest at the bottom.

use super::log_entry::{LogChunk, Shared};
use crate::{
    hooks::use_follow,
    state::log::{Log, MAX_ENTRIES},
    text::{counted, grouped},
};
use yew::{Callback, Html, Properties, classes, component, html};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub log: Log,
    pub on_clear: Callback<()>,
}

#[component]
pub fn Console(Props { log, on_clear }: &Props) -> Html {
    let follow = use_follow(log.total());
    let missed = usize::try_from(log.total().saturating_sub(follow.left_at)).unwrap_or(usize::MAX);
    html! {
        <div class="console">
            <div class="console__bar">
                <span class="console__count">{ counted(log.len(), "entry", "entries") }</span>
                { dropped(log.dropped()) }
                <button type="button" class="button button--small" onclick={on_clear.reform(|_| ())}>{ "Clear" }</button>
            </div>
            <div class="console__frame">
                <div
                    class={classes!("log", follow.following.then_some("log--following"))}
                    role="log"
                    aria-label="Console"
                    tabindex="0"
                    ref={follow.node.clone()}
                    onscroll={follow.on_scroll.clone()}
                    onwheel={follow.on_wheel.clone()}
                >
                    for chunk in log.chunks() {
                        <LogChunk key={chunk.first()} chunk={Shared(chunk.clone())} />
                    }
                </div>
                if log.is_empty() {
                    <p class="console__empty">
                        { "Nothing yet. Connect, or press Run the example: every message, sent or received, appears here." }
                    </p>
                }
                if !follow.following {
                    <button
                        type="button"
                        class="button button--main console__jump"
                        onclick={follow.jump.reform(|_| ())}
                    >
                        { "Jump to newest" }
                        if missed > 0 {
                            { format!(" ({} new)", grouped(missed)) }
                        }
                    </button>
                }
            </div>
        </div>
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
