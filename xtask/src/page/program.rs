//! The page's program: compiled, cut into the part that is loaded first and the parts that are fetched later, joined
//! with its JavaScript, made small, and named by its content.
//!
//! The parts are cut out of one compilation and share its addresses. So they are of one version or of none, and all of
//! them bear the same hash.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::command;
use crate::process;
use crate::project::Project;
use crate::stamp;
use crate::toolchain::WASM_TARGET;

const PROGRAM: &str = "device-console-page";

/// What the tools between call it.
const PLAIN: &str = "page";

const PROFILE: &str = "wasm-release";

/// How wasm-split-cli calls what loads the parts; the program imports it under this name.
const LOADER: &str = "__wasm_split.js";

/// What the compiler uses. The program is stripped of saying so.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Names of the files that a page has to name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) script: String,
    pub(super) loader: String,
    pub(super) wasm: String,
}

/// Leaves the program's files in `to`, and nothing else.
pub(super) fn build(project: &Project, to: &Path) -> Result<Program> {
    compile(project)?;
    let work = to.with_file_name("work");
    for folder in [&work, to] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
    }
    cut(project, &work)?;
    join(project, &work)?;
    let parts = parts(&work)?;
    for part in &parts {
        shrink(project, part)?;
    }
    name(&work, &parts, to)
}

fn compile(project: &Project) -> Result<()> {
    let mut cargo = command(project, "cargo")?;
    cargo.args(["rustc", "--quiet", "--locked", "--profile", PROFILE, "--target", WASM_TARGET]);
    cargo.args(["--package", "frontend", "--bin", PROGRAM, "--features", "frontend/split"]);
    // Where the pieces of the program refer to one another, which is what it is cut by.
    cargo.args(["--", "-Clink-arg=--emit-relocs"]);
    process::run(&mut cargo)
}

fn cut(project: &Project, work: &Path) -> Result<()> {
    let compiled = project.wasm_target().join(WASM_TARGET).join(PROFILE).join(PROGRAM).with_extension("wasm");
    let mut cut = command(project, "wasm-split-cli")?;
    process::run(cut.arg(compiled).arg(work).args(["--out-name", PLAIN, "--target", "web"]))
}

fn join(project: &Project, work: &Path) -> Result<()> {
    let mut bindgen = command(project, "wasm-bindgen")?;
    // The parts call into the first one through its table of functions, which otherwise is no longer exported.
    bindgen.args(["--target", "web", "--no-typescript", "--keep-lld-exports"]);
    bindgen.args(["--out-name", PLAIN, "--out-dir"]).arg(work);
    process::run(bindgen.arg(work.join(PLAIN).with_extension("wasm")))?;
    // Its input, which is named like a part.
    fs::remove_file(work.join(PLAIN).with_extension("wasm"))?;
    Ok(())
}

/// The wasm files, in the order of their names.
fn parts(work: &Path) -> Result<Vec<PathBuf>> {
    let mut parts = Vec::new();
    for entry in fs::read_dir(work)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            parts.push(path);
        }
    }
    parts.sort();
    Ok(parts)
}

fn shrink(project: &Project, wasm: &Path) -> Result<()> {
    let mut opt = command(project, "wasm-opt")?;
    opt.args(WASM_FEATURES).args(["-Oz", "--converge", "--strip-debug", "--strip-producers"]);
    opt.args(["--strip-target-features", "--quiet"]);
    process::run(opt.arg(wasm).arg("-o").arg(wasm))
}

/// Gives every file its name, and the scripts the names that they load.
fn name(work: &Path, parts: &[PathBuf], to: &Path) -> Result<Program> {
    let read = |name: &str| {
        let path = work.join(name);
        fs::read_to_string(&path).with_context(|| format!("there is no {}", path.display()))
    };
    let mut script = read(&format!("{PLAIN}.js"))?;
    let mut loader = read(LOADER)?;
    let mut content = Vec::from(format!("{script}{loader}"));
    for part in parts {
        content.extend(fs::read(part)?);
    }
    let hash = stamp::of_bytes(&content);
    let named = Program {
        script: format!("{PROGRAM}-{hash}.js"),
        loader: format!("parts-{hash}.js"),
        wasm: format!("{PROGRAM}-{hash}_bg.wasm"),
    };
    rename(&mut script, &format!("from \"./{LOADER}\""), &format!("from \"./{}\"", named.loader))?;
    rename(&mut script, &format!("'{PLAIN}_bg.wasm'"), &format!("'{}'", named.wasm))?;
    // Begun here, so that the page needs no further script.
    script.push_str("\n__wbg_init();\n");
    rename(&mut loader, &format!("\"./{PLAIN}.js\""), &format!("\"./{}\"", named.script))?;
    for part in parts {
        let old = part.file_name().and_then(|name| name.to_str()).context("a part's name is no text")?;
        let new = if old == format!("{PLAIN}_bg.wasm") {
            named.wasm.clone()
        } else {
            // `split_` and the part's name, or `chunk_` and a number for what several parts have in common.
            let plain = old.trim_end_matches(".wasm");
            let new =
                format!("{}-{hash}.wasm", plain.trim_start_matches("split_").replace("chunk_", "shared"));
            rename(&mut loader, &format!("\"./{old}\""), &format!("\"./{new}\""))?;
            new
        };
        fs::copy(part, to.join(new))?;
    }
    fs::write(to.join(&named.script), script)?;
    fs::write(to.join(&named.loader), loader)?;
    Ok(named)
}

fn rename(text: &mut String, old: &str, new: &str) -> Result<()> {
    if !text.contains(old) {
        bail!("a tool that makes the page's program has changed: its script no longer has {old}");
    }
    *text = text.replace(old, new);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(name: &str, loader: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-program-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("to")).unwrap();
        fs::write(
            folder.join("page.js"),
            "import * as import1 from \"./__wasm_split.js\"\nnew URL('page_bg.wasm', import.meta.url)",
        )
        .unwrap();
        fs::write(folder.join(LOADER), loader).unwrap();
        for wasm in ["page_bg.wasm", "split_panels.wasm", "chunk_1.wasm"] {
            fs::write(folder.join(wasm), wasm).unwrap();
        }
        folder
    }

    #[test]
    fn every_file_bears_the_hash_and_is_found_by_the_scripts() {
        let loader = "import { initSync } from \"./page.js\"; \"./split_panels.wasm\" \"./chunk_1.wasm\"";
        let folder = work("names", loader);
        let to = folder.join("to");
        let parts = parts(&folder).unwrap();
        let named = name(&folder, &parts, &to).unwrap();
        let hash = named.loader.trim_start_matches("parts-").trim_end_matches(".js");
        assert_eq!(hash.len(), 16);
        let script = fs::read_to_string(to.join(&named.script)).unwrap();
        assert!(script.contains(&format!("from \"./parts-{hash}.js\"")), "{script}");
        assert!(script.contains(&format!("'device-console-page-{hash}_bg.wasm'")), "{script}");
        let loader = fs::read_to_string(to.join(&named.loader)).unwrap();
        for file in [named.script, format!("panels-{hash}.wasm"), format!("shared1-{hash}.wasm")] {
            assert!(to.join(&file).is_file() && loader.contains(&format!("\"./{file}\"")), "{file} {loader}");
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_script_that_names_no_part_is_an_error() {
        let folder = work("changed", "import { initSync } from \"./page.js\"");
        let parts = parts(&folder).unwrap();
        let error = name(&folder, &parts, &folder.join("to")).unwrap_err();
        assert!(error.to_string().contains(".wasm"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
