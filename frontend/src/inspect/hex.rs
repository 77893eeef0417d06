//! Bytes as people look at them: offset, hex pairs and ASCII, sixteen to a line; and as base64.

use base64::{Engine, prelude::BASE64_STANDARD};

/// Bytes to a line of hex.
pub const LINE: usize = 16;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Lines such as `00000010  61 62 …  |ab…|`. What is no printable ASCII is a dot.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 5);
    for (number, line) in bytes.chunks(LINE).enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let offset = number * LINE;
        for shift in (0..8).rev() {
            push_digit(&mut out, (offset >> (4 * shift)) as u8);
        }
        out.push(' ');
        for place in 0..LINE {
            out.push_str(if place == LINE / 2 { "  " } else { " " });
            match line.get(place) {
                Some(byte) => {
                    push_digit(&mut out, byte >> 4);
                    push_digit(&mut out, *byte);
                }
                None => out.push_str("  "),
            }
        }
        out.push_str("  |");
        for byte in line {
            out.push(if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' });
        }
        out.push('|');
    }
    out
}

fn push_digit(out: &mut String, value: u8) {
    out.push(char::from(DIGITS[usize::from(value & 0xf)]));
}

/// Standard base64 with padding (RFC 4648 section 4), without line breaks.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_offset_pairs_and_letters() {
        let bytes: Vec<u8> = (0x5a..0x6c).collect();
        assert_eq!(
            hex(&bytes),
            "00000000  5a 5b 5c 5d 5e 5f 60 61  62 63 64 65 66 67 68 69  |Z[\\]^_`abcdefghi|\n\
             00000010  6a 6b                                             |jk|"
        );
        assert_eq!(
            hex(b"\x00\xff~\x7f"),
            "00000000  00 ff 7e 7f                                       |..~.|"
        );
        assert_eq!(hex(b""), "");
    }

    #[test]
    fn base64_is_the_standard_one() {
        assert_eq!(base64(b"\xff\xfe\xfd\x00"), "//79AA==");
    }
}
