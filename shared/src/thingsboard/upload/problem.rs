//! Why a payload would be refused. Over MQTT 3.1.1 the server says so by closing the connection.

use crate::thingsboard::{
    json::{JsonProblem, Leniency, Liberty, located::LocatedValue, problem::place},
    server::{PayloadProblem, Refusal},
    value::TooLarge,
};
use thiserror::Error;

/// What the server would not take, as one sentence with cause and fix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UploadProblem {
    #[error(transparent)]
    Malformed(#[from] JsonProblem),
    #[error("The payload is empty: type an object, for example {{\"temperature\": 42}}.")]
    Empty,
    #[error(
        "Telemetry is an object of keys and values, or an array of such objects, for example \
         {{\"temperature\": 42}}, but this payload is {found}."
    )]
    TelemetryShape { found: &'static str },
    #[error(
        "Attributes are one object of keys and values, for example {{\"model\": \"X1\"}}, but this payload is {found}."
    )]
    AttributesShape { found: &'static str },
    #[error(
        "Every element of telemetry is an object, for example {{\"temperature\": 42}}, but the one at line {line}, \
         column {column} is {found}."
    )]
    ElementShape { line: usize, column: usize, found: &'static str },
    #[error(
        "The timestamp at line {line}, column {column} is no whole number: ts counts milliseconds since 1970, for \
         example 1767225600000."
    )]
    Timestamp { line: usize, column: usize },
    #[error(
        "Beside ts, values must be an object of keys and values, but at line {line}, column {column} it is {found}."
    )]
    ValuesShape { line: usize, column: usize, found: &'static str },
    #[error("The number of {key:?} cannot be stored: {problem}.")]
    TooLarge { key: String, problem: TooLarge },
}

/// What the server does then.
impl From<&UploadProblem> for PayloadProblem {
    fn from(problem: &UploadProblem) -> Self {
        match problem {
            UploadProblem::Timestamp { .. } => Refusal::Timestamp.problem(),
            UploadProblem::TooLarge { problem, .. } => Refusal::TooLarge(*problem).problem(),
            UploadProblem::Malformed(problem) => Refusal::Malformed(*problem).problem(),
            UploadProblem::ValuesShape { .. } => Refusal::Values.problem(),
            UploadProblem::Empty
            | UploadProblem::TelemetryShape { .. }
            | UploadProblem::AttributesShape { .. }
            | UploadProblem::ElementShape { .. } => Refusal::Shape.problem(),
        }
    }
}

impl UploadProblem {
    pub(super) fn telemetry(found: &LocatedValue, leniencies: &[Leniency]) -> Self {
        if is_empty(leniencies) { Self::Empty } else { Self::TelemetryShape { found: noun(found) } }
    }

    pub(super) fn attributes(found: &LocatedValue, leniencies: &[Leniency]) -> Self {
        if is_empty(leniencies) { Self::Empty } else { Self::AttributesShape { found: noun(found) } }
    }

    pub(super) fn element(text: &str, at: usize, found: &LocatedValue) -> Self {
        let (line, column) = place(text, at);
        Self::ElementShape { line, column, found: noun(found) }
    }

    pub(super) fn timestamp(text: &str, at: usize) -> Self {
        let (line, column) = place(text, at);
        Self::Timestamp { line, column }
    }

    pub(super) fn values(text: &str, at: usize, found: &LocatedValue) -> Self {
        let (line, column) = place(text, at);
        Self::ValuesShape { line, column, found: noun(found) }
    }
}

fn is_empty(leniencies: &[Leniency]) -> bool {
    leniencies.iter().any(|leniency| leniency.what == Liberty::Empty)
}

fn noun(value: &LocatedValue) -> &'static str {
    match value {
        LocatedValue::Null => "null",
        LocatedValue::Bool(_) => "true or false alone",
        LocatedValue::Number(_) => "a number",
        LocatedValue::String(_) => "a text",
        LocatedValue::Array(_) => "an array",
        LocatedValue::Object(_) => "an object",
    }
}
