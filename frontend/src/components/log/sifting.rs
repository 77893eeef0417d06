//! Which entries of the log are shown and which of them hold what is looked for, kept up to date within a few
//! milliseconds of each frame.

use crate::{
    services::expression::Expression,
    state::log::{
        Entry, Log, LogView,
        filter::{Rule, has_text},
        sieve::Sieve,
    },
};
use js_sys::Date;
use std::rc::Rc;

/// Milliseconds of one frame that are spent here at most.
const SLICE_MS: f64 = 7.0;

/// Entries looked at between two looks at the clock.
const BATCH: u64 = 64;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Sifting {
    rule: Rc<Rule>,
    typed_expression: String,
    expression: Option<Expression>,
    pub(super) expression_problem: Option<&'static str>,
    search: String,
    passed: Sieve,
    hits: Sieve,
    /// Whether every entry was looked at.
    pub(super) done: bool,
}

impl Sifting {
    /// Looks at what is new. Whether that was all is in [`Self::done`].
    pub(super) fn go_on(&mut self, log: &Log, view: &LogView) {
        self.take_rules(view);
        let end = Date::now() + SLICE_MS;
        let Self { rule, expression, search, passed, hits, .. } = self;
        let passes = |entry: &Entry| {
            rule.passes(entry) && expression.as_ref().is_none_or(|expression| matches(expression, entry))
        };
        let holds = |entry: &Entry| passes(entry) && has_text(entry, search);
        let filters = !rule.is_open() || expression.is_some();
        let searches = !search.is_empty();
        let mut done = false;
        while !done {
            done = !filters || passed.advance(log, BATCH, &passes);
            done = (!searches || hits.advance(log, BATCH, &holds)) && done;
            if Date::now() > end {
                break;
            }
        }
        self.done = done;
    }

    fn take_rules(&mut self, view: &LogView) {
        let mut anew = false;
        if !Rc::ptr_eq(&self.rule, &view.rule) {
            self.rule = view.rule.clone();
            anew = true;
        }
        if self.typed_expression != view.typed.expression {
            self.typed_expression.clone_from(&view.typed.expression);
            let read = (!self.typed_expression.is_empty()).then(|| Expression::read(&self.typed_expression));
            self.expression_problem = read.as_ref().and_then(|read| read.as_ref().err().copied());
            self.expression = read.and_then(Result::ok);
            anew = true;
        }
        if anew {
            self.passed.restart();
        }
        if anew || self.search != view.search {
            self.search.clone_from(&view.search);
            self.hits.restart();
        }
    }

    /// Whether some entries may be hidden.
    pub(super) fn filters(&self) -> bool {
        !self.rule.is_open() || self.expression.is_some()
    }

    /// How many entries are shown.
    pub(super) fn rows(&self, log: &Log) -> usize {
        if self.filters() { self.passed.len() } else { log.len() }
    }

    /// The number of the entry at a row.
    pub(super) fn number_at(&self, log: &Log, row: usize) -> Option<u64> {
        if self.filters() {
            self.passed.at(row)
        } else {
            Some(log.numbers().start + row as u64).filter(|number| log.numbers().contains(number))
        }
    }

    /// The row of an entry, or of the next one that is shown.
    pub(super) fn row_of(&self, log: &Log, number: u64) -> usize {
        if self.filters() {
            return self.passed.place_of(number);
        }
        let row = number.saturating_sub(log.numbers().start);
        usize::try_from(row).unwrap_or(usize::MAX).min(log.len())
    }

    /// Percent of the log that was looked at.
    pub(super) fn percent(&self, log: &Log) -> usize {
        let filtered = if self.filters() { self.passed.seen(log) } else { u64::MAX };
        let searched = if self.search.is_empty() { u64::MAX } else { self.hits.seen(log) };
        let seen = usize::try_from(filtered.min(searched)).unwrap_or(usize::MAX);
        (seen.min(log.len()) * 100).checked_div(log.len()).unwrap_or(100)
    }

    /// Those that hold what is looked for.
    pub(super) fn hits(&self) -> &Sieve {
        &self.hits
    }
}

fn matches(expression: &Expression, entry: &Entry) -> bool {
    let content = &entry.content;
    content.text().is_some_and(|text| expression.matches(text))
        || content.message().is_some_and(|(topic, _)| expression.matches(topic))
}
