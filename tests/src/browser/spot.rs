//! Something on the page as people name it: what it is, what it is called, and what it stands in.

use std::fmt;

/// A role and an accessible name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    pub(super) role: &'static str,
    pub(super) name: String,
    pub(super) around: Option<Box<Spot>>,
}

impl Spot {
    /// Anything else than the kinds below.
    pub fn new(role: &'static str, name: impl Into<String>) -> Self {
        Self { role, name: name.into(), around: None }
    }

    pub fn button(name: impl Into<String>) -> Self {
        Self::new("button", name)
    }

    pub fn text_box(name: impl Into<String>) -> Self {
        Self::new("textbox", name)
    }

    pub fn select(name: impl Into<String>) -> Self {
        Self::new("combobox", name)
    }

    pub fn tab(name: impl Into<String>) -> Self {
        Self::new("tab", name)
    }

    pub fn form(name: impl Into<String>) -> Self {
        Self::new("form", name)
    }

    /// The same, but only inside `around`.
    #[must_use]
    pub fn within(self, around: Self) -> Self {
        Self { around: Some(Box::new(around)), ..self }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} `{}`", self.role, self.name)?;
        match &self.around {
            Some(around) => write!(formatter, " in {around}"),
            None => Ok(()),
        }
    }
}
