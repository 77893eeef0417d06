//! Fetching a package chunk by chunk: which to ask for, and whether what comes fits (ThingsBoard
//! MqttTransportHandler.getOtaPackageCallback). Pure; the caller publishes the requests and repeats one that
//! is not answered.

use std::ops::Range;
use thiserror::Error;

/// Bytes of a chunk unless somebody chooses another size: a quarter of the largest packet.
pub const DEFAULT_CHUNK_BYTES: usize = 16 * 1024;

/// How a package is cut: valid by construction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    bytes: usize,
    chunk_bytes: usize,
    count: u32,
}

/// Why a chunk size cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChunkSizeProblem {
    #[error("A chunk has at least 1 byte: choose a larger chunk size.")]
    Zero,
    #[error(
        "A chunk has at most {most} bytes: ThingsBoard answers a larger chunk size with PAYLOAD_TOO_LARGE and closes the connection."
    )]
    TooLarge { most: usize },
    #[error(
        "A package of {bytes} bytes in chunks of {chunk_bytes} has too many chunks: choose a larger chunk size."
    )]
    TooMany { bytes: usize, chunk_bytes: usize },
}

impl Chunks {
    /// For a package of that many bytes, in chunks of that many. `most` is the server's limit,
    /// `SessionLimits::max_payload_bytes`.
    ///
    /// # Errors
    /// When the chunk size is zero or beyond a limit.
    pub fn new(bytes: usize, chunk_bytes: usize, most: usize) -> Result<Self, ChunkSizeProblem> {
        if chunk_bytes == 0 {
            return Err(ChunkSizeProblem::Zero);
        }
        if chunk_bytes > most {
            return Err(ChunkSizeProblem::TooLarge { most });
        }
        let count = u32::try_from(bytes.div_ceil(chunk_bytes))
            .map_err(|_| ChunkSizeProblem::TooMany { bytes, chunk_bytes })?;
        Ok(Self { bytes, chunk_bytes, count })
    }

    /// Number of chunks; 0 for an empty package.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of the whole package.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The place of a chunk in the package, counted from 0; `None` past the end.
    #[must_use]
    pub fn range(&self, number: u32) -> Option<Range<usize>> {
        if number >= self.count {
            return None;
        }
        let start = usize::try_from(number).ok()?.checked_mul(self.chunk_bytes)?;
        Some(start..start.saturating_add(self.chunk_bytes).min(self.bytes))
    }

    /// The payload of every request: the chunk size in decimal digits.
    #[must_use]
    pub fn request_payload(&self) -> String {
        self.chunk_bytes.to_string()
    }
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub received_bytes: usize,
    pub bytes: usize,
}

impl Progress {
    /// Whole per cent, 100 only at the end.
    #[must_use]
    pub fn percent(&self) -> u8 {
        match self.received_bytes.saturating_mul(100).checked_div(self.bytes) {
            Some(percent) => u8::try_from(percent.min(100)).unwrap_or(100),
            None => 100,
        }
    }
}

/// A package on its way: chunks are taken in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    chunks: Chunks,
    bytes: Vec<u8>,
    next: u32,
}

/// Why a chunk was not taken. The download stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChunkProblem {
    /// One that was taken before, or comes too early: nothing to worry about.
    #[error("Chunk {number} arrived, but chunk {expected} is next.")]
    OutOfOrder { number: u32, expected: u32 },
    #[error(
        "Chunk {number} should have {expected} bytes but has {actual}: the package on the server may have changed; read its shared attributes again and start over."
    )]
    WrongSize { number: u32, expected: usize, actual: usize },
}

impl Download {
    #[must_use]
    pub fn new(chunks: Chunks) -> Self {
        Self { chunks, bytes: Vec::new(), next: 0 }
    }

    #[must_use]
    pub fn chunks(&self) -> &Chunks {
        &self.chunks
    }

    /// The chunk to ask for; `None` when all are here.
    #[must_use]
    pub fn next(&self) -> Option<u32> {
        (self.next < self.chunks.count).then_some(self.next)
    }

    /// Takes the bytes of a chunk.
    ///
    /// # Errors
    /// When it is not the next one, or not of the size that it must have.
    pub fn take(&mut self, number: u32, bytes: &[u8]) -> Result<(), ChunkProblem> {
        let range = self.chunks.range(number).filter(|_| number == self.next);
        let Some(range) = range else {
            return Err(ChunkProblem::OutOfOrder { number, expected: self.next });
        };
        if bytes.len() != range.len() {
            return Err(ChunkProblem::WrongSize { number, expected: range.len(), actual: bytes.len() });
        }
        self.bytes.extend_from_slice(bytes);
        self.next += 1;
        Ok(())
    }

    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { received_bytes: self.bytes.len(), bytes: self.chunks.bytes }
    }

    /// What arrived so far; the whole package when [`Self::next`] is `None`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// What the server says on `v2/fw/error`, before it closes the connection.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ServerProblem {
    #[error(
        "No package is assigned to this device (NOT_FOUND): assign one in ThingsBoard, to the device or its profile."
    )]
    NotFound,
    #[error(
        "ThingsBoard has no bytes of this package (FAILURE): it is only an address; fetch it from there."
    )]
    Failure,
    #[error("The chunk size is larger than the server sends (PAYLOAD_TOO_LARGE): choose a smaller one.")]
    TooLarge,
    #[error("ThingsBoard reports an error with the package: {0}.")]
    Other(String),
}

impl ServerProblem {
    #[must_use]
    pub fn read(payload: &str) -> Self {
        match payload.trim() {
            "NOT_FOUND" => Self::NotFound,
            "FAILURE" => Self::Failure,
            "PAYLOAD_TOO_LARGE" => Self::TooLarge,
            other => Self::Other(other.chars().take(200).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(bytes: usize, chunk_bytes: usize) -> Chunks {
        Chunks::new(bytes, chunk_bytes, 65_536).unwrap()
    }

    #[test]
    fn the_last_chunk_is_what_is_left() {
        let ranges = |bytes, size| -> Vec<Range<usize>> {
            let chunks = chunks(bytes, size);
            assert_eq!(chunks.range(chunks.count()), None);
            (0..chunks.count()).map(|number| chunks.range(number).unwrap()).collect()
        };
        assert_eq!(ranges(10, 4), [0..4, 4..8, 8..10]);
        assert_eq!(ranges(8, 4), [0..4, 4..8]);
        assert_eq!(ranges(1, 65_536), [Range { start: 0, end: 1 }]);
        assert_eq!(ranges(0, 4), []);
        assert_eq!(chunks(1 << 20, 16_384).count(), 64);
        assert_eq!(chunks(10, 4).request_payload(), "4");
    }

    #[test]
    fn sizes_that_cannot_be_are_refused() {
        assert_eq!(Chunks::new(10, 0, 65_536), Err(ChunkSizeProblem::Zero));
        assert_eq!(Chunks::new(10, 65_537, 65_536), Err(ChunkSizeProblem::TooLarge { most: 65_536 }));
        let problem = ChunkSizeProblem::TooMany { bytes: usize::MAX, chunk_bytes: 1 };
        assert_eq!(Chunks::new(usize::MAX, 1, 65_536), Err(problem));
    }

    #[test]
    fn a_download_takes_its_chunks_in_order() {
        let mut download = Download::new(chunks(10, 4));
        assert_eq!((download.next(), download.progress().percent()), (Some(0), 0));
        assert_eq!(download.take(0, b"0123"), Ok(()));
        let again = ChunkProblem::OutOfOrder { number: 0, expected: 1 };
        assert_eq!(download.take(0, b"0123"), Err(again));
        assert_eq!(download.take(2, b"89"), Err(ChunkProblem::OutOfOrder { number: 2, expected: 1 }));
        let short = ChunkProblem::WrongSize { number: 1, expected: 4, actual: 0 };
        assert_eq!(download.take(1, b""), Err(short));
        assert_eq!(download.take(1, b"4567"), Ok(()));
        assert_eq!((download.next(), download.progress().percent()), (Some(2), 80));
        assert_eq!(download.take(2, b"89"), Ok(()));
        assert_eq!((download.next(), download.progress().percent()), (None, 100));
        assert_eq!(download.take(3, b""), Err(ChunkProblem::OutOfOrder { number: 3, expected: 3 }));
        assert_eq!(download.into_bytes(), b"0123456789");
    }

    #[test]
    fn an_empty_package_is_there_at_once() {
        let download = Download::new(chunks(0, 4));
        assert_eq!((download.next(), download.progress().percent()), (None, 100));
    }

    #[test]
    fn hundred_per_cent_is_the_end() {
        let progress = Progress { received_bytes: 999_999, bytes: 1_000_000 };
        assert_eq!(progress.percent(), 99);
    }

    #[test]
    fn the_servers_errors_have_words() {
        assert_eq!(ServerProblem::read("NOT_FOUND"), ServerProblem::NotFound);
        assert_eq!(ServerProblem::read("FAILURE"), ServerProblem::Failure);
        assert_eq!(ServerProblem::read("PAYLOAD_TOO_LARGE"), ServerProblem::TooLarge);
        assert_eq!(ServerProblem::read("x"), ServerProblem::Other("x".to_owned()));
    }
}
