//! How text and bytes are written in each language, so that they come out of it as they went in, and that the program
//! shows every character that could not be seen otherwise.

use crate::text::{filled, is_marked};

/// How a literal of one language is written.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What begins and ends it.
    quotes: (&'static str, &'static str),
    /// Letters that stand for themselves only behind a sign.
    escapes: &'static [(char, &'static str)],
    /// A letter that is to be seen.
    letter: Form,
    /// A byte that is no letter.
    byte: Form,
}

/// How a number is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// Each byte as `\ooo`: always three digits, so that a digit after it is its own.
    Octal,
    /// `\xhh`, two digits.
    Hex,
    /// `\uhhhh` or `\Uhhhhhhhh`.
    Python,
    /// `\u{h}`
    Braces,
}

const COMMON: &[(char, &str)] = &[('\\', "\\\\"), ('"', "\\\""), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")];

/// A format of printf(1), within single quotes (POSIX.1-2024, printf).
pub const PRINTF: Rules = Rules {
    quotes: ("'", "'"),
    escapes: &[('\\', "\\\\"), ('%', "%%"), ('\'', "\\047"), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")],
    letter: Form::Octal,
    byte: Form::Octal,
};
/// Python's `"…"` (Python reference, 2.4.1).
pub const PYTHON: Rules =
    Rules { quotes: ("\"", "\""), escapes: COMMON, letter: Form::Python, byte: Form::Hex };
/// Python's `b"…"`.
const PYTHON_BYTES: Rules = Rules { quotes: ("b\"", "\""), ..PYTHON };
/// C++'s `"…"` (\[lex.string\]); a question mark could begin a trigraph.
pub const CPP: Rules = Rules {
    quotes: ("\"", "\""),
    escapes: &[('\\', "\\\\"), ('"', "\\\""), ('?', "\\?"), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")],
    letter: Form::Octal,
    byte: Form::Octal,
};
/// Rust's `"…"` (Rust reference, tokens).
pub const RUST: Rules =
    Rules { quotes: ("\"", "\""), escapes: COMMON, letter: Form::Braces, byte: Form::Hex };
/// Rust's `b"…"`.
const RUST_BYTES: Rules = Rules { quotes: ("b\"", "\""), ..RUST };

impl Rules {
    /// A literal of text.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut out = self.quotes.0.to_owned();
        for letter in text.chars() {
            self.letter(letter, &mut out);
        }
        out.push_str(self.quotes.1);
        out
    }

    /// A literal of bytes, as text where they are text.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> String {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text),
            Err(_) => self.single_bytes(bytes),
        }
    }

    fn single_bytes(&self, bytes: &[u8]) -> String {
        let mut out = self.quotes.0.to_owned();
        for byte in bytes {
            let letter = char::from(*byte);
            if letter.is_ascii() && !letter.is_ascii_control() {
                self.letter(letter, &mut out);
            } else {
                write_number(self.byte, u32::from(*byte), &mut out);
            }
        }
        out.push_str(self.quotes.1);
        out
    }

    fn letter(&self, letter: char, out: &mut String) {
        match self.escapes.iter().find(|(known, _)| *known == letter) {
            Some((_, escape)) => out.push_str(escape),
            None if is_marked(letter) => match self.letter {
                Form::Octal => {
                    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                        write_number(Form::Octal, byte.into(), out);
                    }
                }
                form @ (Form::Hex | Form::Python | Form::Braces) => write_number(form, letter.into(), out),
            },
            None => out.push(letter),
        }
    }
}

fn write_number(form: Form, number: u32, out: &mut String) {
    let (before, base, digits, after) = match form {
        Form::Octal => ("\\", 8, 3, ""),
        Form::Hex => ("\\x", 16, 2, ""),
        Form::Python if number > 0xffff => ("\\U", 16, 8, ""),
        Form::Python => ("\\u", 16, 4, ""),
        Form::Braces => ("\\u{", 16, 1, "}"),
    };
    out.push_str(before);
    let mut place: u32 = 1;
    let mut length = 1;
    while length < digits || number / place >= base {
        place *= base;
        length += 1;
    }
    while place > 0 {
        out.extend(char::from_digit(number / place % base, base));
        place /= base;
    }
    out.push_str(after);
}

/// Python's bytes.
#[must_use]
pub fn python_bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => filled("¤.encode()", &[&PYTHON.text(text)]),
        _ => PYTHON_BYTES.single_bytes(bytes),
    }
}

/// A slice of bytes in Rust.
#[must_use]
pub fn rust_bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_ascii() => filled("¤.as_bytes()", &[&RUST.text(text)]),
        _ => RUST_BYTES.single_bytes(bytes),
    }
}

/// One word for a POSIX shell. A NUL, which no argument can hold, is left out.
#[must_use]
pub fn shell(text: &str) -> String {
    let mut out = String::from("'");
    // What could not be seen, which printf writes.
    let mut marked = String::new();
    for letter in text.chars().chain(['\n']) {
        if is_marked(letter) && letter != '\n' && letter != '\t' {
            marked.extend((letter != '\0').then_some(letter));
            continue;
        }
        if !marked.is_empty() {
            out.push_str("'\"$(printf -- ");
            out.push_str(&PRINTF.text(&marked));
            out.push_str(")\"'");
            marked.clear();
        }
        match letter {
            '\'' => out.push_str("'\\''"),
            other => out.push(other),
        }
    }
    out.pop();
    out.push('\'');
    out
}

/// Whether bytes are text that a shell can give to a program and a person can read.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|letter| !is_marked(letter) || matches!(letter, '\n' | '\t')))
}
