//! The cryptography of all handshakes: ring, and what ring lacks to read the certificates that OpenSSL
//! reads: signatures by P-521 keys, from the RustCrypto curve.
//!
//! Only signatures: a key exchange on P-521 is not offered, so a server with such a key must speak TLS 1.3
//! (in TLS 1.2 the list of groups also limits the keys of certificates, RFC 8422 section 5.1).

use p521::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use rustls::{
    SignatureScheme,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring},
    pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id},
};
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::sync::LazyLock;

type Algorithm = &'static dyn SignatureVerificationAlgorithm;
type Mapping = (SignatureScheme, &'static [Algorithm]);

/// What the handshake itself may be signed with.
static IN_HANDSHAKE: [Algorithm; 1] = [&EcdsaP521(Hash::Sha512)];
/// What certificates are signed with besides: `openssl req` takes SHA-256 whatever the key.
static IN_CERTIFICATES: [Algorithm; 2] = [&EcdsaP521(Hash::Sha256), &EcdsaP521(Hash::Sha384)];

static ALL: LazyLock<Vec<Algorithm>> = LazyLock::new(|| {
    [ring().signature_verification_algorithms.all, &IN_HANDSHAKE, &IN_CERTIFICATES].concat()
});
static MAPPING: LazyLock<Vec<Mapping>> = LazyLock::new(|| {
    let mut mapping = ring().signature_verification_algorithms.mapping.to_vec();
    mapping.push((SignatureScheme::ECDSA_NISTP521_SHA512, &IN_HANDSHAKE));
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

/// ECDSA on P-521 (FIPS 186-5; RFC 5758 section 3.2).
#[derive(Debug)]
struct EcdsaP521(Hash);

#[derive(Clone, Copy, Debug)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// Bytes of a number in the curve's field.
const FIELD_BYTES: usize = 66;

impl EcdsaP521 {
    /// The hash as a number of the field's size: the library takes no hash shorter than half of that, and
    /// zeros in front do not change a number.
    fn hash(&self, message: &[u8]) -> [u8; FIELD_BYTES] {
        let hash = match self.0 {
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        };
        let mut number = [0; FIELD_BYTES];
        number[FIELD_BYTES - hash.len()..].copy_from_slice(&hash);
        number
    }
}

impl SignatureVerificationAlgorithm for EcdsaP521 {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify_prehash(&self.hash(message), &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        match self.0 {
            Hash::Sha256 => alg_id::ECDSA_SHA256,
            Hash::Sha384 => alg_id::ECDSA_SHA384,
            Hash::Sha512 => alg_id::ECDSA_SHA512,
        }
    }
}
