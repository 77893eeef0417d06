//! Checksums of OTA packages, as ThingsBoard computes and writes them (ThingsBoard ChecksumAlgorithm and
//! BaseOtaPackageService.generateChecksum, which use Guava's `Hashing`). Whoever checks a package compares
//! the text of [`ChecksumAlgorithm::checksum`] with the attribute `fw_checksum` or `sw_checksum`.

use super::murmur3;
use md5::Md5;
use sha2::{Digest, Sha256, Sha384, Sha512};
use std::{fmt, fmt::Write};

/// How a package's checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChecksumAlgorithm {
    Md5,
    Sha256,
    Sha384,
    Sha512,
    Crc32,
    Murmur3With32Bits,
    Murmur3With128Bits,
}

impl ChecksumAlgorithm {
    /// All that ThingsBoard offers.
    pub const ALL: [Self; 7] = [
        Self::Md5,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Crc32,
        Self::Murmur3With32Bits,
        Self::Murmur3With128Bits,
    ];

    /// Reads the attribute `fw_checksum_algorithm`; in any case, as ThingsBoard's own device library does.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }

    /// What ThingsBoard writes into the attribute.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
            Self::Crc32 => "CRC32",
            Self::Murmur3With32Bits => "MURMUR3_32",
            Self::Murmur3With128Bits => "MURMUR3_128",
        }
    }

    /// The checksum as ThingsBoard writes it: lower-case hexadecimal digits. Guava writes the numbers of
    /// CRC32 and of MurmurHash3 with the least significant byte first.
    #[must_use]
    pub fn checksum(self, bytes: &[u8]) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(bytes)),
            Self::Sha256 => hex(&Sha256::digest(bytes)),
            Self::Sha384 => hex(&Sha384::digest(bytes)),
            Self::Sha512 => hex(&Sha512::digest(bytes)),
            Self::Crc32 => hex(&crc32fast::hash(bytes).to_le_bytes()),
            Self::Murmur3With32Bits => hex(&murmur3::hash_32(bytes).to_le_bytes()),
            Self::Murmur3With128Bits => hex(&murmur3::hash_128(bytes).map(u64::to_le_bytes).concat()),
        }
    }
}

impl fmt::Display for ChecksumAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case() {
        for algorithm in ChecksumAlgorithm::ALL {
            assert_eq!(ChecksumAlgorithm::parse(algorithm.name()), Some(algorithm));
            assert_eq!(ChecksumAlgorithm::parse(&algorithm.to_string().to_lowercase()), Some(algorithm));
        }
        assert_eq!(ChecksumAlgorithm::parse("SHA1"), None);
    }

    /// The expected texts come from Python's hashlib, zlib and mmh3.
    #[track_caller]
    fn check(algorithm: ChecksumAlgorithm, bytes: &[u8], expected: &str) {
        assert_eq!(algorithm.checksum(bytes), expected, "{algorithm} of {} bytes", bytes.len());
    }

    #[test]
    fn digests_are_those_of_other_implementations() {
        use ChecksumAlgorithm::{Md5, Sha256, Sha384, Sha512};
        let text = b"hello, world";
        check(Md5, text, "e4d7f1b4ed2e42d15898f4b27b019da4");
        check(Sha256, text, "09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b");
        check(
            Sha384,
            text,
            "1fcdb6059ce05172a26bbe2a3ccc88ed5a8cd5fc53edfd9053304d429296a6da23b1cd9e5c9ed3bb34f00418a70cdb7e",
        );
        check(
            Sha512,
            text,
            concat!(
                "8710339dcb6814d0d9d2290ef422285c9322b7163951f9a0ca8f883d3305286f",
                "44139aa374848e4174f5aada663027e4548637b6d19894aec4fb6c46a139fbf9",
            ),
        );
    }

    #[test]
    fn numbers_are_written_with_the_least_significant_byte_first() {
        use ChecksumAlgorithm::{Crc32, Murmur3With32Bits, Murmur3With128Bits};
        let all: Vec<u8> = (0..=255).collect();
        let expected: [(&[u8], &str, &str, &str); 5] = [
            (b"", "00000000", "00000000", "00000000000000000000000000000000"),
            (b"a", "43beb7e8", "b269253c", "897859f6655555855a890e51483ab5e6"),
            (b"hello, world", "3a72abff", "7fbb9b14", "8ebc5e3a62ac2f344d41429607bcdc4c"),
            (b"123456789abcdefg", "ffafcaa2", "672d76c1", "89fc979be1f57e13bc1098337d8aecce"),
            (&all, "738c0529", "560e0ae4", "b9126fdc13c3991c1ecc34ab7f07d670"),
        ];
        for (bytes, crc, murmur_32, murmur_128) in expected {
            check(Crc32, bytes, crc);
            check(Murmur3With32Bits, bytes, murmur_32);
            check(Murmur3With128Bits, bytes, murmur_128);
        }
    }
}
