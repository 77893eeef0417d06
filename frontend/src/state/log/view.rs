//! Everything the person has set on the console: filter, search, pause, the entry looked at, and the bounds.

use super::{
    Bounds, Log,
    filter::{Direction, Field, Rule, Typed},
    ring::MIB,
};
use std::{ops::RangeInclusive, rc::Rc};

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogView {
    pub typed: Typed,
    /// What [`Self::typed`] means.
    pub rule: Rc<Rule>,
    pub filter_shown: bool,
    /// Looked for and marked; nothing when empty.
    pub search: String,
    /// The log as it was when drawing was stopped. What it holds stays until it goes on.
    pub paused: Option<Rc<Log>>,
    /// The number of the entry that was chosen.
    pub selected: Option<u64>,
    /// Whether its details are shown.
    pub opened: bool,
    pub form: Form,
    /// The bounds while they are being changed.
    pub settings: Option<Settings>,
    /// What became of the last press of Copy in the details.
    pub copied: Option<bool>,
}

/// How a payload is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Tree,
    Pretty,
    Text,
    Hex,
    Base64,
    Diff,
}

impl Form {
    pub const ALL: [Self; 6] = [Self::Tree, Self::Pretty, Self::Text, Self::Hex, Self::Base64, Self::Diff];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Tree => "Tree",
            Self::Pretty => "Pretty",
            Self::Text => "Text",
            Self::Hex => "Hex",
            Self::Base64 => "Base64",
            Self::Diff => "Diff",
        }
    }
}

/// The bounds being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub entries: String,
    pub mibs: String,
    /// Whether Apply was pressed for what cannot be read: only then is it said.
    pub refused: bool,
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Entries,
    Mibs,
}

/// The id of the button that shows the bounds.
pub const SETTINGS_ID: &str = "log-settings-button";

impl Bound {
    /// The id of its text box.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Entries => "log-bound-entries",
            Self::Mibs => "log-bound-mibs",
        }
    }
}

impl Settings {
    pub fn set(&mut self, bound: Bound, text: String) {
        self.refused = false;
        *match bound {
            Bound::Entries => &mut self.entries,
            Bound::Mibs => &mut self.mibs,
        } = text;
    }

    #[must_use]
    pub fn of(bounds: Bounds) -> Self {
        Self { entries: bounds.entries.to_string(), mibs: (bounds.bytes / MIB).to_string(), refused: false }
    }

    /// What is wrong with what is typed for one of them.
    #[must_use]
    pub fn problem(&self, bound: Bound) -> Option<&'static str> {
        match bound {
            _ if !self.refused => None,
            Bound::Entries => read(&self.entries, Bounds::ENTRIES)
                .is_none()
                .then_some("Type a whole number of messages from 1,000 to 1,000,000."),
            Bound::Mibs => read(&self.mibs, Bounds::MIBS)
                .is_none()
                .then_some("Type a whole number of MiB from 1 to 512."),
        }
    }

    /// The bounds, when both can be read.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let bytes = read(&self.mibs, Bounds::MIBS)? * MIB;
        Some(Bounds { entries: read(&self.entries, Bounds::ENTRIES)?, bytes })
    }
}

fn read(text: &str, within: RangeInclusive<usize>) -> Option<usize> {
    let digits: String =
        text.trim().chars().filter(|letter| !matches!(letter, ',' | '_' | '\u{a0}' | ' ')).collect();
    digits.parse().ok().filter(|number| within.contains(number))
}

/// The person worked on the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogAction {
    Typed(Field, String),
    Chosen(Direction),
    ToggleFilter,
    ClearFilter,
    Searched(String),
    TogglePause,
    /// Chooses an entry, or none.
    Select(Option<u64>),
    /// Shows the details of one.
    Open(u64),
    /// Hides the details; once hidden, chooses none.
    Close,
    Shape(Form),
    ToggleSettings,
    Bound(Bound, String),
    /// Takes the bounds that were typed.
    ApplyBounds,
    Copy(u64),
    Save(u64),
    /// Whether the clipboard took it.
    Copied(bool),
}

/// Said when the clipboard took an entry, or did not.
#[must_use]
pub fn copied_words(taken: bool) -> &'static str {
    if taken {
        "Copied."
    } else {
        "The browser gave no clipboard: press Save instead, or open the page over HTTPS."
    }
}

impl LogView {
    /// The log that is drawn.
    #[must_use]
    pub fn shown<'l>(&'l self, log: &'l Log) -> &'l Log {
        self.paused.as_deref().unwrap_or(log)
    }

    /// How many entries came since drawing was stopped.
    #[must_use]
    pub fn missed(&self, log: &Log) -> u64 {
        self.paused.as_ref().map_or(0, |paused| log.numbers().end - paused.numbers().end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_whole_numbers_within_what_a_browser_can_hold() {
        let settings = |entries: &str, mibs: &str| Settings {
            entries: entries.into(),
            mibs: mibs.into(),
            refused: false,
        };
        assert_eq!(Settings::of(Bounds::default()), settings("100000", "64"));
        assert_eq!(settings(" 5,000 ", "1").bounds(), Some(Bounds { entries: 5_000, bytes: MIB }));
        for (entries, mibs) in
            [("999", "64"), ("1000001", "64"), ("x", "64"), ("1000", "0"), ("1000", "513"), ("", "")]
        {
            assert_eq!(settings(entries, mibs).bounds(), None, "{entries} {mibs}");
        }
        let mut typing = settings("", "64");
        assert_eq!(typing.problem(Bound::Entries), None, "not while it is typed");
        typing.refused = true;
        assert!(typing.problem(Bound::Entries).is_some());
        assert_eq!(typing.problem(Bound::Mibs), None);
    }
}
