//! Names to speak of in one sentence.

use std::{collections::BTreeSet, fmt};

/// Names that a sentence spells out.
const MOST_SPELLED: usize = 3;

/// Characters of a name that a sentence spells out.
const MOST_CHARACTERS: usize = 40;

/// Some of a payload's names, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The first ones, in the payload's order.
    spelled: Vec<String>,
    all: BTreeSet<String>,
}

impl Keys {
    /// The first names in the payload's order, at most three.
    #[must_use]
    pub fn spelled(&self) -> &[String] {
        &self.spelled
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &BTreeSet<String> {
        &self.all
    }

    /// Whether a sentence about them speaks of several.
    #[must_use]
    pub fn several(&self) -> bool {
        self.all.len() > 1
    }

    pub(super) fn push(&mut self, key: &str) {
        if self.all.insert(key.to_owned()) && self.spelled.len() < MOST_SPELLED {
            self.spelled.push(key.to_owned());
        }
    }

    pub(super) fn some(self) -> Option<Self> {
        (!self.all.is_empty()).then_some(self)
    }
}

impl<'a> FromIterator<&'a str> for Keys {
    fn from_iter<I: IntoIterator<Item = &'a str>>(names: I) -> Self {
        names.into_iter().fold(Self::default(), |mut keys, name| {
            keys.push(name);
            keys
        })
    }
}

impl fmt::Display for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = self.all.len() - self.spelled.len();
        for (index, name) in self.spelled.iter().enumerate() {
            let last = index + 1 == self.spelled.len() && more == 0;
            formatter.write_str(match index {
                0 => "",
                _ if last => " and ",
                _ => ", ",
            })?;
            formatter.write_str(&quoted(name))?;
        }
        match more {
            0 => Ok(()),
            more => write!(formatter, " and {more} more"),
        }
    }
}

/// A name or value in double quotes, shortened, without control characters.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", shortened(name))
}

pub(super) fn shortened(text: &str) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        match character {
            _ if index == MOST_CHARACTERS => return shown + "…",
            control if control.is_control() => shown.extend(control.escape_debug()),
            other => shown.push(other),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_names_are_spelled_and_the_others_counted() {
        let said = |names: &[&str]| names.iter().copied().collect::<Keys>().to_string();
        assert_eq!(said(&["a"]), r#""a""#);
        assert_eq!(said(&["a", "b"]), r#""a" and "b""#);
        assert_eq!(said(&["a", "b", "a", "c"]), r#""a", "b" and "c""#);
        assert_eq!(said(&["a", "b", "c", "d", "e"]), r#""a", "b", "c" and 2 more"#);
        assert_eq!(said(&["a\nb"]), r#""a\nb""#);
        assert_eq!(said(&["ü".repeat(41).as_str()]), format!("\"{}…\"", "ü".repeat(40)));
    }
}
