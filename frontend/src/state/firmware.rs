//! The tab `Firmware`: packages for the device, from notice to running.
//!
//! What a package is and whether its bytes are right is decided in `shared::thingsboard::package`; the
//! conversation with the server stands in `update/firmware.rs`.

mod fetch;

use serde_json::{Map, Value};
use shared::thingsboard::{
    package::{Assigned, AssignedProblem, UpdateState},
    topic::{PackageKind, TopicId},
};
use std::{collections::BTreeMap, rc::Rc};

pub use fetch::{ChunkSize, Fetch, Held, Image, Pace};

/// Milliseconds that the server has to answer a request, for attributes or for a chunk.
pub(super) const PATIENCE_MS: i64 = 10_000;
/// Times that a chunk is asked for.
pub(super) const TRIES: u32 = 3;
/// Milliseconds that the pretended installation takes.
pub(super) const INSTALL_MS: i64 = 1_000;

/// The tab's state.
#[derive(Clone, Debug, PartialEq)]
pub struct Firmware {
    /// Whether the states of an update are published as telemetry.
    pub reports: bool,
    /// The shared attributes that announce packages, as far as they were pushed or asked for.
    pub(super) shared: Map<String, Value>,
    /// The request for them that is not answered yet.
    pub(super) asked: Option<Asked>,
    /// What is to be said of the last check for updates.
    pub notice: Option<String>,
    pub(super) tracks: [Track; 2],
    /// What each unanswered publish was.
    pub(super) sent: BTreeMap<u32, Errand>,
    pub(super) last_number: u32,
}

impl Default for Firmware {
    fn default() -> Self {
        Self {
            reports: true,
            shared: Map::new(),
            asked: None,
            notice: None,
            tracks: PackageKind::ALL.map(Track::new),
            sent: BTreeMap::new(),
            last_number: 0,
        }
    }
}

/// A request for attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) id: TopicId,
    /// Unix milliseconds.
    pub(super) until_ms: i64,
}

/// What a publish was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Check,
    Chunk { kind: PackageKind, request: u32 },
    Report(PackageKind),
}

impl Firmware {
    #[must_use]
    pub fn track(&self, kind: PackageKind) -> &Track {
        let [firmware, software] = &self.tracks;
        match kind {
            PackageKind::Firmware => firmware,
            PackageKind::Software => software,
        }
    }

    pub(super) fn track_mut(&mut self, kind: PackageKind) -> &mut Track {
        let [firmware, software] = &mut self.tracks;
        match kind {
            PackageKind::Firmware => firmware,
            PackageKind::Software => software,
        }
    }

    /// Whether the answer to a check is waited for.
    #[must_use]
    pub fn checking(&self) -> bool {
        self.asked.is_some()
    }
}

/// One of the two packages of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    pub kind: PackageKind,
    /// What the device says it runs.
    pub title: String,
    pub version: String,
    /// Report was pressed while one of the two was empty: whichever is, is marked.
    pub unfilled: bool,
    pub chunk: ChunkSize,
    pub offer: Offer,
    pub stage: Stage,
    /// What is to be said of the last press.
    pub notice: Option<String>,
    /// What became of the last report, when that is bad.
    pub unreported: Option<String>,
    /// An end that is to be reported once there is a session again.
    pub(super) owed: Option<Owed>,
}

/// A report of a failure after which the server ends the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) error: String,
    /// Whether that session is over, so that the next one can be told.
    pub(super) due: bool,
}

/// What ThingsBoard offers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Offer {
    /// Nobody asked and nothing was pushed.
    #[default]
    Unknown,
    None,
    Package(Rc<Assigned>),
    Unreadable(AssignedProblem),
}

/// How far the update is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    #[default]
    Idle,
    Fetching(Fetch),
    /// `why`: when it was not the person.
    Paused {
        fetch: Fetch,
        why: Option<String>,
    },
    /// All bytes are here; drawn before they are compared, which takes a moment.
    Verifying(Held),
    Verified(Held),
    Installing {
        held: Held,
        until_ms: i64,
    },
    Installed(Held),
    /// `during`: the last state that was reached.
    Failed {
        why: String,
        during: Option<UpdateState>,
    },
}

impl Stage {
    /// What ThingsBoard calls it.
    #[must_use]
    pub fn state(&self) -> Option<UpdateState> {
        match self {
            Self::Idle => None,
            Self::Fetching(_) | Self::Paused { .. } => Some(UpdateState::Downloading),
            Self::Verifying(_) => Some(UpdateState::Downloaded),
            Self::Verified(_) => Some(UpdateState::Verified),
            Self::Installing { .. } => Some(UpdateState::Updating),
            Self::Installed(_) => Some(UpdateState::Updated),
            Self::Failed { .. } => Some(UpdateState::Failed),
        }
    }

    /// The verified bytes.
    #[must_use]
    pub fn verified(&self) -> Option<&Held> {
        match self {
            Self::Verified(held) | Self::Installing { held, .. } | Self::Installed(held) => Some(held),
            Self::Idle
            | Self::Fetching(_)
            | Self::Paused { .. }
            | Self::Verifying(_)
            | Self::Failed { .. } => None,
        }
    }
}

impl Track {
    fn new(kind: PackageKind) -> Self {
        Self {
            kind,
            title: String::new(),
            version: String::new(),
            unfilled: false,
            chunk: ChunkSize::default(),
            offer: Offer::default(),
            stage: Stage::default(),
            notice: None,
            unreported: None,
            owed: None,
        }
    }

    /// Another session: what was offered in the last one is not of this one.
    pub(super) fn restart(&mut self) {
        let Self { kind, title, version, chunk, .. } = std::mem::replace(self, Self::new(self.kind));
        *self = Self { title, version, chunk, ..Self::new(kind) };
    }

    /// Title and version that the device runs, when both are known.
    #[must_use]
    pub fn installed(&self) -> Option<(&str, &str)> {
        (!self.title.is_empty() && !self.version.is_empty()).then_some((&self.title, &self.version))
    }
}

/// The ids of the text boxes for title and version that run.
#[must_use]
pub fn running_ids(kind: PackageKind) -> (&'static str, &'static str) {
    match kind {
        PackageKind::Firmware => ("fw-title", "fw-version"),
        PackageKind::Software => ("sw-title", "sw-version"),
    }
}

/// `Firmware` or `Software`.
#[must_use]
pub fn kind_name(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Firmware => "Firmware",
        PackageKind::Software => "Software",
    }
}

/// The person worked on the tab.
#[derive(Clone, Debug, PartialEq)]
pub enum FirmwareAction {
    Check,
    ReportsChosen(bool),
    Of(PackageKind, TrackAction),
}

/// The person worked on one of the two packages.
#[derive(Clone, Debug, PartialEq)]
pub enum TrackAction {
    TitleTyped(String),
    VersionTyped(String),
    /// Report title and version now.
    Report,
    ChunkChosen(ChunkSize),
    Download,
    Pause,
    Resume,
    Cancel,
    Save,
    Install,
    /// Pretend that the installation failed.
    Fail,
}

#[cfg(test)]
mod tests;
