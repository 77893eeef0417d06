//! Any text as payload: read as ThingsBoard reads it, and shown as what it will be stored as.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use shared::thingsboard::{json, upload};

/// 2026-01-01.
const NOW_MS: i64 = 1_767_225_600_000;

fuzz_target!(|text: &str| {
    let strict = serde_json::from_str::<Value>(text);
    match json::parse_noting(text) {
        // A number beyond all doubles is JSON, but none for serde_json; its nesting ends earlier too.
        Ok((_, leniencies)) => {
            assert!(!leniencies.is_empty() || strict.is_ok() || text.len() > 100 || text.contains(['e', 'E']))
        }
        Err(problem) => {
            assert!(strict.is_err(), "{problem}");
            assert!(!problem.to_string().contains(char::is_control));
        }
    }
    match upload::telemetry(text, NOW_MS) {
        Ok(preview) => {
            for warning in &preview.warnings {
                assert!(!warning.to_string().contains(char::is_control), "{warning}");
                let Some(fixed) = warning.fixed() else { continue };
                let again = upload::telemetry(fixed, NOW_MS).expect("the mended payload can be read");
                assert!(
                    again
                        .points
                        .iter()
                        .map(|point| &point.key)
                        .eq(preview.points.iter().map(|point| &point.key))
                );
                assert!(again.warnings.iter().all(|warning| warning.fixed().is_none()), "{fixed}");
            }
        }
        Err(problem) => assert!(!problem.to_string().contains(char::is_control)),
    }
    let _ = upload::attributes(text);
});
