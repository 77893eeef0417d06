//! Reads a chosen file as trust file. Its bytes are judged here and overwritten; only certificates go on.

use crate::{parts, state::action::FormAction};
use js_sys::{ArrayBuffer, Uint8Array};
use shared::{
    limits::MAX_TRUST_FILE_BYTES,
    trust_file::{TrustFile, TrustFileProblem},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, File};
use yew::Callback;
use zeroize::Zeroizing;

/// Bytes looked at in a file that is too large anyway, to find a private key at its start.
const MAX_LOOK_BYTES: f64 = 1_048_576.0;

/// Reads the file and reports what it is.
pub fn read(file: File, report: Callback<FormAction>) {
    spawn_local(async move {
        let source = file.name();
        report.emit(match judged(&file).await {
            Ok(result) => FormAction::CertificateRead { source, result },
            Err(_) => FormAction::CertificateUnreadable,
        });
    });
}

async fn judged(file: &File) -> Result<Result<TrustFile, TrustFileProblem>, JsValue> {
    let size = file.size();
    let start: Blob = file.slice_with_f64_and_f64(0.0, size.min(MAX_LOOK_BYTES))?;
    let buffer: ArrayBuffer = JsFuture::from(start.array_buffer()).await?.dyn_into()?;
    let view = Uint8Array::new(&buffer);
    let bytes = Zeroizing::new(view.to_vec());
    view.fill(0, 0, view.length());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's size")]
    let size = size as usize;
    let Ok(session) = parts::fetch_session().await else { return Err(JsValue::UNDEFINED) };
    Ok(match (session.read_trust_file)(&bytes) {
        Err(problem @ TrustFileProblem::PrivateKey) => Err(problem),
        _ if size > MAX_TRUST_FILE_BYTES => Err(TrustFileProblem::TooLarge { bytes: size }),
        result => result,
    })
}
