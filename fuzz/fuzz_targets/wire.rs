//! Any text as frame from the page: what is understood is the same after it was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::wire::{ToProxy, decode_frame, encode_frame};

fuzz_target!(|text: &str| {
    let Ok(messages) = decode_frame::<ToProxy>(text) else { return };
    let again = decode_frame::<ToProxy>(&encode_frame(&messages)).expect("what was written can be read");
    assert_eq!(messages, again);
});
