//! The dialog `Copy as`: what is chosen in it, and the program.

use super::form::Secret;
use crate::copy_as::Language;

pub const DIALOG_ID: &str = "copy-as";
pub const PROGRAM_ID: &str = "copy-as-program";

/// The dialog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CopyAs {
    pub is_open: bool,
    pub language: Language,
    pub what: What,
    /// Off each time the dialog opens.
    pub with_token: bool,
    /// Made when something is chosen, not when messages come. May hold the token.
    pub program: Secret,
    /// What became of the last press, or why there is no program.
    pub notice: Option<String>,
}

/// What is copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum What {
    #[default]
    LastPublish,
    WholeSession,
}

impl What {
    pub const ALL: [Self; 2] = [Self::LastPublish, Self::WholeSession];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::LastPublish => "Last publish",
            Self::WholeSession => "Whole session",
        }
    }

    /// The option's value.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::LastPublish => "last",
            Self::WholeSession => "session",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|what| what.key() == key).unwrap_or_default()
    }
}

/// The person worked on the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyAsAction {
    Open(What),
    /// The person pressed Close.
    Close,
    /// The dialog is closed, by whatever.
    Closed,
    LanguageChosen(Language),
    WhatChosen(What),
    WithTokenChosen(bool),
    Copy,
    /// Whether the clipboard took the program.
    Copied(bool),
    Save,
}
