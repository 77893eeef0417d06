//! Any text as host: what is accepted is what is dialled, so it must be one plain name or address.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{endpoint::Host, limits::MAX_HOST_BYTES};

fuzz_target!(|text: &str| {
    let host = match Host::parse(text) {
        Ok(host) => host,
        Err(problem) => {
            assert!(!problem.to_string().contains(char::is_control));
            return;
        }
    };
    assert_eq!(Host::parse(host.as_str()).as_ref(), Ok(&host));
    assert!((1..=MAX_HOST_BYTES).contains(&host.as_str().len()));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_:".contains(c);
    assert!(host.as_str().chars().all(plain), "{host:?}");
    assert!(host.ip().is_some() || !host.as_str().contains(':'));
});
