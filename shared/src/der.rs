//! One level of DER (X.690): tag, content, rest. For looking at a structure without parsing all of it.

/// The tag every certificate begins with.
pub const SEQUENCE: u8 = 0x30;

/// Tag, content and rest of the first DER element (X.690 section 8.1; lengths of up to four bytes).
#[must_use]
pub fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = header(bytes)?;
    let length = length.filter(|length| rest.len() >= *length)?;
    Some((tag, &rest[..length], &rest[length..]))
}

/// Tag and length of the first element, and what follows them. The length is `None` when it is
/// indefinite, which BER has and DER has not; it may promise more than there is.
#[must_use]
pub fn header(bytes: &[u8]) -> Option<(u8, Option<usize>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    match first {
        0..0x80 => Some((tag, Some(usize::from(first)), rest)),
        0x80 => Some((tag, None, rest)),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = octets.iter().fold(0, |length, octet| (length << 8) | usize::from(*octet));
            Some((tag, Some(length), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_taken_off_in_every_form_of_length() {
        assert_eq!(element(&[2, 1, 7, 9]), Some((2, &[7][..], &[9][..])));
        assert_eq!(element(&[2, 0x81, 1, 7]), Some((2, &[7][..], &[][..])));
        assert_eq!(element(&[2, 0x84, 0, 0, 0, 1, 7]), Some((2, &[7][..], &[][..])));
        assert_eq!(element(&[5, 0]), Some((5, &[][..], &[][..])));
    }

    #[test]
    fn what_is_no_whole_element_is_none() {
        let cases: [&[u8]; 7] = [
            &[],
            &[2],
            &[2, 2, 7],
            &[0x30, 0x80, 0, 0],
            &[2, 0x82, 1],
            &[2, 0x85, 0, 0, 0, 0, 0],
            &[2, 0x84, 0xff, 0xff, 0xff, 0xff],
        ];
        for bytes in cases {
            assert_eq!(element(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_header_is_read_where_the_content_is_not_all_there() {
        assert_eq!(header(&[0x30, 0x80, 2, 1]), Some((0x30, None, &[2, 1][..])));
        assert_eq!(header(&[0x30, 0x82, 1, 0, 2]), Some((0x30, Some(256), &[2][..])));
    }
}
