//! The tab `Attributes`: what the device publishes about itself, what it asks for, and what is known of its
//! attributes.

pub mod known;
pub mod request;
pub mod rows;
pub mod upload;

use super::rows::{Editor, RowEdit};
use known::Known;
use request::RequestForm;
use upload::Upload;

/// The tab's state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    pub upload: Upload,
    pub request: RequestForm,
    pub known: Known,
    /// The latest moment that this part was told of, Unix milliseconds.
    pub now_ms: i64,
    last_number: u32,
}

impl Attributes {
    /// A number for a publish of this tab.
    pub(super) fn new_number(&mut self) -> u32 {
        self.last_number = self.last_number.wrapping_add(1);
        self.last_number
    }
}

/// The person worked on the tab.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributesAction {
    EditorChosen(Editor),
    Rows(RowEdit),
    JsonTyped(String),
    Publish,
    ClientKeysTyped(String),
    SharedKeysTyped(String),
    IdTyped(String),
    /// Asks for the keys that are typed.
    Request,
    RequestAll,
    ClearRequests,
    /// Draws all of a long value, or folds it again.
    Unfold(known::Name),
    /// Takes out what is deleted.
    ClearDeleted,
}
