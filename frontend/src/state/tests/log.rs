//! The console: pause, details, bounds, and what a full log costs.

use super::*;
use crate::state::log::{
    Bounds, LogAction,
    filter::{Direction, Field as FilterField},
    view::{Bound, Form},
};
use std::time::{Duration, Instant};

impl Page {
    fn log(&mut self, action: LogAction) {
        self.act(Action::Log(action));
    }

    /// The number of the newest entry.
    fn newest(&self) -> u64 {
        self.state.log.numbers().end - 1
    }
}

#[test]
fn a_paused_log_is_drawn_as_it_was_and_counts_what_comes() {
    let mut page = Page::connected();
    page.message("a", "before");
    page.log(LogAction::TogglePause);
    page.message("a", "after");
    let (view, log) = (&page.state.log_view, &page.state.log);
    assert_eq!((view.missed(log), view.shown(log).len() + 1), (1, log.len()));
    page.log(LogAction::TogglePause);
    let (view, log) = (&page.state.log_view, &page.state.log);
    assert_eq!((view.missed(log), view.shown(log).len()), (0, log.len()));
}

#[test]
fn what_a_paused_log_shows_can_be_copied_and_saved_though_the_log_let_it_go() {
    let mut page = Page::connected();
    page.message("a", r#"{"kept": 1}"#);
    let number = page.newest();
    page.log(LogAction::TogglePause);
    page.state.log.set_bounds(Bounds { entries: 1_000, ..Bounds::default() });
    for _ in 0..2_000 {
        page.message("a", "more");
    }
    assert!(page.state.log.get(number).is_none());
    page.log(LogAction::Copy(number));
    assert_eq!(page.effects, [Effect::CopyEntry(r#"{"kept": 1}"#.to_owned())]);
    page.log(LogAction::Save(number));
    let [Effect::Save { name, bytes }] = &page.effects[..] else { panic!("{:?}", page.effects) };
    assert_eq!(
        (name.as_str(), bytes.as_slice()),
        (&*format!("message-{number}.json"), br#"{"kept": 1}"#.as_slice())
    );
}

#[test]
fn bytes_that_are_no_text_are_copied_as_base64_and_saved_as_they_are() {
    let mut page = Page::connected();
    page.hear(ToBrowser::Message(wire::Message {
        topic: "a".into(),
        qos: QoS::AtMostOnce,
        retain: false,
        duplicate: false,
        payload: Payload::from_bytes(b"\xff\x00"),
    }));
    page.log(LogAction::Copy(page.newest()));
    assert_eq!(page.effects, [Effect::CopyEntry("/wA=".to_owned())]);
    page.log(LogAction::Copied(false));
    assert!(page.state.announcement.text.contains("press Save instead"));
    page.log(LogAction::Save(page.newest()));
    assert!(
        matches!(&page.effects[..], [Effect::Save { name, bytes }] if name.ends_with(".bin") && bytes == b"\xff\x00")
    );
}

#[test]
fn escape_closes_the_details_first_and_then_chooses_nothing() {
    let mut page = Page::connected();
    page.log(LogAction::Open(1));
    page.log(LogAction::Copied(true));
    page.log(LogAction::Shape(Form::Hex));
    page.log(LogAction::Select(Some(2)));
    let view = &page.state.log_view;
    assert_eq!((view.selected, view.opened, view.copied), (Some(2), true, None), "the details follow");
    page.log(LogAction::Close);
    assert_eq!((page.state.log_view.selected, page.state.log_view.opened), (Some(2), false));
    page.log(LogAction::Close);
    assert_eq!((page.state.log_view.selected, page.state.log_view.form), (None, Form::Hex));
}

#[test]
fn bounds_count_once_they_are_applied_and_can_be_read() {
    let mut page = Page::connected();
    page.log(LogAction::ToggleSettings);
    page.log(LogAction::Bound(Bound::Entries, "5".into()));
    assert_eq!(page.state.log.bounds(), Bounds::default(), "half a number drops nothing");
    page.log(LogAction::ApplyBounds);
    assert_eq!(page.effects, [Effect::Focus(Bound::Entries.id())]);
    page.log(LogAction::Bound(Bound::Entries, "5000".into()));
    page.log(LogAction::ApplyBounds);
    assert_eq!(page.state.log.bounds().entries, 5_000);
    assert_eq!(page.state.log_view.settings, None);
}

#[test]
fn clearing_ends_a_pause_and_closes_the_details_and_keeps_the_filter() {
    let mut page = Page::connected();
    page.log(LogAction::Chosen(Direction::Received));
    page.log(LogAction::Typed(FilterField::Text, "x".into()));
    page.log(LogAction::Open(1));
    page.log(LogAction::TogglePause);
    page.act(Action::ClearLog);
    let view = &page.state.log_view;
    assert!(view.paused.is_none() && !view.opened && !view.typed.is_empty() && !view.rule.is_open());
    assert!(page.state.log.is_empty());
    page.log(LogAction::ClearFilter);
    assert!(page.state.log_view.rule.is_open());
}

#[test]
fn with_a_full_log_a_message_costs_as_little_as_with_an_empty_one() {
    let mut page = Page::connected();
    for _ in 0..100_000 {
        page.message("bench", r#"{"temperature":21.5}"#);
    }
    let begun = Instant::now();
    for _ in 0..1_000 {
        // The page draws one copy while the next one is changed.
        let _drawn = page.state.clone();
        page.message("bench", r#"{"temperature":21.5}"#);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "1 ms each is a sixteenth of a frame, and this took {took:?}");
    assert_eq!(page.state.log.len() as u64 + page.state.log.counts().dropped, page.newest());
}
