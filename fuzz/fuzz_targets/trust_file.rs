//! Any bytes as trust file: what is accepted is within the limits and survives being written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shared::{
    limits::{MAX_CERTIFICATE_BYTES, MAX_TRUST_FILE_BYTES, MAX_TRUST_FILE_CERTIFICATES},
    trust_file::TrustFile,
};

fuzz_target!(|bytes: &[u8]| {
    let file = match TrustFile::read(bytes) {
        Ok(file) => file,
        Err(problem) => {
            assert!(problem.to_string().is_ascii());
            return;
        }
    };
    let pem = file.to_pem();
    assert!(pem.len() <= MAX_TRUST_FILE_BYTES);
    assert!((1..=MAX_TRUST_FILE_CERTIFICATES).contains(&file.certificates().len()));
    assert!(file.certificates().iter().all(|der| der.len() <= MAX_CERTIFICATE_BYTES));
    assert_eq!(TrustFile::read(pem.as_bytes()), Ok(file));
});
