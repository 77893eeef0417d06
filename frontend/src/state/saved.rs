//! Devices that the person keeps in this browser: where to, trusting whom, with which options.
//!
//! Secrets are kept only when the person asks, and then sealed under a passphrase that is kept nowhere. Knows no
//! storage and no cryptography: it says in effects what is to be stored, sealed and opened.

mod device;
mod sealed;
mod store;

use super::form::Secret;
use std::fmt;

pub use device::SavedDevice;
pub(super) use device::typed_secrets;
pub use sealed::{MAX_ITERATIONS, MIN_PASSPHRASE_CHARACTERS, PBKDF2_ITERATIONS, Sealed, secrets_from_text};
pub use store::{Book, MAX_DEVICES, MAX_FILE_BYTES, StoreProblem};

/// The devices kept, and the parts of the page about them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    pub book: Book,
    pub is_open: bool,
    /// The one that was filled in last.
    pub opened: Option<String>,
    /// Under which the form is saved.
    pub name: String,
    /// Whether its secrets are to be kept as well.
    pub remember: bool,
    pub passphrase: Secret,
    /// The device whose passphrase is asked for, by name.
    pub asked: Option<String>,
    pub answer: Secret,
    /// Whether an exported file is to hold the sealed secrets.
    pub export_secrets: bool,
    pub busy: bool,
    pub notice: Option<String>,
    pub problem: Option<(SavedField, String)>,
    /// What the storage holds cannot be read, so nothing is written over it.
    pub unreadable: bool,
    /// What was there before the last deletion.
    pub(super) deleted: Option<Book>,
    /// What the storage holds, until it has taken what it was given.
    pub(super) before: Option<Book>,
    /// The one that waits to be sealed.
    pub(super) sealing: Option<SavedDevice>,
    pub(super) ticket: u32,
}

impl Saved {
    /// Whether the last deletion can be taken back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.deleted.is_some()
    }

    #[must_use]
    pub fn problem(&self, field: SavedField) -> Option<&str> {
        self.problem.as_ref().filter(|(at, _)| *at == field).map(|(_, sentence)| sentence.as_str())
    }
}

/// The fields of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavedField {
    Name,
    Passphrase,
    /// The passphrase that opens what was sealed.
    Answer,
    File,
}

impl SavedField {
    /// The id of the element that takes the input.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "saved-name",
            Self::Passphrase => "saved-passphrase",
            Self::Answer => "saved-answer",
            Self::File => "saved-file",
        }
    }
}

/// The person worked on the saved devices, or the browser answers.
#[derive(Clone, Debug, PartialEq)]
pub enum SavedAction {
    /// What the storage holds; `None` when it holds nothing.
    Loaded(Option<String>),
    Toggle,
    Typed(SavedField, String),
    RememberChosen(bool),
    ExportSecretsChosen(bool),
    Save,
    Sealed {
        ticket: u32,
        result: Result<Sealed, String>,
    },
    Open(String),
    Answer,
    /// The passphrase is not given; the secrets are typed instead.
    DoWithout,
    Opened {
        ticket: u32,
        result: Result<Secret, String>,
    },
    Delete(String),
    Undo,
    /// Whether the storage has taken it, or why not.
    Stored(Result<(), String>),
    Export,
    /// The text of a chosen file, or why there is none.
    FileRead(Result<String, String>),
    CopyLink,
    /// Whether the clipboard took it.
    LinkCopied(bool),
}

/// What the browser is to do about them.
#[derive(Clone, PartialEq)]
pub enum SavedEffect {
    Store(String),
    /// `bound`: what the secret is for; it opens for nothing else.
    Seal {
        ticket: u32,
        passphrase: Secret,
        secret: Secret,
        bound: String,
    },
    Unseal {
        ticket: u32,
        passphrase: Secret,
        sealed: Box<Sealed>,
        bound: String,
    },
    CopyLink {
        host: String,
        port: String,
    },
}

impl fmt::Debug for SavedEffect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Store(_) => "Store",
            Self::Seal { .. } => "Seal",
            Self::Unseal { .. } => "Unseal",
            Self::CopyLink { .. } => "CopyLink",
        })
    }
}

#[cfg(test)]
mod tests;
