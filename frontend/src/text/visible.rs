//! Untrusted text with every character marked that would be invisible, move the cursor or turn the
//! reading direction, so that what is read is what was sent.

/// For one line: line breaks and tabs are marked too.
#[must_use]
pub fn visible_line(text: &str) -> String {
    marked(text, |_| false)
}

/// For text of several lines: line feeds and tabs stay.
#[must_use]
pub fn visible_text(text: &str) -> String {
    marked(text, |character| matches!(character, '\n' | '\t'))
}

/// Whether a character is shown as a mark, for it would be invisible, move the cursor or turn the direction.
#[must_use]
pub fn is_marked(character: char) -> bool {
    control_picture(character).is_some() || is_deceptive(character)
}

fn marked(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if keep(character) {
            out.push(character);
        } else if let Some(symbol) = control_picture(character) {
            out.push(symbol);
        } else if is_deceptive(character) {
            out.push_str(&format!("[U+{:04X}]", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out
}

/// Unicode's own pictures of the ASCII control characters.
fn control_picture(character: char) -> Option<char> {
    match u32::from(character) {
        code @ 0..0x20 => char::from_u32(0x2400 + code),
        0x7f => Some('\u{2421}'),
        _ => None,
    }
}

/// C1 controls, marks and embeddings of direction, separators that break lines, and characters without
/// width. Joiners (U+200C, U+200D) stay: several scripts and emoji need them.
fn is_deceptive(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_marked() {
        assert_eq!(visible_line("a\0b\x1b[31m\x7f"), "a␀b␛[31m␡");
        assert_eq!(visible_line("safe\u{202e}gpj.exe"), "safe[U+202E]gpj.exe");
        assert_eq!(visible_line("\u{feff}x\u{85}\u{e0041}"), "[U+FEFF]x[U+0085][U+E0041]");
    }

    #[test]
    fn line_breaks_stay_only_where_lines_are_meant() {
        assert_eq!(visible_line("a\n\tb"), "a␊␉b");
        assert_eq!(visible_text("a\r\n\tb"), "a␍\n\tb");
    }

    #[test]
    fn ordinary_text_of_any_script_is_untouched() {
        for text in ["{\"t\": 42}", "Grüße", "日本", "سلام", "👩‍🚀", "می‌خواهم"] {
            assert_eq!(visible_text(text), text);
        }
    }
}
