//! What is drawn of the list.

use super::{Console, LIST_ID};
use crate::{
    components::log::{
        EMPTY,
        row::{At, row, row_id},
    },
    state::log::Log,
    text::counted,
};
use std::ops::Range;
use yew::{Html, html};

impl Console {
    pub(super) fn list(&self, log: &Log, selected: Option<u64>, search: &str) -> Html {
        let window = self.place.window(self.top);
        let active = selected
            .filter(|number| {
                window.contains(&self.sifting.row_of(log, *number)) && log.get(*number).is_some()
            })
            .map(row_id);
        let missed = if self.follows { 0 } else { log.numbers().end.saturating_sub(self.left_at) };
        html! {
            <div class="console__frame">
                <div
                    class="log"
                    role="log"
                    aria-label="Console"
                    aria-live={if self.follows { "polite" } else { "off" }}
                >
                    <div class="row row--ruler" aria-hidden="true" ref={self.nodes.ruler.clone()}>{ "\u{a0}" }</div>
                    <div
                        class="log__list"
                        id={LIST_ID}
                        role="listbox"
                        aria-label="Messages"
                        aria-activedescendant={active}
                        tabindex="0"
                        ref={self.nodes.list.clone()}
                        onscroll={self.calls.scrolled.clone()}
                        onwheel={self.calls.wheeled.clone()}
                        onkeydown={self.calls.pressed.clone()}
                        onclick={self.calls.clicked.clone()}
                    >
                        <div class="log__space" role="presentation" ref={self.nodes.space.clone()}>
                            <div class="log__rows" role="presentation" ref={self.nodes.rows.clone()}>
                                { self.rows(log, window, selected, search) }
                            </div>
                        </div>
                    </div>
                </div>
                if self.place.rows == 0 {
                    <p class="console__empty">{ self.empty(log) }</p>
                }
                if !self.follows {
                    <button type="button" class="button button--main console__jump" onclick={self.calls.jump.clone()}>
                        { "Jump to newest" }
                        if missed > 0 {
                            { " (" }{ counted(usize::try_from(missed).unwrap_or(usize::MAX), "new", "new") }{ ")" }
                        }
                    </button>
                }
            </div>
        }
    }

    fn rows(&self, log: &Log, window: Range<usize>, selected: Option<u64>, search: &str) -> Html {
        window
            .filter_map(|place| {
                let number = self.sifting.number_at(log, place)?;
                let entry = log.get(number)?;
                let hit = !search.is_empty() && self.sifting.hits().contains(number);
                let at = At { place, of: self.place.rows, selected: selected == Some(number), hit };
                Some(row(entry, at, search))
            })
            .collect()
    }

    fn empty(&self, log: &Log) -> &'static str {
        if log.is_empty() {
            EMPTY
        } else if self.sifting.done {
            "No entry passes the filter."
        } else {
            "Filtering …"
        }
    }
}
