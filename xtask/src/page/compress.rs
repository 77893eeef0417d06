//! Puts a brotli and a gzip copy beside a file, so that a server only has to pick one.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Kinds of files that shrink; pictures and fonts are compressed already.
const COMPRESSIBLE: [&str; 10] =
    ["css", "html", "ico", "js", "json", "map", "svg", "txt", "wasm", "webmanifest"];

pub(super) fn is_compressible(file: &Path) -> bool {
    file.extension().and_then(OsStr::to_str).is_some_and(|extension| COMPRESSIBLE.contains(&extension))
}

pub(super) fn compress(file: &Path) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    fs::write(beside(file, "br"), brotli_of(&bytes)?)?;
    fs::write(beside(file, "gz"), gzip_of(&bytes)?)?;
    Ok(())
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn brotli_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters =
        BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &parameters).context("brotli failed")?;
    Ok(compressed)
}

fn gzip_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish().context("gzip failed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_copies_hold_the_same_bytes() {
        let bytes = b"the same words again and again, the same words again and again".repeat(20);
        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut &brotli_of(&bytes).unwrap()[..], &mut from_brotli).unwrap();
        assert_eq!(from_brotli, bytes);

        let mut from_gzip = Vec::new();
        flate2::read::GzDecoder::new(&gzip_of(&bytes).unwrap()[..]).read_to_end(&mut from_gzip).unwrap();
        assert_eq!(from_gzip, bytes);
    }

    #[test]
    fn names_are_extended_not_replaced() {
        assert_eq!(beside(Path::new("a/b.wasm"), "br"), Path::new("a/b.wasm.br"));
        assert!(is_compressible(Path::new("b.wasm")));
        assert!(!is_compressible(Path::new("b.png")));
        assert!(!is_compressible(Path::new("wasm")));
    }
}
