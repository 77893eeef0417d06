//! OTA packages: firmware and software that a device may fetch, and what ThingsBoard tells the device about
//! one (ThingsBoard DefaultOtaPackageStateService and OtaPackageUtil). Pure: knows nothing of topics.

use crate::{
    budget::{Budget, Held},
    upload::UnixMs,
};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use shared::{
    platform::{AssignedPackage, PackageContent},
    thingsboard::checksum::ChecksumAlgorithm,
};
use std::sync::Arc;

pub use shared::thingsboard::topic::PackageKind;

/// A package that ThingsBoard keeps itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub title: String,
    pub version: String,
    pub tag: Option<String>,
    /// At most 4 MiB.
    pub bytes: Bytes,
    /// Its checksum is computed from the bytes.
    pub algorithm: ChecksumAlgorithm,
}

/// A package that is fetched elsewhere: ThingsBoard gives its address and no chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedPackage {
    pub title: String,
    pub version: String,
    pub tag: Option<String>,
    pub url: String,
}

/// What is assigned to a device.
#[derive(Clone, Debug)]
pub(crate) enum Assigned {
    /// The checksum is computed once: it takes a while for a large package.
    Kept {
        package: Arc<Package>,
        checksum: String,
    },
    Linked(LinkedPackage),
}

/// Bytes of a package, with the room that was kept free for them: it comes back with the last view of them, also
/// with one that a download still has.
struct Roomed {
    bytes: Bytes,
    _room: Held,
}

impl AsRef<[u8]> for Roomed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Package {
    /// The same within a budget; or as it was, when that has no room.
    pub(crate) fn within(self, budget: &Arc<Budget>) -> Result<Self, Self> {
        let mut room = Held::of(budget);
        if !room.grow(self.bytes.len()) {
            return Err(self);
        }
        let bytes = self.bytes;
        Ok(Self { bytes: Bytes::from_owner(Roomed { bytes, _room: room }), ..self })
    }

    /// The bytes from `size * number` on, at most `size`; all of them when no size is known; none past the
    /// end (OtaPackageDataCache).
    pub(crate) fn chunk(&self, size: usize, number: usize) -> Bytes {
        if size == 0 {
            return self.bytes.clone();
        }
        let start = size.saturating_mul(number).min(self.bytes.len());
        let end = start.saturating_add(size).min(self.bytes.len());
        self.bytes.slice(start..end)
    }
}

impl Assigned {
    pub(crate) fn kept(package: Package) -> Self {
        let checksum = package.algorithm.checksum(&package.bytes);
        Self::Kept { package: Arc::new(package), checksum }
    }

    fn names(&self) -> (&str, &str, Option<&str>) {
        match self {
            Self::Kept { package, .. } => (&package.title, &package.version, package.tag.as_deref()),
            Self::Linked(package) => (&package.title, &package.version, package.tag.as_deref()),
        }
    }

    pub(crate) fn view(&self, kind: PackageKind) -> AssignedPackage {
        let (title, version, tag) = self.names();
        AssignedPackage {
            kind,
            title: title.to_owned(),
            version: version.to_owned(),
            tag: tag.map(str::to_owned),
            content: match self {
                Self::Kept { package, checksum } => PackageContent::Kept {
                    size: package.bytes.len() as u64,
                    checksum: checksum.clone(),
                    algorithm: package.algorithm,
                },
                Self::Linked(package) => PackageContent::Linked { url: package.url.clone() },
            },
        }
    }

    /// The shared attributes that announce it.
    pub(crate) fn attributes(&self, kind: PackageKind) -> Map<String, Value> {
        let (title, version, tag) = self.names();
        let mut members = vec![("title", json!(title)), ("version", json!(version))];
        members.extend(tag.map(|tag| ("tag", json!(tag))));
        match self {
            Self::Kept { package, checksum } => members.extend([
                ("size", json!(package.bytes.len())),
                ("checksum", json!(checksum)),
                ("checksum_algorithm", json!(package.algorithm.name())),
            ]),
            Self::Linked(package) => members.push(("url", json!(package.url))),
        }
        members.into_iter().map(|(name, value)| (key(kind, name), value)).collect()
    }

    /// The shared attributes that no longer hold. ThingsBoard removes them whether they were there or not,
    /// and tells the device so.
    pub(crate) fn outdated(&self, kind: PackageKind) -> Vec<String> {
        let names: &[&str] = match self {
            Self::Kept { .. } => &["url"],
            Self::Linked(_) => &["size", "checksum_algorithm", "checksum"],
        };
        names.iter().map(|name| key(kind, name)).collect()
    }

    /// What ThingsBoard itself writes to the device's telemetry: the goal, and the first two states.
    pub(crate) fn telemetry(&self, kind: PackageKind, now_ms: UnixMs) -> Vec<(String, Value)> {
        let (title, version, tag) = self.names();
        let target = |name| format!("target_{}", key(kind, name));
        let mut values = vec![(target("title"), json!(title)), (target("version"), json!(version))];
        values.extend(tag.map(|tag| (target("tag"), json!(tag))));
        values.push((target("ts"), json!(now_ms)));
        values.extend(["QUEUED", "INITIATED"].map(|state| (key(kind, "state"), json!(state))));
        values
    }
}

/// Every shared attribute that a package may have.
pub(crate) fn attribute_keys(kind: PackageKind) -> Vec<String> {
    let names = ["title", "version", "tag", "size", "checksum", "checksum_algorithm", "url"];
    names.iter().map(|name| key(kind, name)).collect()
}

pub(crate) fn key(kind: PackageKind, name: &str) -> String {
    format!("{}_{name}", kind.prefix())
}

#[cfg(test)]
pub(crate) fn sample(bytes: &'static [u8]) -> Package {
    Package {
        title: "thermostat".to_owned(),
        version: "1.2".to_owned(),
        tag: Some("thermostat 1.2".to_owned()),
        bytes: Bytes::from_static(bytes),
        algorithm: ChecksumAlgorithm::Crc32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_end_with_the_package() {
        let package = sample(b"0123456789");
        assert_eq!(package.chunk(4, 0), "0123");
        assert_eq!(package.chunk(4, 2), "89");
        assert_eq!(package.chunk(5, 1), "56789");
        assert_eq!(package.chunk(0, 7), "0123456789");
        for (size, number) in [(5, 2), (4, 3), (65_536, usize::MAX)] {
            assert_eq!(package.chunk(size, number), "", "{size} {number}");
        }
    }

    #[test]
    fn a_packages_room_comes_back_with_the_last_chunk_of_it() {
        let budget = Arc::new(Budget::new(12));
        let fits = || sample(b"hello, world").within(&budget);
        let kept = fits().unwrap();
        let chunk = kept.chunk(5, 1);
        drop(kept);
        assert!(fits().is_err());
        drop(chunk);
        assert_eq!(fits(), Ok(sample(b"hello, world")));
    }

    #[test]
    fn attributes_announce_a_package() {
        let kept = Assigned::kept(sample(b"hello, world"));
        let expected = json!({
            "fw_title": "thermostat", "fw_version": "1.2", "fw_tag": "thermostat 1.2",
            "fw_size": 12, "fw_checksum": "3a72abff", "fw_checksum_algorithm": "CRC32",
        });
        assert_eq!(Value::Object(kept.attributes(PackageKind::Firmware)), expected);
        assert_eq!(kept.outdated(PackageKind::Firmware), ["fw_url"]);
        let linked = Assigned::Linked(LinkedPackage {
            title: "app".to_owned(),
            version: "2".to_owned(),
            tag: None,
            url: "http://x/".to_owned(),
        });
        let expected = json!({"sw_title": "app", "sw_version": "2", "sw_url": "http://x/"});
        assert_eq!(Value::Object(linked.attributes(PackageKind::Software)), expected);
        let all = attribute_keys(PackageKind::Software);
        assert!(linked.outdated(PackageKind::Software).iter().all(|key| all.contains(key)));
    }
}
