//! Telemetry that is written as rows of keys and values, or as JSON.

use serde_json::{Map, Value};
use shared::thingsboard::json;

/// Rows that may be written.
pub const MOST_ROWS: usize = 20;

/// How telemetry is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writing {
    #[default]
    Rows,
    Json,
}

/// What is written. Both ways keep what stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    pub writing: Writing,
    pub rows: Vec<Row>,
    pub json: String,
}

/// A key and its value, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub key: String,
    pub value: String,
}

/// The person changed the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowEdit {
    Key(usize, String),
    Value(usize, String),
    Add,
    Remove(usize),
}

impl Writing {
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
        Self::ALL.into_iter().find(|writing| writing.label() == label).unwrap_or_default()
    }
}

impl Default for Values {
    fn default() -> Self {
        Self {
            writing: Writing::default(),
            rows: vec![Row { key: "temperature".to_owned(), value: "21.5".to_owned() }],
            json: r#"[{"temperature": 21.5}]"#.to_owned(),
        }
    }
}

impl Values {
    pub(in crate::state) fn edit(&mut self, edit: RowEdit) {
        match edit {
            RowEdit::Key(at, key) => {
                if let Some(row) = self.rows.get_mut(at) {
                    row.key = key;
                }
            }
            RowEdit::Value(at, value) => {
                if let Some(row) = self.rows.get_mut(at) {
                    row.value = value;
                }
            }
            RowEdit::Add if self.rows.len() < MOST_ROWS => self.rows.push(Row::default()),
            RowEdit::Remove(at) if at < self.rows.len() && self.rows.len() > 1 => {
                self.rows.remove(at);
            }
            RowEdit::Add | RowEdit::Remove(_) => {}
        }
    }

    /// What is written, as JSON.
    ///
    /// # Errors
    /// Which row cannot be sent, in a sentence.
    pub fn text(&self) -> Result<String, String> {
        match self.writing {
            Writing::Json => Ok(self.json.clone()),
            Writing::Rows => self.rows_text(),
        }
    }

    fn rows_text(&self) -> Result<String, String> {
        let mut members = Map::new();
        let written = self.rows.iter().enumerate().filter(|(_, row)| **row != Row::default());
        for (at, Row { key, value }) in written {
            if key.is_empty() {
                return Err(format!("Row {} has a value and no key: type a name.", at + 1));
            }
            if members.insert(key.clone(), meant(value)).is_some() {
                return Err(format!("The key {key} stands in two rows: remove one."));
            }
        }
        if members.is_empty() {
            return Err("There is nothing to publish: type a key and a value.".to_owned());
        }
        Ok(Value::Object(members).to_string())
    }
}

/// Numbers, true, false and JSON as such; anything else is a text.
fn meant(text: &str) -> Value {
    match json::parse(text) {
        Ok(json) if !text.trim().is_empty() => json.into_value(),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(rows: &[(&str, &str)]) -> Values {
        let row = |(key, value): &(&str, &str)| Row { key: (*key).into(), value: (*value).into() };
        Values { rows: rows.iter().map(row).collect(), ..Values::default() }
    }

    #[test]
    fn rows_become_an_object() {
        let rows = [("a", "127.0"), ("b", "on"), ("c", "true"), ("d", r#"{"x":1}"#), ("", ""), ("e", "")];
        let text = values(&rows).text().unwrap();
        assert_eq!(text, r#"{"a":127.0,"b":"on","c":true,"d":{"x":1},"e":""}"#);
    }

    #[test]
    fn rows_that_cannot_be_sent_say_which() {
        assert!(values(&[("a", "1"), ("", "2")]).text().unwrap_err().starts_with("Row 2"));
        assert!(values(&[("a", "1"), ("a", "2")]).text().unwrap_err().contains("key a"));
        assert!(values(&[("", "")]).text().unwrap_err().contains("nothing to publish"));
    }

    #[test]
    fn the_last_row_stays_and_there_is_an_end() {
        let mut values = values(&[("a", "1")]);
        values.edit(RowEdit::Remove(0));
        assert_eq!(values.rows.len(), 1);
        for _ in 0..MOST_ROWS + 5 {
            values.edit(RowEdit::Add);
        }
        assert_eq!(values.rows.len(), MOST_ROWS);
        values.edit(RowEdit::Key(1, "b".into()));
        assert_eq!(values.rows[1].key, "b");
    }
}
