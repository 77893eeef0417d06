//! Reads a chosen file as a payload, whole, unless it is larger than a payload may be.

use crate::{
    state::publish::{ChosenFile, PublishAction},
    text::{counted, grouped, visible_line},
};
use js_sys::{ArrayBuffer, Uint8Array};
use shared::limits::MAX_PACKET_BYTES;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;
use yew::Callback;

/// Reads the file and reports it, or why it is not taken.
pub fn read(file: File, report: Callback<PublishAction>) {
    spawn_local(async move {
        let name = file.name();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's size")]
        let size = file.size() as usize;
        if size > MAX_PACKET_BYTES {
            return report.emit(PublishAction::FileRefused(format!(
                "{} has {}, more than the {} of a packet that ThingsBoard takes: choose a smaller file.",
                visible_line(&name),
                counted(size, "byte", "bytes"),
                grouped(MAX_PACKET_BYTES),
            )));
        }
        report.emit(match bytes(&file).await {
            Ok(bytes) => PublishAction::FileRead(ChosenFile { name, bytes }.into()),
            Err(_) => PublishAction::FileRefused(format!(
                "The browser cannot read {}: is it a folder, or has it been changed or moved? Choose it again.",
                visible_line(&name)
            )),
        });
    });
}

pub(super) async fn bytes(file: &File) -> Result<Vec<u8>, JsValue> {
    let buffer: ArrayBuffer = JsFuture::from(file.array_buffer()).await?.dyn_into()?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
