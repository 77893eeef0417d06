//! The list itself: what is drawn of it, where it has been scrolled to, and the keys that lead through it.

use super::{
    bar::{Bar, bar},
    details::Details,
    filter_bar::filter_bar,
    row::{At, row, row_id},
    settings::settings,
    sifting::Sifting,
};
use crate::{
    hooks::SessionHandle,
    services::{list, resize::ResizeWatch},
    state::log::{Entry, Log, LogAction, place::Place},
    text::counted,
};
use gloo::{
    events::EventListener,
    render::{AnimationFrame, request_animation_frame},
};
use std::{fmt, ops::Range, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent, WheelEvent};
use yew::{Callback, Component, Context, Html, NodeRef, Properties, classes, html};

/// Pixels from the end that still count as the end.
const SLACK_PX: i32 = 24;

/// The id of the text box for the search.
pub(super) const SEARCH_ID: &str = "log-search";
/// The id of the list.
pub(super) const LIST_ID: &str = "log-list";

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct Props {
    pub session: SessionHandle,
}

/// What happens to the list.
#[derive(Debug)]
pub enum Msg {
    Scrolled,
    /// The wheel went up.
    WheeledUp,
    Resized,
    /// There is more to look at.
    Sift,
    Jump,
    Key(Step),
    /// Chooses the next entry with what is looked for, or the one before.
    Seek {
        back: bool,
    },
    Clicked(u64),
}

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

/// See the module.
pub struct Console {
    nodes: Nodes,
    calls: Calls,
    sifting: Sifting,
    slice: Option<AnimationFrame>,
    watch: Option<ResizeWatch>,
    _slash: EventListener,
    row_px: f64,
    view_px: f64,
    follows: bool,
    /// The number at the top of who does not follow, and the pixels of it that are out of sight.
    anchor: (u64, f64),
    /// The first that had not come when they left the end.
    left_at: u64,
    place: Place,
    top: f64,
    /// Where the browser was scrolled to by this.
    set_top: i32,
    /// The entry in the details, which the log may have let go.
    opened: Option<Rc<Entry>>,
    /// The message before it on its topic, once asked for.
    before: Option<(u64, Option<Rc<Entry>>)>,
}

#[derive(Default)]
struct Nodes {
    list: NodeRef,
    ruler: NodeRef,
    space: NodeRef,
    rows: NodeRef,
}

/// Made once, so that equal callbacks are the same one.
struct Calls {
    scrolled: Callback<yew::Event>,
    wheeled: Callback<WheelEvent>,
    clicked: Callback<MouseEvent>,
    pressed: Callback<KeyboardEvent>,
    jump: Callback<MouseEvent>,
    seek: Callback<bool>,
}

impl fmt::Debug for Console {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Console").finish_non_exhaustive()
    }
}

impl Component for Console {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let calls = Calls {
            scrolled: link.callback(|_| Msg::Scrolled),
            wheeled: link
                .batch_callback(|event: WheelEvent| (event.delta_y() < 0.0).then_some(Msg::WheeledUp)),
            clicked: link.batch_callback(|event: MouseEvent| clicked_row(&event).map(Msg::Clicked)),
            pressed: link.batch_callback(|event: KeyboardEvent| step(&event).map(Msg::Key)),
            jump: link.callback(|_| Msg::Jump),
            seek: link.callback(|back| Msg::Seek { back }),
        };
        let mut console = Self {
            nodes: Nodes::default(),
            calls,
            sifting: Sifting::default(),
            slice: None,
            watch: None,
            _slash: list::focus_on_slash(SEARCH_ID),
            row_px: 0.0,
            view_px: 0.0,
            follows: true,
            anchor: (0, 0.0),
            left_at: 0,
            place: Place::default(),
            top: 0.0,
            set_top: 0,
            opened: None,
            before: None,
        };
        console.settle(ctx);
        console
    }

    fn changed(&mut self, ctx: &Context<Self>, _old: &Props) -> bool {
        self.settle(ctx);
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let draws = match msg {
            Msg::Scrolled => self.scrolled(ctx),
            Msg::WheeledUp => self.follows && self.leave(ctx, self.top),
            Msg::Resized => self.measured(),
            Msg::Sift => {
                self.slice = None;
                true
            }
            Msg::Jump => {
                self.follows = true;
                true
            }
            Msg::Key(step) => self.step(ctx, step),
            Msg::Seek { back } => self.seek(ctx, back),
            Msg::Clicked(number) => {
                ctx.props().session.verbs.log.emit(LogAction::Open(number));
                false
            }
        };
        if draws {
            self.settle(ctx);
        }
        draws
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let session = &ctx.props().session;
        let (state, verbs) = (&session.state, &session.verbs);
        let (view, log) = (&state.log_view, state.log_view.shown(&state.log));
        let facts = Bar {
            shown: self.place.rows,
            percent: (!self.sifting.done).then(|| self.sifting.percent(log)),
            hits: self.sifting.hits().len(),
            hit: self.hit(view.selected),
        };
        html! {
            <div class="console">
                { bar(state, verbs, &facts, &self.calls.seek) }
                if view.filter_shown {
                    { filter_bar(&view.typed, self.sifting.expression_problem, &verbs.log) }
                }
                if let Some(typed) = &view.settings {
                    { settings(typed, &verbs.log) }
                }
                <div class={classes!("console__body", view.opened.then_some("console__body--split"))}>
                    { self.list(log, view.selected, &view.search) }
                    if let Some(entry) = self.opened.as_ref().filter(|_| view.opened) {
                        <Details
                            key={entry.number}
                            entry={super::details::Shared(entry.clone())}
                            before={self.before.clone().and_then(|(_, before)| before).map(super::details::Shared)}
                            held={log.get(entry.number).is_some()}
                            form={view.form}
                            copied={view.copied}
                            search={view.search.clone()}
                            on={verbs.log.clone()}
                        />
                    }
                </div>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first
            && let (Some(a), Some(b)) =
                (self.nodes.list.cast::<Element>(), self.nodes.ruler.cast::<Element>())
        {
            let resized = ctx.link().callback(|()| Msg::Resized);
            self.watch = ResizeWatch::new(&[&a, &b], move || resized.emit(()));
        }
        if self.measured() {
            // Drawn again at once with the heights that count, before anything was painted.
            ctx.link().send_message(Msg::Sift);
        }
        let window = self.place.window(self.top);
        let shift_px = self.place.shift_px(window.start, self.top);
        list::lay_out(&self.nodes.space, self.place.space_px(), &self.nodes.rows, shift_px);
        #[expect(clippy::cast_possible_truncation, reason = "pixels that a browser lays out")]
        let wanted = self.place.scroll_top(self.top).round() as i32;
        // Not only where it was put: a list that was hidden has lost its place.
        self.set_top = list::scroll_top(&self.nodes.list);
        if wanted != self.set_top {
            list::set_scroll_top(&self.nodes.list, wanted);
            // The browser may round, or stop short of it.
            self.set_top = list::scroll_top(&self.nodes.list);
        }
    }
}

impl Console {
    /// Works out what is to be drawn.
    fn settle(&mut self, ctx: &Context<Self>) {
        let state = &ctx.props().session.state;
        let (view, log) = (&state.log_view, state.log_view.shown(&state.log));
        self.sifting.go_on(log, view);
        if !self.sifting.done && self.slice.is_none() {
            let sift = ctx.link().callback(|()| Msg::Sift);
            self.slice = Some(request_animation_frame(move |_| sift.emit(())));
        }
        self.place = Place { rows: self.sifting.rows(log), row_px: self.row_px, view_px: self.view_px };
        self.top = if self.follows {
            self.place.end()
        } else {
            let (number, hidden_px) = self.anchor;
            let row = self.sifting.row_of(log, number);
            let hidden_px = if self.sifting.number_at(log, row) == Some(number) { hidden_px } else { 0.0 };
            self.place.top_of(row, hidden_px)
        };
        self.settle_details(ctx);
    }

    fn settle_details(&mut self, ctx: &Context<Self>) {
        let state = &ctx.props().session.state;
        let (view, log) = (&state.log_view, state.log_view.shown(&state.log));
        let Some(number) = view.selected.filter(|_| view.opened) else {
            (self.opened, self.before) = (None, None);
            return;
        };
        if let Some(entry) = log.get(number) {
            self.opened = Some(entry.clone());
        } else if self.opened.as_ref().is_none_or(|entry| entry.number != number) {
            self.opened = None;
        }
        // Looked for once: it may be far back.
        if self.before.as_ref().is_none_or(|(of, _)| *of != number) {
            let topic = self.opened.as_ref().and_then(|entry| entry.content.message());
            let before = topic.and_then(|(topic, _)| log.before_on_topic(number, topic).cloned());
            self.before = Some((number, before));
        }
    }

    /// Whether the heights have changed.
    fn measured(&mut self) -> bool {
        let Some((row_px, view_px)) = list::measure(&self.nodes.list, &self.nodes.ruler) else {
            return false;
        };
        let changed = (row_px - self.row_px).abs() > 0.01 || (view_px - self.view_px).abs() > 0.01;
        (self.row_px, self.view_px) = (row_px, view_px);
        changed
    }

    /// Stays where the list is from now on, unless all of it is in sight.
    fn leave(&mut self, ctx: &Context<Self>, top: f64) -> bool {
        if self.place.end() <= 0.0 {
            return true;
        }
        let state = &ctx.props().session.state;
        let log = state.log_view.shown(&state.log);
        if self.follows {
            self.follows = false;
            self.left_at = log.numbers().end;
        }
        let (row, hidden_px) = self.place.row_at(top);
        self.anchor = (self.sifting.number_at(log, row).unwrap_or_default(), hidden_px);
        true
    }

    fn scrolled(&mut self, ctx: &Context<Self>) -> bool {
        let now = list::scroll_top(&self.nodes.list);
        if (now - self.set_top).abs() <= 1 || self.row_px <= 0.0 {
            return false;
        }
        let top = self.place.top(f64::from(now));
        let at_end = self.place.end() - top <= f64::from(SLACK_PX);
        if self.follows {
            // Downwards, and by a shrinking list, nobody leaves the end.
            if now < self.set_top - SLACK_PX {
                self.set_top = now;
                return self.leave(ctx, top);
            }
            return true;
        }
        self.set_top = now;
        if at_end && now > 0 {
            self.follows = true;
            return true;
        }
        self.leave(ctx, top)
    }

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

    fn step(&mut self, ctx: &Context<Self>, step: Step) -> bool {
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

    fn hit(&self, selected: Option<u64>) -> Option<usize> {
        let number = selected.filter(|number| self.sifting.hits().contains(*number))?;
        Some(self.sifting.hits().place_of(number))
    }

    fn seek(&mut self, ctx: &Context<Self>, back: bool) -> bool {
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

    fn list(&self, log: &Log, selected: Option<u64>, search: &str) -> Html {
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
            "Nothing yet. Connect, or press Run the example: every message, sent or received, appears here."
        } else if self.sifting.done {
            "No entry passes the filter."
        } else {
            "Filtering …"
        }
    }
}

/// What a key asks for. Keys that the list answers do nothing else.
fn step(event: &KeyboardEvent) -> Option<Step> {
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
fn clicked_row(event: &MouseEvent) -> Option<u64> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let row = target.closest("[role=option]").ok()??;
    row.id().strip_prefix("log-row-")?.parse().ok()
}
