//! Client attributes on their way: the form, what will be stored, and what became of each publish.

use super::rows::{RowProblem, Rows};
use crate::state::{dialect::PayloadFormat, rows::Editor};
use shared::{
    payload::Payload,
    thingsboard::{
        protobuf,
        upload::{self, Point, Preview},
    },
    wire::PublishOutcome,
};
use std::{collections::VecDeque, rc::Rc};

/// Publishes whose outcome is waited for. Of older ones only the console tells.
const MAX_SENT: usize = 50;

pub const JSON_ID: &str = "attributes-json";

/// The form and the publishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    pub editor: Editor,
    pub rows: Rows,
    pub json: String,
    /// Of the JSON.
    pub problem: Option<String>,
    /// Why the last press of the button came to nothing.
    pub notice: Option<String>,
    /// Newest first.
    pub sent: VecDeque<Sent>,
}

/// A publish.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub number: u32,
    /// What the server will store of it; nothing once the outcome is known.
    pub points: Rc<[Point]>,
    /// `None` until it is known.
    pub outcome: Option<PublishOutcome>,
}

impl Default for Upload {
    fn default() -> Self {
        Self {
            editor: Editor::default(),
            rows: Rows::default(),
            json: r#"{"model": "X1"}"#.to_owned(),
            problem: None,
            notice: None,
            sent: VecDeque::new(),
        }
    }
}

impl Upload {
    /// What the server will store of what stands in the form.
    ///
    /// # Errors
    /// A sentence.
    pub fn preview(&self, format: PayloadFormat) -> Result<Preview, String> {
        let text = match self.editor {
            Editor::Rows => self.rows.json().map_err(|problem| problem.words)?,
            Editor::Json => self.json.clone(),
        };
        written(&text, format).map(|(_, preview)| preview)
    }

    /// The payload and what the server will store of it.
    ///
    /// # Errors
    /// The field with the problem, which says it.
    pub(in crate::state) fn check(
        &mut self,
        format: PayloadFormat,
    ) -> Result<(Payload, Preview), &'static str> {
        self.problem = None;
        self.rows.problem = None;
        let problem = match self.editor {
            Editor::Json => match written(&self.json, format) {
                Ok(written) => return Ok(written),
                Err(words) => {
                    self.problem = Some(words);
                    return Err(JSON_ID);
                }
            },
            Editor::Rows => match self.rows.json() {
                Err(problem) => problem,
                Ok(text) => match written(&text, format) {
                    Ok(written) => return Ok(written),
                    // The rows make an object of any text: what is left is about a key or a value by its name.
                    Err(words) => RowProblem { row: 0, value: true, words },
                },
            },
        };
        let id = problem.id();
        self.rows.problem = Some(problem);
        Err(id)
    }

    pub(in crate::state) fn note_sent(&mut self, number: u32, points: Vec<Point>) {
        self.sent.push_front(Sent { number, points: points.into(), outcome: None });
        self.sent.truncate(MAX_SENT);
    }

    /// The outcome of a publish. Returns what the server stored.
    pub(in crate::state) fn settle(&mut self, number: u32, outcome: &PublishOutcome) -> Option<Rc<[Point]>> {
        let sent = self.sent.iter_mut().find(|sent| sent.number == number)?;
        sent.outcome = Some(outcome.clone());
        let points = std::mem::take(&mut sent.points);
        match outcome {
            PublishOutcome::Delivered | PublishOutcome::Sent => Some(points),
            PublishOutcome::Refused { .. } | PublishOutcome::Unknown => None,
        }
    }
}

/// A payload from its JSON, and what the server will store of it.
fn written(text: &str, format: PayloadFormat) -> Result<(Payload, Preview), String> {
    let preview = |text: &str| upload::attributes(text).map_err(|problem| problem.to_string());
    match format {
        PayloadFormat::Json => Ok((Payload::from_text(text), preview(text)?)),
        PayloadFormat::Protobuf => {
            let bytes = protobuf::upload::encode_attributes(text).map_err(|problem| problem.to_string())?;
            let read = protobuf::upload::attributes_json(&bytes).map_err(|problem| problem.to_string())?;
            Ok((Payload::Bytes(bytes), preview(&read)?))
        }
    }
}
