//! JSON as a flat list of its values, each with where it stands in the text: nothing is converted, so numbers,
//! texts and the order of members stay as they came. Strict (RFC 8259), one pass, no recursion.

use std::{ops::Range, rc::Rc};

/// Nesting that is read.
const MOST_NESTING: usize = 512;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    #[must_use]
    pub fn is_container(self) -> bool {
        matches!(self, Self::Array | Self::Object)
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: Kind,
    /// The member's name with its quotes, where the value has one.
    pub name: Option<Range<usize>>,
    /// The value itself, brackets and quotes included.
    pub span: Range<usize>,
    /// How many values stand directly in it.
    pub children: usize,
    /// The node after all that stands in it.
    pub next: usize,
}

/// A text that is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'t> {
    pub text: &'t str,
    /// The first is the whole; a container's children follow it.
    pub nodes: Rc<Vec<Node>>,
}

impl<'t> Document<'t> {
    /// Reads a whole text; `None` when it is no JSON or nested too deeply.
    #[must_use]
    pub fn read(text: &'t str) -> Option<Self> {
        let mut reader = Reader { bytes: text.as_bytes(), at: 0, nodes: Vec::new() };
        reader.whole()?;
        Some(Self { text, nodes: Rc::new(reader.nodes) })
    }

    /// The nodes directly in a container.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(node).map_or(0, |node| node.next);
        let first = (node + 1 < end).then_some(node + 1);
        std::iter::successors(first, move |child| Some(self.nodes[*child].next).filter(|next| *next < end))
    }

    /// The text of a value.
    #[must_use]
    pub fn spelled(&self, node: &Node) -> &'t str {
        &self.text[node.span.clone()]
    }

    /// A member's name with its quotes.
    #[must_use]
    pub fn name(&self, node: &Node) -> Option<&'t str> {
        node.name.clone().map(|name| &self.text[name])
    }
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn whole(&mut self) -> Option<()> {
        let mut open: Vec<usize> = Vec::new();
        loop {
            // A value is due.
            self.blank();
            let in_object = open.last().is_some_and(|open| self.nodes[*open].kind == Kind::Object);
            let name = if in_object { Some(self.name()?) } else { None };
            let is_whole = self.value(name)?;
            let node = self.nodes.len() - 1;
            if let Some(parent) = open.last() {
                self.nodes[*parent].children += 1;
            }
            if !is_whole {
                open.push(node);
                if open.len() > MOST_NESTING {
                    return None;
                }
                self.blank();
                if !self.close(&mut open) {
                    continue;
                }
            }
            // What follows a value that has ended: ends of what it stands in, then a comma or the text's end.
            loop {
                self.blank();
                if open.is_empty() {
                    return (self.at == self.bytes.len()).then_some(());
                }
                if self.take(b',') {
                    break;
                }
                if !self.close(&mut open) {
                    return None;
                }
            }
        }
    }

    /// Ends the innermost container when its bracket is next.
    fn close(&mut self, open: &mut Vec<usize>) -> bool {
        let Some(node) = open.last().copied() else { return false };
        let bracket = if self.nodes[node].kind == Kind::Object { b'}' } else { b']' };
        if !self.take(bracket) {
            return false;
        }
        self.nodes[node].span.end = self.at;
        self.nodes[node].next = self.nodes.len();
        open.pop();
        true
    }

    fn name(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        self.string()?;
        let name = start..self.at;
        self.blank();
        let colon = self.take(b':');
        self.blank();
        colon.then_some(name)
    }

    /// Adds the next value. Whether it has ended, which an opened container has not.
    fn value(&mut self, name: Option<Range<usize>>) -> Option<bool> {
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' | b'f' => Kind::Bool,
            b'n' => Kind::Null,
            _ => Kind::Number,
        };
        match kind {
            Kind::Object | Kind::Array => self.at += 1,
            Kind::String => self.string()?,
            Kind::Number => self.number()?,
            Kind::Bool | Kind::Null => {
                let word = ["true", "false", "null"]
                    .into_iter()
                    .find(|word| self.rest().starts_with(word.as_bytes()));
                self.at += word?.len();
            }
        }
        let next = self.nodes.len() + 1;
        self.nodes.push(Node { kind, name, span: start..self.at, children: 0, next });
        Some(!kind.is_container())
    }

    fn string(&mut self) -> Option<()> {
        if !self.take(b'"') {
            return None;
        }
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next().filter(u8::is_ascii_hexdigit)?;
                        }
                    }
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Option<()> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        (count > 0).then_some(())
    }

    fn blank(&mut self) {
        self.at += self.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }
}

/// What a quoted text means, its escapes resolved. A half of a surrogate pair becomes U+FFFD.
#[must_use]
pub fn unquoted(quoted: &str) -> String {
    let inner = quoted.trim_start_matches('"').strip_suffix('"').unwrap_or(quoted);
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    serde_json::from_str(quoted).unwrap_or_else(|_| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_order_and_spelling() {
        let text = r#" {"b":12345678901234567890.10, "a" : [1e2,{"x":null}, "q\"\u00e9"],"b":true} "#;
        let document = Document::read(text).unwrap();
        let spelled: Vec<_> = document.nodes.iter().skip(1).map(|node| document.spelled(node)).collect();
        assert_eq!(
            spelled,
            [
                "12345678901234567890.10",
                r#"[1e2,{"x":null}, "q\"\u00e9"]"#,
                "1e2",
                r#"{"x":null}"#,
                "null",
                r#""q\"\u00e9""#,
                "true"
            ]
        );
        let children: Vec<_> =
            document.children(0).map(|node| document.name(&document.nodes[node])).collect();
        assert_eq!(children, [Some("\"b\""), Some("\"a\""), Some("\"b\"")]);
        assert_eq!(document.children(2).collect::<Vec<_>>(), [3, 4, 6]);
        assert_eq!((document.nodes[0].children, document.nodes[2].children), (3, 3));
        assert_eq!(document.children(1).count(), 0);
    }

    #[test]
    fn single_values_and_empty_containers_are_json() {
        for text in ["1", "-0.5e-7", "\"\"", "true", "null", "[]", "{}", "[[],{}]", "[ ]", "{ }"] {
            assert!(Document::read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_serde_json_refuses_is_refused() {
        let texts = [
            "",
            " ",
            "{",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "tru",
            "nul",
            "[1 2]",
            "{} {}",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"",
            "[1}",
            "{\"a\":1]",
            "]",
            ",",
            "-",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "[1],",
            "NaN",
            "'a'",
        ];
        for text in texts {
            assert!(Document::read(text).is_none(), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn deep_nesting_has_a_bound_and_needs_no_stack() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Document::read(&nested(MOST_NESTING)).is_some());
        assert!(Document::read(&nested(MOST_NESTING + 1)).is_none());
        assert!(Document::read(&"[".repeat(1_000_000)).is_none());
    }

    #[test]
    fn escapes_mean_their_characters() {
        assert_eq!(unquoted(r#""a\"b\u00e9\n""#), "a\"bé\n");
        assert_eq!(unquoted(r#""plain""#), "plain");
        assert_eq!(unquoted(r#""\ud800""#), "\\ud800", "what means nothing stays as it is spelled");
    }
}
