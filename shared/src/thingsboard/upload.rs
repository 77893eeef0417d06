//! What a telemetry or attributes payload will be stored as, for a look at it before it is published
//! (ThingsBoard JsonConverter). Says what the server would do without a word; refuses what the server would
//! refuse. Pure: the time is passed in.

mod keys;
mod problem;
mod reading;
#[cfg(test)]
mod tests;
mod timestamp;
mod warning;

pub use super::UnixMs;
pub use keys::Keys;
pub use problem::UploadProblem;
pub use timestamp::TimeUnit;
pub use warning::Warning;

use super::{
    json::{Leniency, located::LocatedValue, reader},
    value::StoredType,
};
use reading::Reading;
use serde_json::Value;

/// What will be stored. Its lists are no longer than the payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// In the payload's order.
    pub points: Vec<Point>,
    /// What a strict reader of JSON would have refused.
    pub leniencies: Vec<Leniency>,
    /// Each kind once.
    pub warnings: Vec<Warning>,
}

/// One stored value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The device's time; `None` when the server puts its own, and for attributes.
    pub ts_ms: Option<UnixMs>,
    pub key: String,
    pub value: Value,
    pub stored: StoredType,
    /// What was sent, when that was a text that is stored as a number, or a number that is stored as a text.
    pub cast_from: Option<String>,
}

/// Reads telemetry: an object, or an array of objects, each with or without a timestamp.
///
/// # Errors
/// What the server would not take.
pub fn telemetry(text: &str, now_ms: UnixMs) -> Result<Preview, UploadProblem> {
    let (located, leniencies) = reader::read(text)?;
    let mut reading = Reading::new(text, now_ms);
    match located.value {
        LocatedValue::Object(members) => reading.sample(members)?,
        LocatedValue::Array(items) => {
            reading.empty_array = items.is_empty();
            for item in items {
                match item.value {
                    LocatedValue::Object(members) => reading.sample(members)?,
                    other => return Err(UploadProblem::element(text, item.span.start, &other)),
                }
            }
        }
        other => return Err(UploadProblem::telemetry(&other, &leniencies)),
    }
    Ok(reading.preview(leniencies))
}

/// Reads client attributes: one object.
///
/// # Errors
/// What the server would not take.
pub fn attributes(text: &str) -> Result<Preview, UploadProblem> {
    let (located, leniencies) = reader::read(text)?;
    let mut reading = Reading::new(text, 0);
    match located.value {
        LocatedValue::Object(members) => reading.attributes(members)?,
        other => return Err(UploadProblem::attributes(&other, &leniencies)),
    }
    Ok(reading.preview(leniencies))
}
