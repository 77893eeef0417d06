//! An OTA package as its device sees it: the shared attributes that announce it, what is checked when its
//! bytes are there, and the telemetry that reports how far the update is (ThingsBoard OtaPackageUtil and
//! DefaultOtaPackageStateService). [`download`] puts the bytes together.
//!
//! Knows nothing of topics or of who fetches the chunks.

pub mod download;
#[cfg(test)]
mod tests;

use super::{checksum::ChecksumAlgorithm, topic::PackageKind};
use serde_json::{Map, Value, json};
use thiserror::Error;

/// Bytes of a package that are fetched at the most: the whole of it is kept in memory.
pub const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What follows `fw_` or `sw_` in the names of the shared attributes.
const MEMBERS: [&str; 7] = ["title", "version", "tag", "size", "checksum", "checksum_algorithm", "url"];

/// A package that is assigned to the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub kind: PackageKind,
    pub title: String,
    pub version: String,
    /// ThingsBoard makes it of title and version unless somebody chose another.
    pub tag: Option<String>,
    pub origin: Origin,
}

/// Where the bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// With ThingsBoard, to be fetched in chunks.
    Chunks { bytes: usize, checksum: Checksum },
    /// Elsewhere, at this address. ThingsBoard knows neither size nor checksum.
    Url(String),
}

/// What the bytes are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    pub algorithm: ChecksumAlgorithm,
    /// Hexadecimal digits.
    pub text: String,
}

/// Why shared attributes do not describe a package.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AssignedProblem {
    #[error(
        "The shared attributes name a package but `{0}` is missing: assign the package to the device again in ThingsBoard."
    )]
    Missing(String),
    #[error("The shared attribute `{key}` is no size in bytes: {text}.")]
    Size { key: String, text: String },
    #[error("The package has {bytes} bytes; this page fetches up to {MOST_BYTES}.")]
    TooLarge { bytes: u64 },
    #[error("The package's checksum is made with {0}, which is not known here: it cannot be verified.")]
    Algorithm(String),
}

/// Why fetched bytes are not the package.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyProblem {
    #[error("The package should have {expected} bytes but {actual} arrived: fetch it again.")]
    Size { expected: usize, actual: usize },
    #[error(
        "The {algorithm} of what arrived is {actual}, but ThingsBoard says {expected}: the bytes are not the package, fetch it again."
    )]
    Checksum { algorithm: ChecksumAlgorithm, expected: String, actual: String },
    #[error("The package is at {0}: ThingsBoard says neither its size nor its checksum.")]
    Elsewhere(String),
}

/// Every shared attribute that may announce a package, to be asked for.
#[must_use]
pub fn attribute_keys(kind: PackageKind) -> Vec<String> {
    MEMBERS.iter().map(|member| key(kind, member)).collect()
}

/// Whether a change of this shared attribute concerns the package.
#[must_use]
pub fn is_attribute(kind: PackageKind, name: &str) -> bool {
    MEMBERS.iter().any(|member| key(kind, member) == name)
}

impl Assigned {
    /// Reads all shared attributes that are known, of which others are ignored. `None` when none of them
    /// names a package. While pushes arrive one after the other a problem may be one of the moment.
    ///
    /// # Errors
    /// What is missing or not understood.
    pub fn read(kind: PackageKind, shared: &Map<String, Value>) -> Result<Option<Self>, AssignedProblem> {
        let text = |member| shared.get(&key(kind, member)).and_then(plain);
        let needed = |member| text(member).ok_or_else(|| AssignedProblem::Missing(key(kind, member)));
        if text("title").is_none() && text("version").is_none() {
            return Ok(None);
        }
        let origin = match text("url") {
            Some(url) => Origin::Url(url),
            None => Origin::Chunks {
                bytes: size(&key(kind, "size"), &needed("size")?)?,
                checksum: Checksum {
                    algorithm: algorithm(needed("checksum_algorithm")?)?,
                    text: needed("checksum")?,
                },
            },
        };
        let (title, version) = (needed("title")?, needed("version")?);
        Ok(Some(Self { kind, title, version, tag: text("tag"), origin }))
    }

    /// Compares fetched bytes with what ThingsBoard says of them.
    ///
    /// # Errors
    /// How they differ.
    pub fn verify(&self, bytes: &[u8]) -> Result<(), VerifyProblem> {
        let (size, checksum) = match &self.origin {
            Origin::Chunks { bytes, checksum } => (*bytes, checksum),
            Origin::Url(url) => return Err(VerifyProblem::Elsewhere(url.clone())),
        };
        if bytes.len() != size {
            return Err(VerifyProblem::Size { expected: size, actual: bytes.len() });
        }
        let actual = checksum.algorithm.checksum(bytes);
        if actual.eq_ignore_ascii_case(&checksum.text) {
            return Ok(());
        }
        Err(VerifyProblem::Checksum {
            algorithm: checksum.algorithm,
            expected: checksum.text.clone(),
            actual,
        })
    }
}

/// How far an update is, in the order of its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UpdateState {
    Downloading,
    Downloaded,
    Verified,
    Updating,
    Updated,
    Failed,
}

impl UpdateState {
    pub const ALL: [Self; 6] =
        [Self::Downloading, Self::Downloaded, Self::Verified, Self::Updating, Self::Updated, Self::Failed];

    /// What ThingsBoard reads in `fw_state` (OtaPackageUpdateStatus).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Downloading => "DOWNLOADING",
            Self::Downloaded => "DOWNLOADED",
            Self::Verified => "VERIFIED",
            Self::Updating => "UPDATING",
            Self::Updated => "UPDATED",
            Self::Failed => "FAILED",
        }
    }
}

/// The telemetry that reports a state: `{"fw_state":"DOWNLOADING"}`. With what the device runs now, title and
/// version (`current_fw_title`, `current_fw_version`); with an error, its text (`fw_error`).
#[must_use]
pub fn report(
    kind: PackageKind,
    state: UpdateState,
    installed: Option<(&str, &str)>,
    error: Option<&str>,
) -> String {
    let mut members = Map::new();
    if let Some((title, version)) = installed {
        members.insert(format!("current_{}", key(kind, "title")), json!(title));
        members.insert(format!("current_{}", key(kind, "version")), json!(version));
    }
    members.insert(key(kind, "state"), json!(state.name()));
    if let Some(error) = error {
        members.insert(key(kind, "error"), json!(error));
    }
    Value::Object(members).to_string()
}

fn key(kind: PackageKind, member: &str) -> String {
    format!("{}_{member}", kind.prefix())
}

/// A value as text; somebody may have set the attributes by hand, as numbers.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn size(key: &str, text: &str) -> Result<usize, AssignedProblem> {
    let bytes: u64 = text
        .parse()
        .map_err(|_| AssignedProblem::Size { key: key.to_owned(), text: text.chars().take(40).collect() })?;
    usize::try_from(bytes)
        .ok()
        .filter(|bytes| *bytes <= MOST_BYTES)
        .ok_or(AssignedProblem::TooLarge { bytes })
}

fn algorithm(name: String) -> Result<ChecksumAlgorithm, AssignedProblem> {
    ChecksumAlgorithm::parse(&name).ok_or(AssignedProblem::Algorithm(name))
}
