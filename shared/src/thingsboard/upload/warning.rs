//! What the server would do without a word, in words.

use super::{
    Keys, TimeUnit, UnixMs,
    keys::{quoted, shortened},
    timestamp::day,
};
use std::fmt;

/// One thing that may not be what was meant. Each is one sentence with cause and fix.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// Timestamps that are not in milliseconds.
    TimestampUnit {
        unit: TimeUnit,
        /// The first one, as it was typed.
        given: String,
        /// The first one in milliseconds.
        meant_ms: UnixMs,
        /// How many there are, in whatever unit.
        count: usize,
        /// The same text with all of them in milliseconds and everything else as it was.
        fixed: String,
    },
    /// More than a day ahead of our clock.
    TimestampAhead {
        ts_ms: UnixMs,
        count: usize,
    },
    /// Before 2000.
    TimestampUnset {
        ts_ms: UnixMs,
        count: usize,
    },
    /// `{"ts":…}` without `values`: a key like any other.
    LoneTimestamp,
    /// `{"values":…}` without `ts`: a key like any other.
    LoneValues,
    /// Members beside `ts` and `values`, which nobody reads.
    Ignored(Keys),
    /// Attributes with `ts` and `values`: two attributes.
    TimedAttributes,
    /// Texts that are stored as numbers; `text` and `number` are of the first.
    TextToNumber {
        keys: Keys,
        text: String,
        number: String,
    },
    /// Numbers that are stored as texts; `text` is of the first.
    NumberToText {
        keys: Keys,
        text: String,
    },
    NullSkipped(Keys),
    CommaInKey(Keys),
    RepeatedKey(Keys),
    /// An attribute with the name `deleted`.
    DeletedKey,
    /// `[]`: no PUBACK ever.
    NeverAcknowledged,
    NothingStored,
}

impl Warning {
    /// The payload as it was probably meant.
    #[must_use]
    pub fn fixed(&self) -> Option<&str> {
        match self {
            Self::TimestampUnit { fixed, .. } => Some(fixed),
            _ => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimestampUnit { unit, given, meant_ms, count, .. } => write!(
                out,
                "The timestamp {}{} is in {unit}, but ThingsBoard counts milliseconds: send {meant_ms} for {}.",
                shortened(given),
                others(*count),
                day(*meant_ms),
            ),
            Self::TimestampAhead { ts_ms, count } => write!(
                out,
                "The timestamp {ts_ms}{} is {}, which is still to come: check the clock, and that ts counts milliseconds.",
                others(*count),
                day(*ts_ms),
            ),
            Self::TimestampUnset { ts_ms, count } => write!(
                out,
                "The timestamp {ts_ms}{} is {}, where hardly a dashboard looks: check the clock, and that ts counts \
                 milliseconds.",
                others(*count),
                day(*ts_ms),
            ),
            Self::LoneTimestamp => out.write_str(
                "Without values, ts is a key like any other and not the time: write {\"ts\": …, \"values\": {…}}.",
            ),
            Self::LoneValues => out.write_str(
                "Without ts, values is a key like any other and is stored as one JSON value: send what is inside it \
                 alone, or add ts.",
            ),
            Self::Ignored(keys) => {
                write!(out, "Beside ts and values nothing else is read, so {keys} {} lost: ", is(keys))?;
                write!(out, "put {} inside values.", it(keys))
            }
            Self::TimedAttributes => out.write_str(
                "Attributes have no time of their own, so ts and values are stored as two attributes: send what is \
                 inside values alone.",
            ),
            Self::TextToNumber { keys, text, number } => {
                write!(out, "{keys} {} sent as text that looks like a number and is stored as a number (", is(keys))?;
                write!(out, "{} becomes {number}): put a letter in front to keep it a text.", quoted(text))
            }
            Self::NumberToText { keys, text } => {
                write!(out, "{keys} {} stored as text (", is(keys))?;
                write!(
                    out,
                    "{}): a long takes 64 bits and a double 16 decimals, so send fewer digits for a number.",
                    quoted(text),
                )
            }
            Self::NullSkipped(keys) => {
                write!(out, "{keys} {} null and not stored: leave {} out, or send a value.", is(keys), it(keys))
            }
            Self::CommaInKey(keys) => write!(
                out,
                "{keys} can never be requested by name, because requests are split at commas: leave the comma out."
            ),
            Self::RepeatedKey(keys) => write!(
                out,
                "{keys} {} more than once in one object, and only the last value counts: send the others in objects \
                 of their own.",
                if keys.several() { "stand" } else { "stands" },
            ),
            Self::DeletedKey => out.write_str(
                "ThingsBoard lists removed attributes under the name deleted, so an attribute of this name is mistaken \
                 for a removal: choose another name.",
            ),
            Self::NeverAcknowledged => out.write_str(
                "ThingsBoard never acknowledges an empty array, and stores nothing: send {} to have an answer.",
            ),
            Self::NothingStored => {
                out.write_str("ThingsBoard acknowledges this payload but stores nothing: add a key and a value.")
            }
        }
    }
}

fn others(count: usize) -> String {
    match count {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    }
}

fn is(keys: &Keys) -> &'static str {
    if keys.several() { "are" } else { "is" }
}

fn it(keys: &Keys) -> &'static str {
    if keys.several() { "them" } else { "it" }
}
