//! A package on its way: its bytes, what is asked for at the moment, and how fast it goes.

use crate::text::grouped;
use shared::thingsboard::package::{
    Assigned,
    download::{DEFAULT_CHUNK_BYTES, Download},
};
use std::{cell::RefCell, fmt, rc::Rc};

const KIB: usize = 1024;

/// Bytes of a chunk, as the person chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkSize {
    Bytes(usize),
    /// One chunk.
    Whole,
}

impl Default for ChunkSize {
    fn default() -> Self {
        Self::Bytes(DEFAULT_CHUNK_BYTES)
    }
}

impl ChunkSize {
    pub const ALL: [Self; 6] = [
        Self::Bytes(4 * KIB),
        Self::Bytes(8 * KIB),
        Self::Bytes(16 * KIB),
        Self::Bytes(32 * KIB),
        Self::Bytes(64 * KIB),
        Self::Whole,
    ];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Bytes(4_096) => "4 KiB",
            Self::Bytes(8_192) => "8 KiB",
            Self::Bytes(32_768) => "32 KiB",
            Self::Bytes(65_536) => "64 KiB",
            Self::Bytes(_) => "16 KiB",
            Self::Whole => "Whole file",
        }
    }

    #[must_use]
    pub fn from_label(label: &str) -> Self {
        Self::ALL.into_iter().find(|size| size.label() == label).unwrap_or_default()
    }

    /// Bytes of a chunk of such a package.
    #[must_use]
    pub fn bytes(self, package: usize) -> usize {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Whole => package.max(1),
        }
    }
}

/// The bytes that arrived. Copies of the state share them, because a package may have many mebibytes and
/// the state is copied at every action.
#[derive(Clone)]
pub struct Image(Rc<RefCell<Download>>);

impl Image {
    #[must_use]
    pub fn new(download: Download) -> Self {
        Self(Rc::new(RefCell::new(download)))
    }

    /// Does something with the download. `change` must not come back here.
    pub(in crate::state) fn change<T>(&self, change: impl FnOnce(&mut Download) -> T) -> T {
        change(&mut self.0.borrow_mut())
    }

    /// Looks at the download. `look` must not change it.
    pub fn look<T>(&self, look: impl FnOnce(&Download) -> T) -> T {
        look(&self.0.borrow())
    }
}

/// The same bytes, not equal ones.
impl PartialEq for Image {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Image").field(&self.look(Download::progress)).finish()
    }
}

/// A package that is being fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetch {
    pub package: Rc<Assigned>,
    pub image: Image,
    pub(in crate::state) request: u32,
    /// How often the next chunk was asked for.
    pub(in crate::state) tries: u32,
    /// Unix milliseconds until which the server has time to answer.
    pub(in crate::state) until_ms: i64,
    pub pace: Pace,
}

/// A package that is here.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    pub package: Rc<Assigned>,
    pub image: Image,
}

/// When the download, or what is left of it after a pause, began, and when the last chunk came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub(in crate::state) began_ms: i64,
    pub(in crate::state) began_bytes: usize,
    pub(in crate::state) last_ms: i64,
}

impl Pace {
    pub(in crate::state) fn begun(now_ms: i64, bytes: usize) -> Self {
        Self { began_ms: now_ms, began_bytes: bytes, last_ms: now_ms }
    }

    /// Bytes a second, and the seconds that `left` bytes take at that speed. `None` while too little came.
    fn estimate(self, received: usize, left: usize) -> Option<(u64, u64)> {
        let elapsed_ms = u64::try_from(self.last_ms - self.began_ms).ok().filter(|ms| *ms >= 100)?;
        let bytes = received.checked_sub(self.began_bytes).filter(|bytes| *bytes > 0)? as u64;
        let speed = bytes.saturating_mul(1000) / elapsed_ms;
        (speed > 0).then(|| (speed, (left as u64).div_ceil(speed)))
    }
}

impl Fetch {
    /// How far it is: `393,216 of 1,048,576 bytes, 37%`, and while it runs the speed and the time left.
    #[must_use]
    pub fn words(&self, running: bool) -> String {
        let progress = self.image.look(Download::progress);
        let (received, bytes) = (progress.received_bytes, progress.bytes);
        let mut words = format!("{} of {} bytes, {}%", grouped(received), grouped(bytes), progress.percent());
        if let Some((speed, seconds)) =
            self.pace.estimate(received, bytes.saturating_sub(received)).filter(|_| running)
        {
            words.push_str(&format!(", {}/s, about {} left", size(speed), time(seconds)));
        }
        words
    }
}

fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    match bytes {
        ..KIB => format!("{bytes} bytes"),
        KIB..1_048_576 => format!("{} KiB", bytes / KIB),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

fn time(seconds: u64) -> String {
    if seconds < 120 { format!("{seconds} s") } else { format!("{} min", seconds.div_ceil(60)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_sizes_are_chosen_by_their_labels() {
        for size in ChunkSize::ALL {
            assert_eq!(ChunkSize::from_label(size.label()), size);
        }
        assert!(ChunkSize::ALL.contains(&ChunkSize::default()));
        assert_eq!(ChunkSize::Whole.bytes(0), 1);
        assert_eq!(ChunkSize::Bytes(4_096).bytes(10), 4_096);
    }

    #[test]
    fn the_time_left_is_told_once_something_came() {
        let pace = Pace { began_ms: 1_000, began_bytes: 1_000, last_ms: 3_000 };
        assert_eq!(pace.estimate(5_000, 3_001), Some((2_000, 2)));
        assert_eq!(pace.estimate(1_000, 10), None);
        assert_eq!(Pace::begun(5, 0).estimate(100, 10), None);
    }

    #[test]
    fn speeds_and_times_have_the_unit_that_fits() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(700_000), "683 KiB");
        assert_eq!(size(1_600_000), "1.5 MiB");
        assert_eq!((time(119), time(121)), ("119 s".to_owned(), "3 min".to_owned()));
    }
}
