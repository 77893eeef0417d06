//! Seals secrets under a passphrase and opens them again, by the browser's own cryptography (W3C Web Cryptography).

use crate::state::{
    form::Secret,
    saved::{PBKDF2_ITERATIONS, Sealed},
};
use gloo::utils::window;
use js_sys::{Array, ArrayBuffer, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesDerivedKeyParams, AesGcmParams, Crypto, CryptoKey, Pbkdf2Params, SubtleCrypto};
use zeroize::Zeroizing;

const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const KEY_BITS: u32 = 256;

/// Said where the browser has no cryptography for this page.
const NO_CRYPTOGRAPHY: &str = "This browser encrypts only on pages that came over HTTPS or from this computer: open the page so, or save without \
     the secrets.";

/// # Errors
/// The browser cannot, in a sentence.
pub(super) async fn seal(passphrase: &Secret, secret: &Secret, bound: &str) -> Result<Sealed, String> {
    let (crypto, subtle) = cryptography().ok_or(NO_CRYPTOGRAPHY)?;
    let sealing = async {
        let (mut salt, mut nonce) = (vec![0; SALT_BYTES], vec![0; NONCE_BYTES]);
        crypto.get_random_values_with_u8_array(&mut salt)?;
        crypto.get_random_values_with_u8_array(&mut nonce)?;
        let key = key(&subtle, passphrase, &salt, PBKDF2_ITERATIONS, "encrypt").await?;
        let plain = Zeroizing::new(secret.expose().as_bytes().to_vec());
        let sealed = subtle.encrypt_with_object_and_u8_array(&parameters(&nonce, bound), &key, &plain)?;
        let text = bytes(JsFuture::from(sealed).await?)?.to_vec();
        Ok::<_, JsValue>(Sealed {
            iterations: PBKDF2_ITERATIONS,
            salt: salt.into(),
            nonce: nonce.into(),
            text: text.into(),
        })
    };
    sealing.await.map_err(|_| "The browser could not encrypt the secrets: save without them.".to_owned())
}

/// # Errors
/// The passphrase is another one, or what was sealed was changed; in a sentence.
pub(super) async fn open(passphrase: &Secret, sealed: &Sealed, bound: &str) -> Result<Secret, String> {
    let (_, subtle) = cryptography().ok_or(NO_CRYPTOGRAPHY)?;
    let opening = async {
        let key = key(&subtle, passphrase, &sealed.salt.0, sealed.iterations, "decrypt").await?;
        let parameters = parameters(&sealed.nonce.0, bound);
        let plain = subtle.decrypt_with_object_and_u8_array(&parameters, &key, &sealed.text.0)?;
        let view = bytes(JsFuture::from(plain).await?)?;
        let plain = Zeroizing::new(view.to_vec());
        view.fill(0, 0, view.length());
        Ok::<_, JsValue>(Secret::new(String::from_utf8_lossy(&plain).into_owned()))
    };
    opening.await.map_err(|_| {
        "This is not the passphrase that the secrets were encrypted with: try again, or go on without them.".to_owned()
    })
}

fn cryptography() -> Option<(Crypto, SubtleCrypto)> {
    let crypto = window().crypto().ok()?;
    let subtle = crypto.subtle();
    // Missing where the page is not trusted with it, whatever the binding's type says.
    (!AsRef::<JsValue>::as_ref(&subtle).is_undefined()).then_some((crypto, subtle))
}

async fn key(
    subtle: &SubtleCrypto,
    passphrase: &Secret,
    salt: &[u8],
    iterations: u32,
    usage: &str,
) -> Result<CryptoKey, JsValue> {
    let raw = Uint8Array::from(passphrase.expose().as_bytes());
    let usages = |usage: &str| Array::of1(&usage.into());
    let imported = subtle.import_key_with_str("raw", &raw, "PBKDF2", false, &usages("deriveKey"))?;
    let imported: CryptoKey = JsFuture::from(imported).await?.dyn_into()?;
    raw.fill(0, 0, raw.length());
    let derivation = Pbkdf2Params::new("PBKDF2", &"SHA-256".into(), iterations, &Uint8Array::from(salt));
    let kind = AesDerivedKeyParams::new("AES-GCM", KEY_BITS);
    let derived =
        subtle.derive_key_with_object_and_object(&derivation, &imported, &kind, false, &usages(usage))?;
    JsFuture::from(derived).await?.dyn_into()
}

fn parameters(nonce: &[u8], bound: &str) -> Object {
    let parameters = AesGcmParams::new("AES-GCM", &Uint8Array::from(nonce));
    parameters.set_additional_data(&Uint8Array::from(bound.as_bytes()));
    parameters.unchecked_into()
}

fn bytes(buffer: JsValue) -> Result<Uint8Array, JsValue> {
    let buffer: ArrayBuffer = buffer.dyn_into()?;
    Ok(Uint8Array::new(&buffer))
}
