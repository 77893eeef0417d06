//! The list itself: what is drawn of it, where it has been scrolled to, and the keys that lead through it.

mod draw;
mod keys;

use super::{
    bar::{Bar, bar},
    details::{Details, Shared},
    filter_bar::filter_bar,
    settings::settings,
    sifting::Sifting,
};
use crate::{
    hooks::SessionHandle,
    services::{list, resize::ResizeWatch},
    state::log::{Entry, LogAction, place::Place},
};
use gloo::{
    events::EventListener,
    render::{AnimationFrame, request_animation_frame},
};
use keys::{clicked_row, step};
use std::{fmt, rc::Rc};
use web_sys::{Element, KeyboardEvent, MouseEvent, WheelEvent};
use yew::{Callback, Component, Context, Html, NodeRef, Properties, classes, html};

pub use keys::Step;

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
            Msg::Resized => self.remeasured(ctx),
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
                let state = &ctx.props().session.state;
                let row = self.sifting.row_of(state.log_view.shown(&state.log), number);
                // Who opens one reads, and it stays in sight.
                self.follows && row + 1 < self.place.rows && self.leave(ctx, self.top)
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
                            entry={Shared(entry.clone())}
                            before={self.before.clone().and_then(|(_, before)| before).map(Shared)}
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
        if self.remeasured(ctx) {
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

    /// Whether the heights have changed. A chosen entry that was in sight still is: the rows of a list that gets
    /// narrower, beside the details, are higher.
    fn remeasured(&mut self, ctx: &Context<Self>) -> bool {
        let before = self.place;
        if !self.measured() {
            return false;
        }
        let state = &ctx.props().session.state;
        let (view, log) = (&state.log_view, state.log_view.shown(&state.log));
        let row = view.selected.map(|number| self.sifting.row_of(log, number));
        if let Some(row) = row.filter(|row| !self.follows && before.reveal(*row, self.top).is_none()) {
            self.place = Place { row_px: self.row_px, view_px: self.view_px, ..before };
            let top = self.place.top_of(self.sifting.row_of(log, self.anchor.0), self.anchor.1);
            if let Some(top) = self.place.reveal(row, top) {
                self.leave(ctx, top);
            }
        }
        true
    }

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
}
