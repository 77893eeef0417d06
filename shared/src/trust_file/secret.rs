//! Is there a private key in a text? Asked of every file before anything else, and so of the raw bytes:
//! encoding, line ends, letter case and the rest of the file must not matter. Leaves no copy behind.

use zeroize::Zeroizing;

const BEGIN: &[u8] = b"BEGIN";
const PRIVATE_KEY: &[u8] = b"PRIVATEKEY";
/// PuTTY's format has no BEGIN line.
const PUTTY: &[u8] = b"PUTTY-USER-KEY-FILE";
/// Letters and digits of a label that are looked at. The longest known before "PRIVATE KEY" has 13.
const LABEL: usize = 40;

/// Whether any BEGIN line names a private key.
pub(super) fn mentions_private_key(bytes: &[u8]) -> bool {
    // Without zero bytes UTF-16 reads as ASCII.
    let mut text = Zeroizing::new(Vec::with_capacity(bytes.len()));
    text.extend(bytes.iter().filter(|byte| **byte != 0).map(u8::to_ascii_uppercase));
    let begins = text.windows(BEGIN.len()).enumerate().filter(|(_, window)| *window == BEGIN);
    let mut labels = begins.filter(|(at, _)| opens_label(&text[..*at]));
    labels.any(|(at, _)| names_private_key(&text[at + BEGIN.len()..]))
        || text.windows(PUTTY.len()).any(|window| window == PUTTY)
}

/// Whether BEGIN is a word of its own after something like dashes, or the first word of all. Base64
/// may hold the letters too, but only between its own characters or at the start of a line.
fn opens_label(before: &[u8]) -> bool {
    match before.trim_ascii_end().last() {
        None => true,
        Some(_) if before.ends_with(b"\n") || before.ends_with(b"\r") => false,
        Some(last) => !last.is_ascii_alphanumeric() && !b"+/=".contains(last),
    }
}

/// Reads over odd spaces and line ends inside the label, to its closing dash.
fn names_private_key(label: &[u8]) -> bool {
    let letters = label.iter().take_while(|byte| **byte != b'-').filter(|byte| byte.is_ascii_alphanumeric());
    let letters: Vec<u8> = letters.take(LABEL).copied().collect();
    letters.windows(PRIVATE_KEY.len()).any(|window| window == PRIVATE_KEY)
}
