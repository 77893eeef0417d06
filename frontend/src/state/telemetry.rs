//! The tab `Telemetry`: values for now, for a moment, or a batch of moments; as rows or as JSON text. What will be
//! stored is worked out at every change and stands ready to be shown. What is typed is never lost.

mod carry;
mod outlook;
mod rows;

use super::{publish::Recent, rows::Editor};
use std::rc::Rc;

pub use carry::Carried;
pub use outlook::{Encoded, Outlook, Ready};
pub use rows::{MAX_ROWS, Row, Rows};

/// The tab's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Telemetry {
    pub way: Way,
    pub editor: Editor,
    pub rows: Rows,
    /// The whole payload, as it goes out.
    pub json: String,
    /// Why the JSON text cannot go out or become rows.
    pub json_problem: Option<String>,
    /// What became of the last press of a button.
    pub notice: Option<String>,
    pub recent: Recent,
    pub outlook: Rc<Outlook>,
    /// What both editors held when the person last went from one to the other.
    carried: Option<Carried>,
}

/// When the values are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// The server puts its time.
    #[default]
    Now,
    /// One moment for all.
    WithTimestamp,
    /// A moment for each, or the server's time.
    Batch,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Now, Self::WithTimestamp, Self::Batch];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Now => "Now",
            Self::WithTimestamp => "With timestamp",
            Self::Batch => "Batch",
        }
    }
}

/// The person worked on the tab. Rows are named by their number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TelemetryAction {
    WayChosen(Way),
    EditorChosen(Editor),
    /// The time of all rows.
    TimeTyped(String),
    TimeNow,
    RowTimeTyped(u32, String),
    RowTimeNow(u32),
    KeyTyped(u32, String),
    ValueTyped(u32, String),
    RowAdded,
    RowRemoved(u32),
    JsonTyped(String),
    /// Put milliseconds where other units were found.
    UseMilliseconds,
    Publish,
}

pub const JSON_ID: &str = "telemetry-json";
pub const TIME_ID: &str = "telemetry-time";
/// The id that the first field with a problem among the rows has.
pub const ROW_PROBLEM_ID: &str = "telemetry-row-problem";

impl Telemetry {
    /// The payload as JSON, or what is missing for one.
    fn payload(&self) -> Result<String, rows::Missing> {
        match self.editor {
            Editor::Rows => self.rows.payload(self.way),
            Editor::Json => Ok(self.json.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
