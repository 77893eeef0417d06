//! Reads versions out of `Cargo.lock`, so that a tool which must equal a locked crate cannot drift
//! away from it.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::project::Project;

pub(crate) fn locked_version(project: &Project, package: &str) -> Result<String> {
    let text = fs::read_to_string(project.path("Cargo.lock"))
        .context("cannot read Cargo.lock: it is part of the repository, restore it")?;
    find_version(&text, package)
}

fn find_version(lock: &str, package: &str) -> Result<String> {
    let lock: toml::Table =
        lock.parse().context("Cargo.lock is damaged: restore it or run `cargo update -w`")?;
    let packages = lock.get("package").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let versions: Vec<&str> = packages
        .iter()
        .filter(|entry| text(entry, "name") == Some(package))
        .filter_map(|entry| text(entry, "version"))
        .collect();
    match versions[..] {
        [version] => Ok(version.to_owned()),
        [] => bail!("Cargo.lock has no {package}"),
        _ => bail!("Cargo.lock has {package} {}: keep one", versions.join(" and ")),
    }
}

fn text<'t>(entry: &'t toml::Value, key: &str) -> Option<&'t str> {
    entry.get(key).and_then(toml::Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
        version = 4
        [[package]]
        name = "wasm-bindgen"
        version = "0.2.129"
        [[package]]
        name = "wasm-bindgen-futures"
        version = "0.4.79"
        [[package]]
        name = "gloo"
        version = "0.11.0"
        [[package]]
        name = "gloo"
        version = "0.12.0"
    "#;

    #[test]
    fn the_exact_name_is_found() {
        assert_eq!(find_version(LOCK, "wasm-bindgen").unwrap(), "0.2.129");
    }

    #[test]
    fn a_missing_or_doubled_package_is_an_error_that_says_so() {
        assert_eq!(find_version(LOCK, "yew").unwrap_err().to_string(), "Cargo.lock has no yew");
        let doubled = find_version(LOCK, "gloo").unwrap_err().to_string();
        assert_eq!(doubled, "Cargo.lock has gloo 0.11.0 and 0.12.0: keep one");
    }
}
