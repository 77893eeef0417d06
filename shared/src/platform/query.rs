//! How the calls' parts are written: queries, and names that ThingsBoard gave.

use super::{PACKAGE_PATH, PackageUpload};
use crate::thingsboard::checksum::ChecksumAlgorithm;
use std::fmt::Write;

/// The path with the name of a gateway's device, when there is one.
#[must_use]
pub fn of_child(path: &str, child: Option<&str>) -> String {
    child.map_or_else(|| path.to_owned(), |name| with_query(path, &[("child", name)]))
}

impl PackageUpload {
    /// Where to `PUT` the bytes.
    #[must_use]
    pub fn path(&self) -> String {
        let mut parts = vec![
            ("kind", self.kind.prefix()),
            ("title", &self.title),
            ("version", &self.version),
            ("algorithm", self.algorithm.name()),
        ];
        parts.extend(self.tag.as_deref().map(|tag| ("tag", tag)));
        with_query(PACKAGE_PATH, &parts)
    }
}

fn with_query(path: &str, parts: &[(&str, &str)]) -> String {
    let mut text = path.to_owned();
    for (index, (name, value)) in parts.iter().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            // What stands for itself everywhere (RFC 3986, section 2.3).
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

pub(super) fn default_algorithm() -> ChecksumAlgorithm {
    ChecksumAlgorithm::Sha256
}

/// `fw` and `sw`, as in ThingsBoard's topics.
pub(super) mod kind {
    use crate::thingsboard::topic::PackageKind;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in crate::platform) fn serialize<S: Serializer>(
        kind: &PackageKind,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.prefix())
    }

    pub(in crate::platform) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<PackageKind, D::Error> {
        let prefix = String::deserialize(deserializer)?;
        let kind = PackageKind::ALL.into_iter().find(|kind| kind.prefix() == prefix);
        kind.ok_or_else(|| D::Error::custom("the kind is fw or sw"))
    }
}

/// ThingsBoard's names.
pub(super) mod algorithm {
    use crate::thingsboard::checksum::ChecksumAlgorithm;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(in crate::platform) fn serialize<S: Serializer>(
        algorithm: &ChecksumAlgorithm,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(algorithm.name())
    }

    pub(in crate::platform) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ChecksumAlgorithm, D::Error> {
        let name = String::deserialize(deserializer)?;
        ChecksumAlgorithm::parse(&name).ok_or_else(|| {
            let names = ChecksumAlgorithm::ALL.map(ChecksumAlgorithm::name).join(", ");
            D::Error::custom(format!("the algorithm is one of {names}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thingsboard::topic::PackageKind;

    #[test]
    fn a_query_holds_any_text() {
        assert_eq!(of_child("/p", None), "/p");
        assert_eq!(of_child("/p", Some("Pumpe 1&é")), "/p?child=Pumpe%201%26%C3%A9");
        let upload = PackageUpload {
            kind: PackageKind::Firmware,
            title: "a b".to_owned(),
            version: "1.0".to_owned(),
            tag: Some("x".to_owned()),
            algorithm: ChecksumAlgorithm::Murmur3With32Bits,
        };
        let path = "/api/demo/platform/package?kind=fw&title=a%20b&version=1.0&algorithm=MURMUR3_32&tag=x";
        assert_eq!(upload.path(), path);
    }

    #[test]
    fn names_are_thingsboards() {
        let upload = r#"{"kind":"sw","title":"t","version":"1"}"#;
        let upload: PackageUpload = serde_json::from_str(upload).unwrap();
        assert_eq!((upload.kind, upload.algorithm), (PackageKind::Software, ChecksumAlgorithm::Sha256));
        for bad in [
            r#"{"kind":"hw","title":"t","version":"1"}"#,
            r#"{"kind":"fw","title":"t","version":"1","algorithm":"x"}"#,
        ] {
            assert!(serde_json::from_str::<PackageUpload>(bad).is_err(), "{bad}");
        }
    }
}
