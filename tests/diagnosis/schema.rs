//! docs/check.md's table of fields, read as a schema for the JSON of `device-console check --json`.

use anyhow::{Context, Result};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// One documented field.
#[derive(Clone, Debug)]
struct Field {
    /// Without the parent's name.
    name: String,
    /// `finding` for `finding.step`, else empty.
    parent: String,
    kind: String,
    /// The members of an object, or of each object of an array.
    members: BTreeSet<String>,
    /// Whether other members may follow.
    is_open: bool,
}

/// The table.
#[derive(Debug)]
pub(crate) struct Schema(Vec<Field>);

impl Schema {
    pub(crate) fn read() -> Result<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/check.md");
        let text = fs::read_to_string(&path).context("docs/check.md is missing")?;
        let (_, table) =
            text.split_once("| field | type | meaning |").context("docs/check.md has no table of fields")?;
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        Ok(Self(rows.map(fields).collect::<Result<Vec<_>>>()?.concat()))
    }

    /// Everything in which a report differs from the table.
    pub(crate) fn problems(&self, report: &Value) -> Vec<String> {
        let mut problems = self.members_of("", report);
        if !report["finding"].is_null() {
            problems.extend(self.members_of("finding", &report["finding"]));
        }
        problems
    }

    fn members_of(&self, parent: &str, value: &Value) -> Vec<String> {
        let documented: BTreeSet<String> = self.under(parent).map(|field| field.name.clone()).collect();
        let mut problems = differing(parent, &documented, value, false);
        for field in self.under(parent) {
            problems.extend(field.problems(&value[&field.name]));
        }
        problems
    }

    fn under(&self, parent: &str) -> impl Iterator<Item = &Field> {
        self.0.iter().filter(move |field| field.parent == parent)
    }
}

impl Field {
    fn problems(&self, value: &Value) -> Vec<String> {
        let is_kind = match self.kind.as_str() {
            "object" => value.is_object(),
            "object or null" => value.is_object() || value.is_null(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "array of five" => value.as_array().is_some_and(|items| items.len() == 5),
            "array of strings" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            other => {
                return vec![format!(
                    "{}: docs/check.md names a type that this test does not know: {other}",
                    self.name
                )];
            }
        };
        if !is_kind {
            return vec![format!("{} is not of type {}: {value}", self.name, self.kind)];
        }
        if self.members.is_empty() {
            return Vec::new();
        }
        let objects = match value {
            Value::Array(items) => items.as_slice(),
            Value::Object(_) => std::slice::from_ref(value),
            _ => &[],
        };
        objects.iter().flat_map(|object| differing(&self.name, &self.members, object, self.is_open)).collect()
    }
}

fn differing(name: &str, documented: &BTreeSet<String>, value: &Value, is_open: bool) -> Vec<String> {
    let present: BTreeSet<String> =
        value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let missing =
        documented.difference(&present).map(|key| format!("{name}.{key} is documented but not there"));
    let extra = present.difference(documented).map(|key| format!("{name}.{key} is there but not documented"));
    missing.chain(extra.filter(|_| !is_open)).collect()
}

/// The fields that one line of the table is about.
fn fields(line: &str) -> Result<Vec<Field>> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [names, kind, meaning] = cells[..] else { anyhow::bail!("a line of another shape: {line}") };
    let members = if kind.starts_with("object") || kind == "array" || kind == "array of five" {
        quoted(&outside_parentheses(meaning))
    } else {
        BTreeSet::new()
    };
    // "and the facts of the case"
    let is_open = meaning.contains(" and the ");
    Ok(quoted(names)
        .into_iter()
        // `finding` is described by lines of its own.
        .map(|path| {
            let (parent, name) = path.rsplit_once('.').unwrap_or(("", &path));
            let (parent, name) = (parent.to_owned(), name.to_owned());
            Field { name, parent, kind: kind.to_owned(), members: members.clone(), is_open }
        })
        .collect())
}

/// What stands between backticks.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn outside_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    let mut outside = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(letter),
            _ => {}
        }
    }
    outside
}
