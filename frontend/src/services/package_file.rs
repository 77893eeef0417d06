//! Reads a chosen file as an OTA package, whole, unless it is larger than the demo takes.

use super::payload_file::bytes;
use crate::state::platform::package::{PackageAction, PackageFile, too_large};
use shared::platform::MAX_PACKAGE_BYTES;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::Callback;

/// Reads the file and reports it, or why it is not taken.
pub fn read(file: File, report: Callback<PackageAction>) {
    spawn_local(async move {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's size")]
        let size = file.size() as usize;
        if size > MAX_PACKAGE_BYTES {
            return report.emit(PackageAction::FileRefused(too_large(size)));
        }
        report.emit(match bytes(&file).await {
            Ok(bytes) => PackageAction::FileRead(PackageFile { name: file.name(), bytes: bytes.into() }),
            Err(_) => {
                PackageAction::FileRefused("The browser cannot read this file: choose it again.".to_owned())
            }
        });
    });
}
