//! The keys and clicks that lead through the list.

use super::Console;
use crate::state::log::LogAction;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};
use yew::Context;

/// How far a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Rows(isize),
    Pages(isize),
    First,
    Last,
    Open,
    Close,
}

impl Console {
    /// Chooses the entry at a row and brings it into sight.
    fn choose(&mut self, ctx: &Context<Self>, row: usize) {
        let session = &ctx.props().session;
        let log = session.state.log_view.shown(&session.state.log);
        let Some(number) = self.sifting.number_at(log, row) else { return };
        if row + 1 == self.place.rows {
            self.follows = true;
        } else if let Some(top) = self.place.reveal(row, self.top) {
            self.leave(ctx, top);
        } else if self.follows {
            self.leave(ctx, self.top);
        }
        session.verbs.log.emit(LogAction::Select(Some(number)));
    }

    pub(super) fn step(&mut self, ctx: &Context<Self>, step: Step) -> bool {
        let session = &ctx.props().session;
        let (view, log) = (&session.state.log_view, session.state.log_view.shown(&session.state.log));
        let last = self.place.rows.saturating_sub(1);
        let from = view.selected.map(|number| self.sifting.row_of(log, number).min(last));
        let to = match step {
            Step::Open => {
                if let Some(number) = view.selected {
                    session.verbs.log.emit(LogAction::Open(number));
                }
                return false;
            }
            Step::Close => {
                session.verbs.log.emit(LogAction::Close);
                return false;
            }
            Step::First => 0,
            Step::Last => last,
            // From nowhere, a key leads to the newest in sight.
            Step::Rows(by) => {
                from.map_or_else(|| self.newest_in_sight(), |row| row.saturating_add_signed(by))
            }
            Step::Pages(by) => {
                let by = by * self.place.page().cast_signed();
                from.unwrap_or_else(|| self.newest_in_sight()).saturating_add_signed(by)
            }
        };
        self.choose(ctx, to.min(last));
        true
    }

    fn newest_in_sight(&self) -> usize {
        self.place.row_at(self.top + self.view_px - self.row_px).0
    }

    pub(super) fn hit(&self, selected: Option<u64>) -> Option<usize> {
        let number = selected.filter(|number| self.sifting.hits().contains(*number))?;
        Some(self.sifting.hits().place_of(number))
    }

    pub(super) fn seek(&mut self, ctx: &Context<Self>, back: bool) -> bool {
        let session = &ctx.props().session;
        let (view, log) = (&session.state.log_view, session.state.log_view.shown(&session.state.log));
        let hits = self.sifting.hits();
        let Some(last) = hits.len().checked_sub(1) else { return false };
        let place = match view.selected {
            None => last,
            Some(number) if back => hits.place_of(number).checked_sub(1).unwrap_or(last),
            Some(number) => Some(hits.place_of(number + 1)).filter(|place| *place <= last).unwrap_or(0),
        };
        let Some(number) = hits.at(place) else { return false };
        let row = self.sifting.row_of(log, number);
        self.choose(ctx, row);
        true
    }
}

/// What a key asks for. Keys that the list answers do nothing else.
pub(super) fn step(event: &KeyboardEvent) -> Option<Step> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let step = match event.key().as_str() {
        "ArrowDown" => Step::Rows(1),
        "ArrowUp" => Step::Rows(-1),
        "PageDown" => Step::Pages(1),
        "PageUp" => Step::Pages(-1),
        "Home" => Step::First,
        "End" => Step::Last,
        "Enter" => Step::Open,
        "Escape" => Step::Close,
        _ => return None,
    };
    event.prevent_default();
    Some(step)
}

/// The number of the entry that was clicked.
pub(super) fn clicked_row(event: &MouseEvent) -> Option<u64> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let row = target.closest("[role=option]").ok()??;
    row.id().strip_prefix("log-row-")?.parse().ok()
}
