//! What is the same wherever keys and values are typed in rows: a row, the change of one, and what a value means
//! that is typed without the quotes of JSON. Knows nothing of tabs or of what is sent.

mod spelled;
mod value;

pub use spelled::{object, quoted, spelled};
pub use value::{TypedValue, typed_value};

/// What values are typed into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Editor {
    #[default]
    Rows,
    Json,
}

impl Editor {
    pub const ALL: [Self; 2] = [Self::Rows, Self::Json];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Rows => "Rows",
            Self::Json => "JSON",
        }
    }

    #[must_use]
    pub fn from_label(label: &str) -> Self {
        Self::ALL.into_iter().find(|editor| editor.label() == label).unwrap_or_default()
    }
}

/// A key and a value as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub key: String,
    pub value: String,
}

/// The person changed the rows, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEdit {
    Key(usize, String),
    Value(usize, String),
    Add,
    Remove(usize),
}
