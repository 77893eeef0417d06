//! Telemetry that is written as rows of keys and values, or as JSON.

use crate::{
    state::rows::{Editor, Row, RowEdit, TypedValue, quoted, typed_value},
    text::visible_name,
};
use std::collections::BTreeMap;

/// Rows that may be written.
pub const MOST_ROWS: usize = 20;

/// What is written. Both ways keep what stands in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    pub editor: Editor,
    pub rows: Vec<Row>,
    pub json: String,
}

impl Default for Values {
    fn default() -> Self {
        Self {
            editor: Editor::default(),
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
        match self.editor {
            Editor::Json => Ok(self.json.clone()),
            Editor::Rows => self.rows_text(),
        }
    }

    fn rows_text(&self) -> Result<String, String> {
        let mut members = BTreeMap::new();
        for (number, Row { key, value }) in (1..).zip(&self.rows) {
            match (key.is_empty(), value.trim().is_empty()) {
                (true, true) => continue,
                (true, false) => return Err(format!("Row {number} has a value and no key: type a name.")),
                (false, true) => {
                    return Err(format!("Row {number} has no value: type one, or \"\" for an empty text."));
                }
                (false, false) => {}
            }
            let value = typed_value(value).map_err(|problem| format!("Row {number}: {problem}"))?;
            if members.insert(key, value.into_json()).is_some() {
                let key = visible_name(key);
                return Err(format!("The key {key} stands in two rows: remove one."));
            }
        }
        if members.is_empty() {
            return Err("There is nothing to publish: type a key and a value.".to_owned());
        }
        let members: Vec<String> =
            members.iter().map(|(key, value)| format!("{}:{value}", quoted(key))).collect();
        Ok(format!("{{{}}}", members.join(",")))
    }

    /// The rows, counted from 1, whose value is no JSON and goes out as a text.
    #[must_use]
    pub fn texts(&self) -> Vec<usize> {
        let is_text = |row: &Row| matches!(typed_value(&row.value), Ok(TypedValue::Text(_)));
        (1..).zip(&self.rows).filter(|(_, row)| is_text(row)).map(|(number, _)| number).collect()
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
        let rows = [("a", "127.0"), ("b", "on"), ("c", "true"), ("d", r#"{"x":1}"#), ("", ""), ("e", "#1")];
        let text = values(&rows).text().unwrap();
        assert_eq!(text, r##"{"a":127.0,"b":"on","c":true,"d":{"x":1},"e":"#1"}"##);
        assert_eq!(values(&rows).texts(), [2, 6]);
    }

    #[test]
    fn rows_that_cannot_be_sent_say_which() {
        assert!(values(&[("a", "1"), ("", "2")]).text().unwrap_err().starts_with("Row 2"));
        assert!(values(&[("a", "1"), ("a", "2")]).text().unwrap_err().contains("key a"));
        assert!(values(&[("a", " ")]).text().unwrap_err().contains("Row 1 has no value"));
        assert!(values(&[("a", "{")]).text().unwrap_err().starts_with("Row 1: At column 2"));
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
