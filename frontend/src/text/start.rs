//! The beginning of a text that may be long, on one line: keys, methods, names of devices, topics, reasons. Nothing
//! beyond the cut is looked at, so that a long text costs no more than a short one.

use super::{counted, visible_line};

/// Characters shown of a name.
const NAME_CHARACTERS: usize = 120;

/// Characters read out at once: the longest sentences of the page itself fit, cause and mending together.
const SPOKEN_CHARACTERS: usize = 300;

/// Characters kept of a reason that another program gives.
const KEPT_CHARACTERS: usize = 250;

/// Characters shown of a sentence; what was kept fits with the words about the rest.
const REASON_CHARACTERS: usize = 400;

/// The first characters of `text`, marked as in [`visible_line`], and how much was left out.
#[must_use]
pub fn visible_start(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => visible_line(text),
        Some((end, _)) => {
            let more = counted(text.len() - end, "more byte", "more bytes");
            format!("{}… ({more})", visible_line(&text[..end]))
        }
    }
}

/// A key, a method, a topic or the name of a device.
#[must_use]
pub fn visible_name(text: &str) -> String {
    visible_start(text, NAME_CHARACTERS)
}

/// What is to be kept of a reason in another program's words, which may have any length.
#[must_use]
pub fn kept_reason(text: &str) -> String {
    visible_start(text, KEPT_CHARACTERS)
}

/// A sentence that may hold a reason or a name.
#[must_use]
pub fn visible_reason(text: &str) -> String {
    visible_start(text, REASON_CHARACTERS)
}

/// What a screen reader is to say.
#[must_use]
pub fn spoken(text: &str) -> String {
    visible_start(text, SPOKEN_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_whole_and_marked() {
        assert_eq!(visible_name("temperature"), "temperature");
        assert_eq!(visible_name("a\u{202e}b"), "a[U+202E]b");
        assert_eq!(visible_name(&"é".repeat(120)), "é".repeat(120));
    }

    #[test]
    fn what_was_kept_of_a_reason_is_shown_as_it_is() {
        let kept = kept_reason(&"no ".repeat(20_000));
        assert!(kept.ends_with("… (59,750 more bytes)"));
        assert_eq!(visible_reason(&kept), kept);
    }

    #[test]
    fn long_names_are_cut_between_characters_and_say_how_much_is_missing() {
        let name = "é".repeat(121);
        assert_eq!(visible_name(&name), format!("{}… (2 more bytes)", "é".repeat(120)));
        let name = "k".repeat(60_000);
        assert_eq!(visible_name(&name), format!("{}… (59,880 more bytes)", "k".repeat(120)));
    }
}
