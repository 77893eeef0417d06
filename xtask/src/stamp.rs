//! A short name for the content of files and folders, to tell whether anything has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Enough of the hash to make an accident impossible and a file name readable.
const SHORT: usize = 16;

pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    shorten(Sha256::digest(bytes).as_slice())
}

/// Depends on the names (relative to `root`) and bytes of everything under `paths`, and on `salt`.
/// Folders whose name is in `skipped` are left out.
pub(crate) fn of_tree(root: &Path, paths: &[&str], skipped: &[&str], salt: &str) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root.join(path), skipped, &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    hash.update(salt);
    for file in files {
        let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy();
        // Lengths keep neighbours apart: moving a byte from one file to the next must show.
        hash.update(name.len().to_le_bytes());
        hash.update(name.as_bytes());
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    Ok(shorten(hash.finalize().as_slice()))
}

fn collect(path: &Path, skipped: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    for entry in fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))? {
        let entry = entry?;
        let is_skipped = entry.file_name().to_str().is_some_and(|name| skipped.contains(&name));
        if !is_skipped {
            collect(&entry.path(), skipped, files)?;
        }
    }
    Ok(())
}

fn shorten(hash: &[u8]) -> String {
    let mut text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    text.truncate(SHORT);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{name}-{}", std::process::id()));
        let _leftover = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src/tests")).unwrap();
        fs::write(folder.join("src/a"), "one").unwrap();
        fs::write(folder.join("src/b"), "two").unwrap();
        folder
    }

    #[test]
    fn bytes_have_their_well_known_hash() {
        assert_eq!(of_bytes(b"abc"), "ba7816bf8f01cfea");
    }

    #[test]
    fn the_same_tree_has_the_same_stamp_and_any_change_another() {
        let folder = sample("change");
        let stamp = || of_tree(&folder, &["src"], &["tests"], "1").unwrap();
        let first = stamp();
        assert_eq!(stamp(), first);

        fs::write(folder.join("src/a"), "on").unwrap();
        fs::write(folder.join("src/b"), "etwo").unwrap();
        assert_ne!(stamp(), first, "a byte moved from one file to the next");

        fs::write(folder.join("src/a"), "one").unwrap();
        fs::write(folder.join("src/b"), "two").unwrap();
        assert_eq!(stamp(), first);
        fs::rename(folder.join("src/b"), folder.join("src/c")).unwrap();
        assert_ne!(stamp(), first, "a renamed file");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn skipped_folders_do_not_count_and_the_salt_does() {
        let folder = sample("skip");
        let stamp = |salt| of_tree(&folder, &["src"], &["tests"], salt).unwrap();
        let first = stamp("1");
        fs::write(folder.join("src/tests/new"), "x").unwrap();
        assert_eq!(stamp("1"), first);
        assert_ne!(stamp("2"), first);
        fs::remove_dir_all(folder).unwrap();
    }
}
