//! The tags of an HTML page: just enough of the grammar to find scripts, styles and attributes in
//! `index.html`. Comments, and the text inside scripts and styles, are not taken for tags.

use std::ops::Range;

use anyhow::{Context, Result};

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'p> {
    /// In lower case; closing tags begin with a slash.
    pub(super) name: String,
    /// Names in lower case, in the order of the page.
    pub(super) attributes: Vec<(String, &'p str)>,
    /// From `<` to `>`.
    pub(super) range: Range<usize>,
}

impl Tag<'_> {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| *value)
    }
}

pub(super) fn tags(page: &str) -> Result<Vec<Tag<'_>>> {
    let mut tags: Vec<Tag<'_>> = Vec::new();
    let mut position = 0;
    while let Some(found) = page[position..].find('<') {
        let start = position + found;
        let rest = &page[start..];
        if rest.starts_with("<!--") {
            let length = rest.find("-->").context("the page has a comment without an end")?;
            position = start + length + "-->".len();
        } else if rest[1..].starts_with(|next: char| next.is_ascii_alphabetic() || next == '/') {
            let tag = read_tag(page, start)?;
            position = match tag.name.as_str() {
                "script" | "style" => start_of_closing(page, tag.range.end, &tag.name)?,
                _ => tag.range.end,
            };
            tags.push(tag);
        } else {
            position = start + 1;
        }
    }
    Ok(tags)
}

fn start_of_closing(page: &str, from: usize, name: &str) -> Result<usize> {
    // Lower case of ASCII keeps every byte in its place.
    let text = page[from..].to_ascii_lowercase();
    let length =
        text.find(&format!("</{name}")).with_context(|| format!("the page has a <{name}> without an end"))?;
    Ok(from + length)
}

fn read_tag(page: &str, start: usize) -> Result<Tag<'_>> {
    let is_closing = page[start..].starts_with("</");
    let mut reader = Reader { page, position: start + 1 + usize::from(is_closing) };
    reader.take_until(|c| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    let name = &page[start + 1..reader.position];
    let mut attributes = Vec::new();
    loop {
        reader.take_until(|c| !c.is_ascii_whitespace() && c != '/');
        let next = reader.peek().with_context(|| format!("the page has a <{name}> without its `>`"))?;
        if next == '>' {
            let range = start..reader.position + 1;
            return Ok(Tag { name: name.to_ascii_lowercase(), attributes, range });
        }
        attributes.push(reader.attribute());
    }
}

struct Reader<'p> {
    page: &'p str,
    position: usize,
}

impl<'p> Reader<'p> {
    fn peek(&self) -> Option<char> {
        self.page[self.position..].chars().next()
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> &'p str {
        let rest = &self.page[self.position..];
        let length = rest.find(stop).unwrap_or(rest.len());
        self.position += length;
        &rest[..length]
    }

    fn attribute(&mut self) -> (String, &'p str) {
        let name =
            self.take_until(|c| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/')).to_ascii_lowercase();
        self.take_until(|c| !c.is_ascii_whitespace());
        if self.peek() != Some('=') {
            return (name, "");
        }
        self.position += 1;
        self.take_until(|c| !c.is_ascii_whitespace());
        (name, self.value())
    }

    fn value(&mut self) -> &'p str {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                self.position += 1;
                let value = self.take_until(|c| c == quote);
                self.position = (self.position + 1).min(self.page.len());
                value
            }
            _ => self.take_until(|c| c.is_ascii_whitespace() || c == '>'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(page: &str) -> Vec<String> {
        tags(page).unwrap().into_iter().map(|tag| tag.name).collect()
    }

    #[test]
    fn comments_and_script_text_hold_no_tags() {
        let page = "<!doctype html><!-- <b> --><SCRIPT>if (1 < 2) '<i>'</script><p>1 < 2</p>";
        assert_eq!(names(page), ["script", "/script", "p", "/p"]);
    }

    #[test]
    fn attributes_are_read_in_every_notation() {
        let page = r#"<a HREF="x>y" b='c d' e = f g /><br/>"#;
        let tags = tags(page).unwrap();
        let expected = [("href", "x>y"), ("b", "c d"), ("e", "f"), ("g", "")];
        assert_eq!(tags[0].attributes, expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(&page[tags[0].range.clone()], r#"<a HREF="x>y" b='c d' e = f g />"#);
        assert_eq!(tags[0].attribute("b"), Some("c d"));
    }

    #[test]
    fn a_page_that_breaks_off_is_an_error() {
        for broken in ["<p class", "<!-- never", "<script>alert(1)"] {
            assert!(tags(broken).is_err(), "{broken}");
        }
    }
}
