//! JSON with a line for each value, indented by two spaces. Every value keeps its spelling.

use super::json::{Document, Kind};

/// The document indented, up to about so many bytes; and whether that is all of it.
#[must_use]
pub fn pretty(document: &Document<'_>, most_bytes: usize) -> (String, bool) {
    let mut out = String::with_capacity(document.text.len().min(most_bytes) * 3 / 2);
    // The containers that are open: where each ends, and its bracket.
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, node) in document.nodes.iter().enumerate() {
        let mut closed = false;
        while let Some((_, bracket)) = open.pop_if(|(end, _)| *end <= at) {
            new_line(&mut out, open.len());
            out.push(bracket);
            closed = true;
        }
        if out.len() > most_bytes {
            return (out, false);
        }
        if at > 0 {
            let first = !closed
                && out.ends_with(['[', '{'])
                && document.nodes[at - 1].kind.is_container()
                && document.nodes[at - 1].children > 0;
            if !first {
                out.push(',');
            }
            new_line(&mut out, open.len());
        }
        if let Some(name) = document.name(node) {
            out.push_str(name);
            out.push_str(": ");
        }
        let (begin, end) = match node.kind {
            Kind::Object => ('{', '}'),
            Kind::Array => ('[', ']'),
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => {
                out.push_str(document.spelled(node));
                continue;
            }
        };
        out.push(begin);
        if node.children == 0 {
            out.push(end);
        } else {
            open.push((node.next, end));
        }
    }
    while let Some((_, bracket)) = open.pop() {
        new_line(&mut out, open.len());
        out.push(bracket);
    }
    (out, true)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let (out, whole) = pretty(&Document::read(text).unwrap(), usize::MAX);
        assert!(whole);
        out
    }

    #[test]
    fn each_value_has_a_line_and_its_spelling() {
        assert_eq!(
            of(r#"{"a":[1,{"b":1.50},[],{}],"c":"[\u00e9{"}"#),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": 1.50\n    },\n    [],\n    {}\n  ],\n  \"c\": \"[\\u00e9{\"\n}"
        );
        assert_eq!(of(" 1 "), "1");
        assert_eq!(
            of("[[[]],{\"a\":{\"b\":[0]}}]"),
            "[\n  [\n    []\n  ],\n  {\n    \"a\": {\n      \"b\": [\n        0\n      ]\n    }\n  }\n]"
        );
    }

    #[test]
    fn it_means_the_same_as_before() {
        let text = r#"{"a":{"b":[[1,2],[{}],[[]]],"c":null},"d":["[","{"],"e":[{"f":1},{"g":2}]}"#;
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&of(text)), value(text));
        assert_eq!(of(text), serde_json::to_string_pretty(&value(text)).unwrap());
    }

    #[test]
    fn a_long_one_is_cut_and_says_so() {
        let text = format!("[{}1]", "1,".repeat(10_000));
        let (out, whole) = pretty(&Document::read(&text).unwrap(), 1_000);
        assert!(!whole && (1_000..1_100).contains(&out.len()), "{}", out.len());
    }
}
