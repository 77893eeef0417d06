//! How large the page may be, held against what was built: `frontend/budget.toml` is the promise to those who wait for
//! it.
//!
//! Counted in bytes of the brotli copies, which is what a browser is sent.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::progress::kilobytes;

/// A file whose name begins with a part's and goes on with the program's hash.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budget {
    /// All that is loaded before the form can be used.
    first_load: u64,
    /// The parts that are fetched later, by name.
    parts: BTreeMap<String, u64>,
    /// Everything.
    total: u64,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) first_load: u64,
    pub(super) parts: BTreeMap<String, u64>,
}

impl Sizes {
    pub(super) fn total(&self) -> u64 {
        self.first_load + self.parts.values().sum::<u64>()
    }
}

pub(super) fn read(file: &Path) -> Result<Budget> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not understood", file.display()))
}

/// The sizes of a page as it is published.
pub(super) fn measure(dist: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::default();
    for entry in fs::read_dir(dist).with_context(|| format!("cannot list {}", dist.display()))? {
        let path = entry?.path();
        if path.extension() != Some(OsStr::new("br")) {
            continue;
        }
        let size = path.metadata()?.len();
        match path.file_stem().and_then(OsStr::to_str).and_then(part) {
            Some(part) => *sizes.parts.entry(part.to_owned()).or_default() += size,
            None => sizes.first_load += size,
        }
    }
    Ok(sizes)
}

/// The part that a file holds: all wasm but the program that is loaded first. What parts have in common is `shared`,
/// however many files it is in.
fn part(file: &str) -> Option<&str> {
    let plain = file.strip_suffix(".wasm").filter(|plain| !plain.ends_with("_bg"))?;
    plain.rsplit_once('-').map(|(part, _hash)| part.trim_end_matches(|digit: char| digit.is_ascii_digit()))
}

/// One sentence for all that is too large.
pub(super) fn hold(budget: &Budget, sizes: &Sizes) -> Result<()> {
    let mut over = Vec::new();
    let mut compare = |what: &str, size: u64, limit: Option<&u64>| match limit {
        Some(limit) if size <= *limit => {}
        Some(limit) => over.push(format!("{what} has {size} bytes of {limit}")),
        None => over.push(format!("{what} ({}) is not in it", kilobytes(size))),
    };
    compare("the first load", sizes.first_load, Some(&budget.first_load));
    for (part, size) in &sizes.parts {
        compare(&format!("the part {part}"), *size, budget.parts.get(part));
    }
    compare("everything", sizes.total(), Some(&budget.total));
    if !over.is_empty() {
        bail!(
            "the page is over frontend/budget.toml: {}. Make it smaller or move it into a part (frontend/src/parts.rs), \
             or raise the budget and say in the commit why.",
            over.join("; ")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget() -> Budget {
        toml::from_str("first_load = 100\ntotal = 150\n[parts]\npanels = 60\n").unwrap()
    }

    fn sizes(first_load: u64, parts: &[(&str, u64)]) -> Sizes {
        Sizes { first_load, parts: parts.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect() }
    }

    #[test]
    fn a_page_within_its_budget_is_held() {
        hold(&budget(), &sizes(100, &[("panels", 50)])).unwrap();
    }

    #[test]
    fn everything_too_large_is_named_in_one_sentence() {
        let error = hold(&budget(), &sizes(101, &[("panels", 61), ("new", 1)])).unwrap_err().to_string();
        for words in ["first load has 101 bytes of 100", "panels has 61", "part new", "everything has 163"] {
            assert!(error.contains(words), "{words}: {error}");
        }
    }

    #[test]
    fn parts_are_told_from_what_is_loaded_first() {
        let folder = std::env::temp_dir().join(format!("xtask-budget-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, size) in [
            ("index.html.br", 1),
            ("index.html", 1000),
            ("device-console-page-0123456789abcdef_bg.wasm.br", 10),
            ("panels-0123456789abcdef.wasm.br", 100),
            ("shared2-0123456789abcdef.wasm.br", 1),
            ("shared3-0123456789abcdef.wasm.br", 2),
            ("panels-0123456789abcdef.wasm.gz", 1000),
        ] {
            fs::write(folder.join(name), vec![0; size]).unwrap();
        }
        assert_eq!(measure(&folder).unwrap(), sizes(11, &[("panels", 100), ("shared", 3)]));
        fs::remove_dir_all(folder).unwrap();
    }
}
