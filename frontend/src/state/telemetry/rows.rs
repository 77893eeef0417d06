//! Rows of key and value, each perhaps with a time, and the payload that they make. Pure.

mod member;

use super::Way;
use crate::state::rows::{TypedValue, quoted, typed_value};
use member::{Member, NO_KEY, batch, moment, moments, time, values};

/// Rows at one time. A packet holds more; who needs more has them as text already.
pub const MAX_ROWS: usize = 50;

/// One key and value as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub number: u32,
    /// Milliseconds; only a batch uses it.
    pub time: String,
    pub key: String,
    pub value: String,
    pub time_problem: Option<String>,
    pub key_problem: Option<String>,
    pub value_problem: Option<String>,
}

impl Row {
    fn is_empty(&self, way: Way) -> bool {
        self.key.is_empty()
            && self.value.trim().is_empty()
            && (way != Way::Batch || self.time.trim().is_empty())
    }

    fn same_content(&self, other: &Self) -> bool {
        (&self.time, &self.key, &self.value) == (&other.time, &other.key, &other.value)
    }
}

/// The rows and the time of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub list: Vec<Row>,
    /// Milliseconds; only `With timestamp` uses it.
    pub time: String,
    pub time_problem: Option<String>,
    last: u32,
}

impl Default for Rows {
    /// With one empty row.
    fn default() -> Self {
        let mut rows = Self { list: Vec::new(), time: String::new(), time_problem: None, last: 0 };
        rows.add();
        rows
    }
}

/// Why rows make no payload yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// All rows are empty.
    Everything,
    /// A sentence about one field.
    Field(String),
}

impl Rows {
    /// An empty row at the end, while there may be more.
    pub fn add(&mut self) {
        if self.list.len() < MAX_ROWS {
            self.last = self.last.wrapping_add(1);
            self.list.push(Row { number: self.last, ..Row::default() });
        }
    }

    /// Takes a row away. The last one is emptied instead.
    pub fn remove(&mut self, number: u32) {
        self.list.retain(|row| row.number != number);
        if self.list.is_empty() {
            self.add();
        }
    }

    pub fn find(&mut self, number: u32) -> Option<&mut Row> {
        self.list.iter_mut().find(|row| row.number == number)
    }

    /// Replaces all rows by times, keys and values.
    pub(super) fn replace(&mut self, contents: impl Iterator<Item = (String, String, String)>) {
        self.list.clear();
        for (time, key, value) in contents.take(MAX_ROWS) {
            self.add();
            if let Some(row) = self.list.last_mut() {
                (row.time, row.key, row.value) = (time, key, value);
            }
        }
        if self.list.is_empty() {
            self.add();
        }
    }

    /// Whether a person would see the same in them.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        self.time == other.time
            && self.list.len() == other.list.len()
            && self.list.iter().zip(&other.list).all(|(row, other)| row.same_content(other))
    }

    /// Puts the problems at their fields. Returns whether there are any.
    pub fn check(&mut self, way: Way) -> bool {
        self.time_problem = (way == Way::WithTimestamp).then(|| time(&self.time).err()).flatten();
        let mut any = self.time_problem.is_some();
        for row in &mut self.list {
            let counts = !row.is_empty(way);
            let timed = counts && way == Way::Batch && !row.time.trim().is_empty();
            row.time_problem = timed.then(|| time(&row.time).err()).flatten();
            row.key_problem = (counts && row.key.is_empty()).then(|| NO_KEY.to_owned());
            row.value_problem = counts.then(|| typed_value(&row.value).err()).flatten();
            any |= row.time_problem.is_some() || row.key_problem.is_some() || row.value_problem.is_some();
        }
        any
    }

    /// What goes out. Empty rows do not count.
    pub(super) fn payload(&self, way: Way) -> Result<String, Missing> {
        let rows: Vec<&Row> = self.list.iter().filter(|row| !row.is_empty(way)).collect();
        if rows.is_empty() {
            return Err(Missing::Everything);
        }
        let mut members = Vec::with_capacity(rows.len());
        for row in rows {
            members.push(Member::read(row, way).map_err(Missing::Field)?);
        }
        match way {
            Way::Now => Ok(values(&members)),
            Way::WithTimestamp => {
                let time = time(&self.time).map_err(Missing::Field)?;
                Ok(moment(Some(time), &members))
            }
            Way::Batch => Ok(batch(&members)),
        }
    }

    /// The payload as far as it goes, for going on in another editor: what is no JSON is written as a text, and
    /// a time that is none is left out.
    pub(super) fn draft(&self, way: Way) -> String {
        let read =
            |row: &'_ Row| typed_value(&row.value).map_or_else(|_| quoted(&row.value), TypedValue::into_json);
        let filled = self.list.iter().filter(|row| !row.is_empty(way));
        let members: Vec<Member<'_>> = filled
            .map(|row| Member {
                time: time(&row.time).ok().filter(|_| way == Way::Batch),
                key: &row.key,
                value: read(row),
            })
            .collect();
        match way {
            _ if members.is_empty() => String::new(),
            Way::Now => values(&members),
            Way::WithTimestamp => moment(time(&self.time).ok(), &members),
            Way::Batch => batch(&members),
        }
    }

    /// Puts other times at the rows of a batch, one for each moment that it has, in their order.
    pub(super) fn retime(&mut self, times: &[Option<i64>]) {
        let filled: Vec<usize> =
            (0..self.list.len()).filter(|at| !self.list[*at].is_empty(Way::Batch)).collect();
        let members: Result<Vec<Member<'_>>, String> =
            filled.iter().map(|at| Member::read(&self.list[*at], Way::Batch)).collect();
        let Ok(members) = members else { return };
        let sizes: Vec<usize> = moments(&members).map(<[Member<'_>]>::len).collect();
        let mut filled = filled.into_iter();
        for (size, time) in sizes.into_iter().zip(times) {
            for at in filled.by_ref().take(size) {
                if let Some(ms) = time {
                    self.list[at].time = ms.to_string();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
