//! Turns what was put together into the folder that is served, and exchanges the old one for it at the end:
//! whoever reads the folder meanwhile sees a whole page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{compress, policy};

pub(super) fn publish(from: &Path, to: &Path) -> Result<()> {
    // Beside it, not beside the target: an interrupted build leaves nothing in the checkout.
    let next = from.with_file_name("next");
    remove(&next)?;
    copy(from, &next)?;
    policy::require(&next.join("index.html"))?;
    for file in files(&next)? {
        if compress::is_compressible(&file) {
            compress::compress(&file)?;
        }
    }
    exchange(&next, to, &from.with_file_name("previous"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("there is no {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn exchange(next: &Path, current: &Path, previous: &Path) -> Result<()> {
    remove(previous)?;
    if current.exists() {
        fs::rename(current, previous).with_context(|| format!("cannot move {} away", current.display()))?;
    }
    fs::rename(next, current).with_context(|| format!("cannot put {} in place", current.display()))?;
    remove(previous)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembled(name: &str, index: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-publish-{name}-{}", std::process::id()));
        remove(&folder).unwrap();
        let built = folder.join("build/assembled");
        fs::create_dir_all(&built).unwrap();
        fs::write(built.join("index.html"), index).unwrap();
        fs::write(built.join("page.wasm"), [0; 1000]).unwrap();
        fs::write(built.join("photo.png"), [1; 10]).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_old_page_is_exchanged_for_the_new_one() {
        let folder = assembled("exchange", "<script src=/start.js></script>");
        let dist = folder.join("dist");
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("old.js"), "").unwrap();

        publish(&folder.join("build/assembled"), &dist).unwrap();
        let expected = [
            "index.html",
            "index.html.br",
            "index.html.gz",
            "page.wasm",
            "page.wasm.br",
            "page.wasm.gz",
            "photo.png",
        ];
        assert_eq!(names(&dist), expected);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_page_that_the_policy_would_block_is_not_published() {
        let folder = assembled("block", "<p style=\"color: red\">");
        let error = publish(&folder.join("build/assembled"), &folder.join("dist")).unwrap_err();
        assert!(error.to_string().contains("style=\"color: red\""), "{error}");
        assert!(!folder.join("dist").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
