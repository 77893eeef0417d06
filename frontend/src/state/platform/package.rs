//! The form that assigns firmware or software.

use super::calls::PlatformCall;
use crate::text::counted;
use shared::{
    platform::{GeneratedPackage, MAX_PACKAGE_BYTES, PackageUpload},
    thingsboard::{checksum::ChecksumAlgorithm, topic::PackageKind},
};
use std::rc::Rc;

/// Bytes of a package that is made up.
const GENERATED_BYTES: usize = 1024 * 1024;

pub const TITLE_ID: &str = "platform-package-title";
pub const VERSION_ID: &str = "platform-package-version";
pub const FILE_ID: &str = "platform-package-file";

/// What is typed and chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct PackageForm {
    pub kind: PackageKind,
    pub title: String,
    pub version: String,
    pub algorithm: ChecksumAlgorithm,
    pub file: Option<PackageFile>,
    pub title_problem: Option<String>,
    pub version_problem: Option<String>,
    pub file_problem: Option<String>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    pub name: String,
    pub bytes: Rc<Vec<u8>>,
}

/// The person worked on the form.
#[derive(Clone, Debug, PartialEq)]
pub enum PackageAction {
    KindChosen(PackageKind),
    TitleTyped(String),
    VersionTyped(String),
    AlgorithmChosen(ChecksumAlgorithm),
    FileRead(PackageFile),
    /// Why the file is not taken.
    FileRefused(String),
    Assign,
    Generate,
    Unassign(PackageKind),
}

impl Default for PackageForm {
    fn default() -> Self {
        Self {
            kind: PackageKind::Firmware,
            title: "demo".to_owned(),
            version: "1.0".to_owned(),
            algorithm: ChecksumAlgorithm::Sha256,
            file: None,
            title_problem: None,
            version_problem: None,
            file_problem: None,
        }
    }
}

/// `firmware` or `software`.
#[must_use]
pub fn kind_word(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Firmware => "firmware",
        PackageKind::Software => "software",
    }
}

/// Why a file of this size is not taken.
#[must_use]
pub fn too_large(bytes: usize) -> String {
    format!(
        "The file has {}, more than the {} of the demo: choose a smaller one.",
        counted(bytes, "byte", "bytes"),
        counted(MAX_PACKAGE_BYTES, "byte", "bytes"),
    )
}

impl PackageForm {
    /// Takes what was typed or chosen, and withdraws what was said of something else.
    pub(super) fn edit(&mut self, action: PackageAction) {
        match action {
            PackageAction::KindChosen(kind) => self.kind = kind,
            PackageAction::TitleTyped(title) => {
                self.title = title;
                self.title_problem = None;
            }
            PackageAction::VersionTyped(version) => {
                self.version = version;
                self.version_problem = None;
            }
            PackageAction::AlgorithmChosen(algorithm) => self.algorithm = algorithm,
            PackageAction::FileRead(file) => {
                self.file = Some(file);
                self.file_problem = None;
            }
            PackageAction::FileRefused(why) => {
                let kept = if self.file.is_some() { " The file chosen before stays." } else { "" };
                self.file_problem = Some(format!("{why}{kept}"));
            }
            PackageAction::Assign | PackageAction::Generate | PackageAction::Unassign(_) => {}
        }
    }

    /// The call that assigns the chosen file, with what it is in words.
    ///
    /// # Errors
    /// The id of the first field with a problem.
    pub(super) fn assign(&mut self) -> Result<(String, PlatformCall), &'static str> {
        self.check()?;
        let Some(file) = &self.file else {
            self.file_problem = Some("There is no file yet: choose one, or press Generate 1 MiB.".to_owned());
            return Err(FILE_ID);
        };
        if file.bytes.is_empty() {
            self.file_problem = Some("The file is empty: choose another.".to_owned());
            return Err(FILE_ID);
        }
        let what = format!("Assign {} {} {} ({})", kind_word(self.kind), self.title, self.version, file.name);
        let upload = PackageUpload {
            kind: self.kind,
            title: self.title.clone(),
            version: self.version.clone(),
            tag: None,
            algorithm: self.algorithm,
        };
        Ok((what, PlatformCall::Upload { upload, bytes: file.bytes.clone() }))
    }

    /// The call that assigns random bytes.
    ///
    /// # Errors
    /// The id of the first field with a problem.
    pub(super) fn generate(&mut self) -> Result<(String, PlatformCall), &'static str> {
        self.check()?;
        let what = format!("Assign generated {} {} {}", kind_word(self.kind), self.title, self.version);
        Ok((
            what,
            PlatformCall::Generate(GeneratedPackage {
                kind: self.kind,
                title: self.title.clone(),
                version: self.version.clone(),
                tag: None,
                algorithm: self.algorithm,
                size: GENERATED_BYTES,
            }),
        ))
    }

    fn check(&mut self) -> Result<(), &'static str> {
        let missing =
            |text: &str, what| text.trim().is_empty().then(|| format!("The {what} is missing: type one."));
        self.title_problem = missing(&self.title, "title");
        self.version_problem = missing(&self.version, "version");
        self.file_problem = None;
        match (&self.title_problem, &self.version_problem) {
            (Some(_), _) => Err(TITLE_ID),
            (None, Some(_)) => Err(VERSION_ID),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_needs_a_title_a_version_and_a_file() {
        let mut form = PackageForm::default();
        form.edit(PackageAction::TitleTyped(" ".into()));
        assert_eq!(form.assign(), Err(TITLE_ID));
        form.edit(PackageAction::TitleTyped("pump".into()));
        assert_eq!(form.assign(), Err(FILE_ID));
        assert!(form.file_problem.as_ref().unwrap().contains("Generate 1 MiB"));
        let bytes = Rc::new(vec![1, 2, 3]);
        form.edit(PackageAction::FileRead(PackageFile { name: "pump.bin".into(), bytes: bytes.clone() }));
        form.edit(PackageAction::KindChosen(PackageKind::Software));
        let (what, call) = form.assign().unwrap();
        assert_eq!(what, "Assign software pump 1.0 (pump.bin)");
        let PlatformCall::Upload { upload, bytes: sent } = call else { panic!("{call:?}") };
        assert_eq!((upload.kind, upload.title.as_str(), sent), (PackageKind::Software, "pump", bytes));
        form.edit(PackageAction::FileRefused(too_large(5_000_000)));
        assert!(form.file_problem.as_ref().unwrap().ends_with("The file chosen before stays."));
    }

    #[test]
    fn a_made_up_package_has_a_mebibyte() {
        let (_, call) = PackageForm::default().generate().unwrap();
        assert!(matches!(call, PlatformCall::Generate(GeneratedPackage { size: 1_048_576, .. })));
    }
}
