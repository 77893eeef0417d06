//! Rows as members of a payload, and those of one moment together.

use super::Row;
use crate::state::{
    rows::{object, typed_value},
    telemetry::Way,
};

pub(super) const NO_KEY: &str = "The key is missing: type a name.";
const BAD_TIME: &str = "The timestamp is a whole number of milliseconds since 1970, such as 1795529400000: type it, or \
                        press Now.";

/// A row that was understood.
pub(super) struct Member<'r> {
    pub(super) time: Option<i64>,
    pub(super) key: &'r str,
    /// Plain JSON.
    pub(super) value: String,
}

impl<'r> Member<'r> {
    pub(super) fn read(row: &'r Row, way: Way) -> Result<Self, String> {
        if row.key.is_empty() {
            return Err(NO_KEY.to_owned());
        }
        let value = typed_value(&row.value)?.into_json();
        let timed = way == Way::Batch && !row.time.trim().is_empty();
        let time = if timed { Some(time(&row.time)?) } else { None };
        Ok(Self { time, key: &row.key, value })
    }
}

/// Neighbours of one time whose keys differ: each becomes one element of the batch.
pub(super) fn moments<'m, 'r>(members: &'m [Member<'r>]) -> impl Iterator<Item = &'m [Member<'r>]> {
    let mut rest = members;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let end = (1..rest.len()).find(|at| {
            rest[*at].time != first.time || rest[..*at].iter().any(|earlier| earlier.key == rest[*at].key)
        });
        let (moment, others) = rest.split_at(end.unwrap_or(rest.len()));
        rest = others;
        Some(moment)
    })
}

pub(super) fn moment(time: Option<i64>, members: &[Member<'_>]) -> String {
    match time {
        Some(ms) => format!("{{\"ts\": {ms}, \"values\": {}}}", values(members)),
        None => values(members),
    }
}

pub(super) fn batch(members: &[Member<'_>]) -> String {
    let moments: Vec<String> = moments(members).map(|members| moment(members[0].time, members)).collect();
    format!("[{}]", moments.join(", "))
}

pub(super) fn values(members: &[Member<'_>]) -> String {
    object(members.iter().map(|member| (member.key, member.value.clone())))
}

pub(super) fn time(typed: &str) -> Result<i64, String> {
    typed.trim().parse().map_err(|_| BAD_TIME.to_owned())
}
