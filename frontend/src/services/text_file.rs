//! Reads a chosen file as text.

use super::payload_file::bytes;
use crate::text::visible_line;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::Callback;

/// Reads the file when it has no more than `most` bytes, and reports its text, or a sentence why there is none.
pub fn read(file: File, most: usize, report: Callback<Result<String, String>>) {
    spawn_local(async move {
        let name = visible_line(&file.name());
        #[expect(clippy::cast_precision_loss, reason = "a file's size")]
        if file.size() > most as f64 {
            return report.emit(Err(format!("{name} is too large to be a file of saved devices.")));
        }
        report.emit(match bytes(&file).await {
            Ok(bytes) => {
                String::from_utf8(bytes).map_err(|_| format!("{name} is no text: choose another file."))
            }
            Err(_) => {
                Err(format!("The browser cannot read {name}: has it been changed or moved? Choose it again."))
            }
        });
    });
}
