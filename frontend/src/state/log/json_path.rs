//! A small JSON path for the log's filter, a strict part of RFC 9535 with a comparison after it:
//!
//! - `$.a.b`, `$['a b']`, `$.list[0]`, `$.list[*]`, `$.*`, and `$..name` at any depth
//! - then nothing, for "is there"; or `==`, `!=`, `<`, `<=`, `>`, `>=` and a text in quotes, a number, `true`,
//!   `false` or `null`
//!
//! One value that fits is enough. Numbers are compared exactly where both are whole, else as doubles; texts by
//! their characters; what is of another kind is unequal and neither smaller nor greater.

use crate::inspect::json::{Document, Kind, Node, unquoted};
use std::cmp::Ordering;

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPath {
    steps: Vec<Step>,
    comparison: Option<(Operator, Literal)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Name(String),
    Index(usize),
    Each,
    /// The members of this name at any depth.
    Anywhere(String),
}

impl Step {
    /// The values it leads to, in the order of the text.
    fn lead(&self, document: &Document<'_>, from: &[usize]) -> Vec<usize> {
        let named = |at: &usize, name: &str| {
            document.name(&document.nodes[*at]).is_some_and(|spelled| means(spelled, name))
        };
        let children = from.iter().flat_map(|at| document.children(*at));
        match self {
            Self::Name(name) => children.filter(|at| named(at, name)).collect(),
            Self::Each => children.collect(),
            Self::Index(index) => from
                .iter()
                .filter(|at| document.nodes[**at].kind == Kind::Array)
                .filter_map(|at| document.children(*at).nth(*index))
                .collect(),
            Self::Anywhere(name) => {
                let mut found = Vec::new();
                let mut seen = 0;
                for at in from {
                    let end = document.nodes[*at].next;
                    found.extend((seen.max(at + 1)..end).filter(|at| named(at, name)));
                    seen = seen.max(end);
                }
                found
            }
        }
    }
}

/// Whether a quoted text means this.
fn means(spelled: &str, text: &str) -> bool {
    if spelled.contains('\\') { unquoted(spelled) == text } else { spelled.trim_matches('"') == text }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Text(String),
    Number(String),
    Other(&'static str),
}

/// What cannot be read, in one sentence.
const PROBLEM: &str = "This is no path that can be read: begin with $, as in $.temperature > 20, $..name == \"a\" or \
                       $.list[0].on == true.";

impl JsonPath {
    /// # Errors
    /// One sentence.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        Self::try_read(text).ok_or(PROBLEM)
    }

    fn try_read(text: &str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('$')?;
        let mut steps = Vec::new();
        loop {
            if let Some(after) = rest.strip_prefix("..") {
                let (name, after) = name(after)?;
                steps.push(Step::Anywhere(name.to_owned()));
                rest = after;
            } else if let Some(after) = rest.strip_prefix(".*").or_else(|| rest.strip_prefix("[*]")) {
                steps.push(Step::Each);
                rest = after;
            } else if let Some(after) = rest.strip_prefix('.') {
                let (name, after) = name(after)?;
                steps.push(Step::Name(name.to_owned()));
                rest = after;
            } else if let Some(after) = rest.strip_prefix('[') {
                let (inner, after) = match after.chars().next()? {
                    quote @ ('"' | '\'') => after[1..].split_once(quote).and_then(|(name, after)| {
                        Some((Step::Name(name.to_owned()), after.strip_prefix(']')?))
                    })?,
                    _ => {
                        let (index, after) = after.split_once(']')?;
                        (Step::Index(index.trim().parse().ok()?), after)
                    }
                };
                steps.push(inner);
                rest = after;
            } else {
                break;
            }
        }
        let comparison = match rest.trim() {
            "" => None,
            comparison => Some(self::comparison(comparison)?),
        };
        Some(Self { steps, comparison })
    }

    /// Whether a text is JSON with a value that fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some(document) = Document::read(text) else { return false };
        // A step leads from some values to others, each counted once: so the work is bounded by steps and values.
        let found = self.steps.iter().fold(vec![0], |from, step| step.lead(&document, &from));
        found.iter().any(|at| self.fits(&document, &document.nodes[*at]))
    }

    fn fits(&self, document: &Document<'_>, node: &Node) -> bool {
        let Some((operator, literal)) = &self.comparison else { return true };
        let spelled = document.spelled(node);
        let order = match (node.kind, literal) {
            (Kind::String, Literal::Text(text)) => Some(unquoted(spelled).as_str().cmp(text)),
            (Kind::Number, Literal::Number(number)) => numbers(spelled, number),
            (Kind::Bool | Kind::Null, Literal::Other(word)) if spelled == *word => Some(Ordering::Equal),
            _ => None,
        };
        match operator {
            Operator::Equal => order == Some(Ordering::Equal),
            Operator::Unequal => order != Some(Ordering::Equal),
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }
}

fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-')));
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    (!name.is_empty()).then_some((name, rest))
}

fn comparison(text: &str) -> Option<(Operator, Literal)> {
    let operators = [
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];
    let (operator, rest) =
        operators.into_iter().find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)))?;
    let rest = rest.trim();
    let literal = if let Some(word) = ["true", "false", "null"].into_iter().find(|word| *word == rest) {
        Literal::Other(word)
    } else if let Some(inner) = rest.strip_prefix('\'') {
        Literal::Text(inner.strip_suffix('\'')?.to_owned())
    } else {
        match Document::read(rest)?.nodes.as_slice() {
            [node] if node.kind == Kind::Number => Literal::Number(rest.to_owned()),
            [node] if node.kind == Kind::String => Literal::Text(unquoted(rest)),
            _ => return None,
        }
    };
    Some((operator, literal))
}

fn numbers(a: &str, b: &str) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.parse::<i128>(), b.parse::<i128>()) {
        return Some(a.cmp(&b));
    }
    a.parse::<f64>().ok()?.partial_cmp(&b.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"temperature":21.5,"name":"a b","big":9007199254740993,"on":true,"none":null,
        "list":[{"v":1},{"v":2,"name":"deep"}],"a":{"b":[10,20]},"k é":1}"#;

    #[track_caller]
    fn holds(path: &str) -> bool {
        JsonPath::read(path).unwrap_or_else(|problem| panic!("{path}: {problem}")).matches(TEXT)
    }

    #[test]
    fn what_is_there_is_found() {
        for path in [
            "$",
            "$.temperature",
            "$['k é']",
            "$.list[1].v",
            "$.a.b[1]",
            "$..v",
            "$.*",
            "$.list[*].name",
            "$..b[0]",
        ] {
            assert!(holds(path), "{path}");
        }
        for path in ["$.humidity", "$.list[2]", "$.a[0]", "$.temperature.x", "$..w", "$.list.v", "$.none.x"] {
            assert!(!holds(path), "{path}");
        }
    }

    #[test]
    fn values_are_compared_by_kind() {
        for path in [
            "$.temperature > 20",
            "$.temperature<=21.50",
            "$.name == \"a b\"",
            "$.name=='a b'",
            "$.on == true",
            "$.none == null",
            "$.list[*].v == 2",
            "$..name == 'deep'",
            "$.name != 1",
            "$.big == 9007199254740993",
            "$.big != 9007199254740992",
            "$.name > \"a\"",
            "$.a.b[0] >= 1e1",
        ] {
            assert!(holds(path), "{path}");
        }
        for path in ["$.temperature > 21.5", "$.name > 1", "$.on == false", "$.list == 1", "$.none > null"] {
            assert!(!holds(path), "{path}");
        }
        assert!(!JsonPath::read("$").unwrap().matches("no JSON"));
    }

    #[test]
    fn names_at_any_depth_are_counted_once_however_deep_they_nest() {
        let depth = 400;
        let text = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        let begun = std::time::Instant::now();
        assert!(JsonPath::read("$..a..a..a..a..a == 1").unwrap().matches(&text));
        assert!(!JsonPath::read("$..a..a..a..a..a == 2").unwrap().matches(&text));
        assert!(begun.elapsed() < std::time::Duration::from_secs(1));
        assert!(JsonPath::read(r"$..name == 1").unwrap().matches(r#"[{"n\u0061me":1}]"#));
    }

    #[test]
    fn what_cannot_be_read_is_one_sentence() {
        for path in [
            "",
            "a",
            "$.",
            "$..",
            "$[",
            "$[x]",
            "$.a ==",
            "$.a = 1",
            "$.a == x",
            "$ 1",
            "$.a == [1]",
            "$['a",
            "$[-1]",
        ] {
            let problem = JsonPath::read(path).unwrap_err();
            assert!(problem.ends_with('.') && problem.matches(". ").count() == 0, "{path}");
        }
    }
}
