//! The cryptography of all handshakes: ring, and what ring lacks to read the certificates that OpenSSL
//! reads: signatures by P-521 keys, from the RustCrypto curve.

use p521::ecdsa::{Signature, VerifyingKey, signature::Verifier};
use rustls::{
    SignatureScheme,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring},
    pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id},
};
use std::sync::LazyLock;

type Algorithm = &'static dyn SignatureVerificationAlgorithm;
type Mapping = (SignatureScheme, &'static [Algorithm]);

static P521: [Algorithm; 1] = [&EcdsaP521Sha512];
static ALL: LazyLock<Vec<Algorithm>> =
    LazyLock::new(|| [ring().signature_verification_algorithms.all, &P521].concat());
static MAPPING: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    let mut mapping = ring().signature_verification_algorithms.mapping.to_vec();
    mapping.push((SignatureScheme::ECDSA_NISTP521_SHA512, &P521));
    mapping
});

fn ring() -> CryptoProvider {
    ring::default_provider()
}

/// ring, with P-521 signatures as one more.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        signature_verification_algorithms: WebPkiSupportedAlgorithms { all: &ALL, mapping: &MAPPING },
        ..ring()
    }
}

/// ECDSA on P-521 with SHA-512 (FIPS 186-5; RFC 5758 section 3.2).
#[derive(Debug)]
struct EcdsaP521Sha512;

impl SignatureVerificationAlgorithm for EcdsaP521Sha512 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}
