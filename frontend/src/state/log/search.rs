//! Where a text stands in another. Whether the letters A to Z are large or small does not matter.

use std::ops::Range;

/// The first place of `needle` in `text` from byte `from` on. An empty needle is nowhere.
#[must_use]
pub fn find(text: &str, needle: &str, from: usize) -> Option<Range<usize>> {
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    let first = needle.first()?;
    let last = text.len().checked_sub(needle.len())?;
    let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    (from..=last)
        .find(|at| {
            let byte = text[*at];
            (byte == small || byte == large) && text[*at..*at + needle.len()].eq_ignore_ascii_case(needle)
        })
        .map(|at| at..at + needle.len())
}

/// Whether it stands there at all.
#[must_use]
pub fn contains(text: &str, needle: &str) -> bool {
    find(text, needle, 0).is_some()
}

/// The text cut at every place where `needle` stands: each part, and whether it is one. At most `most` of
/// them are told apart.
#[must_use]
pub fn parts<'t>(text: &'t str, needle: &str, most: usize) -> Vec<(&'t str, bool)> {
    let mut parts = Vec::new();
    let mut done = 0;
    for place in
        std::iter::successors(find(text, needle, 0), |place| find(text, needle, place.end)).take(most)
    {
        if place.start > done {
            parts.push((&text[done..place.start], false));
        }
        done = place.end;
        parts.push((&text[place], true));
    }
    if done < text.len() {
        parts.push((&text[done..], false));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_whatever_the_case_of_its_letters() {
        assert_eq!(find("Temperature: 21", "temp", 0), Some(0..4));
        assert_eq!(find("a TEMP and a temp", "Temp", 3), Some(13..17));
        assert!(contains("größe", "ÖSS") || contains("größe", "öß"));
        assert!(!contains("abc", "") && !contains("", "a") && !contains("ab", "abc"));
    }

    #[test]
    fn a_text_is_cut_where_it_is_found() {
        assert_eq!(
            parts("xaxAx", "a", 9),
            [("x", false), ("a", true), ("x", false), ("A", true), ("x", false)]
        );
        assert_eq!(parts("aa", "a", 9), [("a", true), ("a", true)]);
        assert_eq!(parts("plain", "", 9), [("plain", false)]);
        assert_eq!(parts("aéa", "É", 9), [("aéa", false)], "only A to Z");
        assert_eq!(parts("a a a", "a", 1).iter().filter(|part| part.1).count(), 1);
    }
}
