//! Keys and values in rows, and the JSON object that they make. What the server makes of it is not decided here.

use crate::state::rows::{Row, RowEdit, object, typed_value};

/// Rows at a time. A payload with more is written as JSON.
pub const MAX_ROWS: usize = 12;

pub const KEY_IDS: [&str; MAX_ROWS] = [
    "attributes-key-1",
    "attributes-key-2",
    "attributes-key-3",
    "attributes-key-4",
    "attributes-key-5",
    "attributes-key-6",
    "attributes-key-7",
    "attributes-key-8",
    "attributes-key-9",
    "attributes-key-10",
    "attributes-key-11",
    "attributes-key-12",
];

pub const VALUE_IDS: [&str; MAX_ROWS] = [
    "attributes-value-1",
    "attributes-value-2",
    "attributes-value-3",
    "attributes-value-4",
    "attributes-value-5",
    "attributes-value-6",
    "attributes-value-7",
    "attributes-value-8",
    "attributes-value-9",
    "attributes-value-10",
    "attributes-value-11",
    "attributes-value-12",
];

/// The rows, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    pub list: Vec<Row>,
    pub problem: Option<RowProblem>,
}

/// What is wrong with one of the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// From 0.
    pub row: usize,
    /// Whether it is about the value, not the key.
    pub value: bool,
    pub words: String,
}

impl Default for Rows {
    fn default() -> Self {
        let row = Row { key: "model".to_owned(), value: "X1".to_owned() };
        Self { list: vec![row], problem: None }
    }
}

impl RowProblem {
    /// The text box it is about.
    #[must_use]
    pub fn id(&self) -> &'static str {
        let ids = if self.value { &VALUE_IDS } else { &KEY_IDS };
        ids.get(self.row).copied().unwrap_or(KEY_IDS[0])
    }
}

impl Rows {
    /// Returns the text box that the focus is to move to.
    pub(in crate::state) fn update(&mut self, action: RowEdit) -> Option<&'static str> {
        self.problem = None;
        match action {
            RowEdit::Key(row, text) => {
                if let Some(row) = self.list.get_mut(row) {
                    row.key = text;
                }
                None
            }
            RowEdit::Value(row, text) => {
                if let Some(row) = self.list.get_mut(row) {
                    row.value = text;
                }
                None
            }
            RowEdit::Add if self.list.len() < MAX_ROWS => {
                self.list.push(Row::default());
                KEY_IDS.get(self.list.len() - 1).copied()
            }
            RowEdit::Add => {
                self.problem = Some(RowProblem {
                    row: MAX_ROWS - 1,
                    value: false,
                    words: format!(
                        "There are {MAX_ROWS} rows, the most there may be: choose JSON for more keys."
                    ),
                });
                None
            }
            RowEdit::Remove(row) => {
                if row < self.list.len() {
                    self.list.remove(row);
                }
                if self.list.is_empty() {
                    self.list.push(Row::default());
                }
                KEY_IDS.get(row.min(self.list.len() - 1)).copied()
            }
        }
    }

    /// The object that the rows make. Rows with nothing in them are left out; a value that is JSON stays as it was
    /// typed, any other is a text.
    ///
    /// # Errors
    /// The first row that is half empty, or whose value cannot be read.
    pub fn json(&self) -> Result<String, RowProblem> {
        let mut members = Vec::with_capacity(self.list.len());
        for (index, row) in self.list.iter().enumerate() {
            let (key, value) = (row.key.as_str(), row.value.trim());
            match (key.is_empty(), value.is_empty()) {
                (true, true) => {}
                (true, false) => {
                    let words = format!("Row {} has no key: type one, or remove the row.", index + 1);
                    return Err(RowProblem { row: index, value: false, words });
                }
                (false, true) => {
                    let words =
                        format!("Row {} has no value: type one, or \"\" for an empty text.", index + 1);
                    return Err(RowProblem { row: index, value: true, words });
                }
                (false, false) => {
                    let value = typed_value(value).map_err(|problem| {
                        let words = format!("Row {}: {problem}", index + 1);
                        RowProblem { row: index, value: true, words }
                    })?;
                    members.push((key, value.into_json()));
                }
            }
        }
        if members.is_empty() {
            let words = "There is nothing to publish: type a key and a value.".to_owned();
            return Err(RowProblem { row: 0, value: false, words });
        }
        Ok(object(members.into_iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(pairs: &[(&str, &str)]) -> Rows {
        let row = |(key, value): &(&str, &str)| Row { key: (*key).to_owned(), value: (*value).to_owned() };
        Rows { list: pairs.iter().map(row).collect(), problem: None }
    }

    #[test]
    fn values_that_are_json_keep_their_spelling_and_others_are_texts() {
        let text = rows(&[
            ("n", "127.0"),
            ("long", "9223372036854775807"),
            ("on", "on"),
            ("zeros", "007"),
            ("quoted", "\"007\""),
            ("o", "{\"a\":1}"),
            ("", ""),
            ("a\"b", "true"),
        ])
        .json();
        let wanted = r#"{"n": 127.0, "long": 9223372036854775807, "on": "on", "zeros": "007", "quoted": "007", "o": {"a":1}, "a\"b": true}"#;
        assert_eq!(text.as_deref(), Ok(wanted));
    }

    #[test]
    fn half_a_row_says_which_half_is_missing() {
        let problem = rows(&[("a", "1"), ("", "2")]).json().unwrap_err();
        assert_eq!((problem.id(), problem.words.contains("Row 2 has no key")), ("attributes-key-2", true));
        let problem = rows(&[("a", " ")]).json().unwrap_err();
        assert_eq!(
            (problem.id(), problem.words.contains("Row 1 has no value")),
            ("attributes-value-1", true)
        );
        assert!(rows(&[("", "")]).json().unwrap_err().words.contains("nothing to publish"));
    }

    #[test]
    fn there_is_always_a_row_and_never_too_many() {
        let mut rows = Rows::default();
        assert_eq!(rows.update(RowEdit::Remove(0)), Some("attributes-key-1"));
        assert_eq!(rows.list, [Row::default()]);
        for _ in 0..MAX_ROWS {
            rows.update(RowEdit::Add);
        }
        assert_eq!(rows.list.len(), MAX_ROWS);
        assert!(rows.problem.as_ref().unwrap().words.contains("choose JSON"));
        assert_eq!(rows.update(RowEdit::Remove(MAX_ROWS - 1)), Some("attributes-key-11"));
    }
}
