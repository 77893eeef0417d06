//! Turns trunk's result into the folder that is served, and exchanges the old one for it at the end:
//! whoever reads the folder meanwhile sees a whole page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{compress, inline_scripts};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) wasm: u64,
    pub(super) wasm_brotli: u64,
    pub(super) total_brotli: u64,
}

pub(super) fn publish(from: &Path, to: &Path) -> Result<Sizes> {
    // Beside trunk's result, not beside the target: an interrupted build leaves nothing in the checkout.
    let next = from.with_file_name("next");
    remove(&next)?;
    copy(from, &next)?;
    fit_to_policy(&next)?;
    let sizes = compress_all(&next)?;
    exchange(&next, to, &from.with_file_name("previous"))?;
    Ok(sizes)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("trunk left no {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        // Trunk's own workplace begins with a dot; nothing of ours does.
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(name))?;
        } else {
            fs::copy(entry.path(), to.join(name))?;
        }
    }
    Ok(())
}

fn fit_to_policy(folder: &Path) -> Result<()> {
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index).context("trunk left no index.html")?;
    let extracted = inline_scripts::extract(&page)?;
    let findings = inline_scripts::findings(&extracted.page)?;
    if !findings.is_empty() {
        bail!(
            "the page's security policy would block what index.html has: {}. Use files of its own for it.",
            findings.join(", ")
        );
    }
    for (name, content) in extracted.scripts {
        fs::write(folder.join(name), content)?;
    }
    fs::write(index, extracted.page)?;
    Ok(())
}

fn compress_all(folder: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::default();
    for file in files(folder)? {
        let size = file.metadata()?.len();
        let brotli = if compress::is_compressible(&file) { compress::compress(&file)? } else { size };
        sizes.total_brotli += brotli;
        if file.extension().is_some_and(|extension| extension == "wasm") {
            sizes.wasm += size;
            sizes.wasm_brotli += brotli;
        }
    }
    Ok(sizes)
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

    fn trunk_result(name: &str, index: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-publish-{name}-{}", std::process::id()));
        remove(&folder).unwrap();
        let trunk = folder.join("build/trunk");
        fs::create_dir_all(trunk.join(".stage")).unwrap();
        fs::write(trunk.join("index.html"), index).unwrap();
        fs::write(trunk.join("page.wasm"), [0; 1000]).unwrap();
        fs::write(trunk.join("photo.png"), [1; 10]).unwrap();
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
        let folder = trunk_result("exchange", "<script>start()</script>");
        let dist = folder.join("dist");
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("old.js"), "").unwrap();

        let sizes = publish(&folder.join("build/trunk"), &dist).unwrap();
        assert_eq!(sizes.wasm, 1000);
        assert!(sizes.wasm_brotli < 100, "{sizes:?}");
        let names = names(&dist);
        let without_boot: Vec<&str> =
            names.iter().map(String::as_str).filter(|name| !name.starts_with("boot-")).collect();
        let expected = [
            "index.html",
            "index.html.br",
            "index.html.gz",
            "page.wasm",
            "page.wasm.br",
            "page.wasm.gz",
            "photo.png",
        ];
        assert_eq!(without_boot, expected);
        assert_eq!(names.len(), expected.len() + 3, "the script and its two copies: {names:?}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_page_that_the_policy_would_block_is_not_published() {
        let folder = trunk_result("block", "<p style=\"color: red\">");
        let error = publish(&folder.join("build/trunk"), &folder.join("dist")).unwrap_err();
        assert!(error.to_string().contains("style=\"color: red\""), "{error}");
        assert!(!folder.join("dist").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
