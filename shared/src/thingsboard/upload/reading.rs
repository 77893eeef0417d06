//! From members to points, and what is to be said on the way.

use super::{
    Keys, Point, Preview, TimeUnit, UnixMs, UploadProblem, Warning,
    timestamp::{Oddity, Timestamp, rewritten},
};
use crate::thingsboard::{
    json::{Leniency, located::Located, located::LocatedValue},
    server::is_timed,
    value,
};
use std::{collections::HashMap, ops::Range};

type Members = Vec<(String, Located)>;

/// How often something was seen, and the first of it.
type Seen<T> = Option<(T, usize)>;

pub(super) struct Reading<'a> {
    text: &'a str,
    now_ms: UnixMs,
    points: Vec<Point>,
    pub(super) empty_array: bool,
    /// Timestamps that are not in milliseconds, with what they should be.
    in_other_units: Vec<(Range<usize>, UnixMs)>,
    first_unit: Option<(TimeUnit, String, UnixMs)>,
    ahead: Seen<UnixMs>,
    unset: Seen<UnixMs>,
    lone_timestamp: bool,
    lone_values: bool,
    ignored: Keys,
    timed_attributes: bool,
    cast: [Keys; 2],
    first_cast: [Option<(String, String)>; 2],
    null: Keys,
    comma: Keys,
    repeated: Keys,
    deleted: bool,
}

const TO_NUMBER: usize = 0;
const TO_TEXT: usize = 1;

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str, now_ms: UnixMs) -> Self {
        Self {
            text,
            now_ms,
            points: Vec::new(),
            empty_array: false,
            in_other_units: Vec::new(),
            first_unit: None,
            ahead: None,
            unset: None,
            lone_timestamp: false,
            lone_values: false,
            ignored: Keys::default(),
            timed_attributes: false,
            cast: Default::default(),
            first_cast: Default::default(),
            null: Keys::default(),
            comma: Keys::default(),
            repeated: Keys::default(),
            deleted: false,
        }
    }

    /// JsonConverter.parseObject.
    pub(super) fn sample(&mut self, members: Members) -> Result<(), UploadProblem> {
        let members = self.last_of_each(members);
        let has = |name: &str| members.iter().any(|(key, _)| key == name);
        let (has_ts, has_values) = (has("ts"), has("values"));
        if !is_timed(has) {
            self.lone_timestamp |= has_ts;
            self.lone_values |= has_values;
            return self.store(None, members);
        }
        let (mut ts, mut values) = (None, None);
        for (key, located) in members {
            match key.as_str() {
                "ts" => ts = Some(located),
                "values" => values = Some(located),
                _ => self.ignored.push(&key),
            }
        }
        let ts_ms = ts.map(|ts| self.timestamp(&ts)).transpose()?;
        match values {
            Some(Located { value: LocatedValue::Object(values), .. }) => {
                let values = self.last_of_each(values);
                self.store(ts_ms, values)
            }
            Some(other) => Err(UploadProblem::values(self.text, other.span.start, &other.value)),
            None => Ok(()),
        }
    }

    pub(super) fn attributes(&mut self, members: Members) -> Result<(), UploadProblem> {
        let members = self.last_of_each(members);
        let has = |name: &str| members.iter().any(|(key, _)| key == name);
        self.timed_attributes = is_timed(has);
        self.deleted = has("deleted");
        self.store(None, members)
    }

    fn timestamp(&mut self, ts: &Located) -> Result<UnixMs, UploadProblem> {
        let Some(timestamp) = Timestamp::read(&ts.value, ts.span.clone()) else {
            return Err(UploadProblem::timestamp(self.text, ts.span.start));
        };
        let ms = timestamp.ms;
        match timestamp.oddity(self.now_ms) {
            None => {}
            Some(Oddity::Unit(unit, meant_ms)) => {
                self.first_unit.get_or_insert((unit, timestamp.spelling, meant_ms));
                self.in_other_units.push((timestamp.span, meant_ms));
            }
            Some(Oddity::Ahead) => self.ahead.get_or_insert((ms, 0)).1 += 1,
            Some(Oddity::Unset) => self.unset.get_or_insert((ms, 0)).1 += 1,
        }
        Ok(ms)
    }

    /// Of two members with one name the later counts, in the place of the first.
    fn last_of_each(&mut self, members: Members) -> Members {
        let mut places = HashMap::with_capacity(members.len());
        let mut kept: Members = Vec::with_capacity(members.len());
        for (key, located) in members {
            match places.get(&key) {
                Some(place) => {
                    self.repeated.push(&key);
                    let place: usize = *place;
                    kept[place].1 = located;
                }
                None => {
                    places.insert(key.clone(), kept.len());
                    kept.push((key, located));
                }
            }
        }
        kept
    }

    fn store(&mut self, ts_ms: Option<UnixMs>, members: Members) -> Result<(), UploadProblem> {
        for (key, located) in members {
            if key.contains(',') {
                self.comma.push(&key);
            }
            let stored = value::stored(located.into_json());
            let Some(stored) =
                stored.map_err(|problem| UploadProblem::TooLarge { key: key.clone(), problem })?
            else {
                self.null.push(&key);
                continue;
            };
            if let Some(sent) = &stored.cast_from {
                let direction = if stored.value.is_string() { TO_TEXT } else { TO_NUMBER };
                self.cast[direction].push(&key);
                self.first_cast[direction].get_or_insert_with(|| (sent.clone(), stored.value.to_string()));
            }
            let value::Stored { value, stored, cast_from } = stored;
            self.points.push(Point { ts_ms, key, value, stored, cast_from });
        }
        Ok(())
    }

    pub(super) fn preview(self, leniencies: Vec<Leniency>) -> Preview {
        let unit = self.first_unit.map(|(unit, given, meant_ms)| Warning::TimestampUnit {
            unit,
            given,
            meant_ms,
            count: self.in_other_units.len(),
            fixed: rewritten(self.text, &self.in_other_units),
        });
        let [to_number, to_text] = self.cast;
        let [first_number, first_text] = self.first_cast;
        let nothing = match (self.empty_array, self.points.is_empty()) {
            (true, _) => Some(Warning::NeverAcknowledged),
            (false, true) => Some(Warning::NothingStored),
            (false, false) => None,
        };
        let warnings = [
            unit,
            self.ahead.map(|(ts_ms, count)| Warning::TimestampAhead { ts_ms, count }),
            self.unset.map(|(ts_ms, count)| Warning::TimestampUnset { ts_ms, count }),
            self.lone_timestamp.then_some(Warning::LoneTimestamp),
            self.lone_values.then_some(Warning::LoneValues),
            self.ignored.some().map(Warning::Ignored),
            self.timed_attributes.then_some(Warning::TimedAttributes),
            first_number.map(|(text, number)| Warning::TextToNumber { keys: to_number, text, number }),
            first_text.map(|(text, _)| Warning::NumberToText { keys: to_text, text }),
            self.null.some().map(Warning::NullSkipped),
            self.comma.some().map(Warning::CommaInKey),
            self.repeated.some().map(Warning::RepeatedKey),
            self.deleted.then_some(Warning::DeletedKey),
            nothing,
        ];
        Preview { points: self.points, leniencies, warnings: warnings.into_iter().flatten().collect() }
    }
}
