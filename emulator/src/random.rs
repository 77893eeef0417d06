//! Random bytes and texts, from the operating system through the TLS provider, so that no second source
//! of randomness comes into the program.

use rustls::crypto::{GetRandomFailed, ring::default_provider};

const ALPHANUMERICS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], GetRandomFailed> {
    let mut bytes = [0; N];
    default_provider().secure_random.fill(&mut bytes)?;
    Ok(bytes)
}

/// As many random bytes as there is place for.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
    default_provider().secure_random.fill(bytes)
}

/// `length` letters and digits, each equally likely.
pub(crate) fn alphanumeric(length: usize) -> Result<String, GetRandomFailed> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let letters = bytes::<32>()?.into_iter().filter_map(letter);
        text.extend(letters.take(length - text.len()));
    }
    Ok(text)
}

/// The letter for a random byte; `None` for the bytes above the largest multiple of 62, which would make
/// the first letters likelier.
fn letter(byte: u8) -> Option<char> {
    let byte = usize::from(byte);
    (byte < 4 * ALPHANUMERICS.len()).then(|| char::from(ALPHANUMERICS[byte % ALPHANUMERICS.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_the_length_asked_for_and_only_letters_and_digits() {
        for length in [0, 1, 20, 100] {
            let text = alphanumeric(length).unwrap();
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        assert_ne!(alphanumeric(20).unwrap(), alphanumeric(20).unwrap());
    }

    #[test]
    fn every_letter_is_equally_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for found in (0..=u8::MAX).filter_map(letter) {
            *counts.entry(found).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 62);
        assert!(counts.values().all(|count| *count == 4));
    }
}
