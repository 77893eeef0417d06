//! Prints shell settings for people who want to call trunk or cargo for wasm themselves:
//! `eval "$(cargo xtask env)"`.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::setup;
use crate::toolchain::{DEBIAN, WASM_TARGET, WasmToolchain};

pub(crate) fn print(project: &Project) -> Result<()> {
    let toolchain = WasmToolchain::require()?;
    let mut lines = Vec::new();
    for folder in setup::tool_folders(project)?.iter().rev() {
        lines.push(format!("export PATH={}:\"$PATH\"", quoted(folder)?));
    }
    lines.push(format!("export CARGO_TARGET_DIR={}", quoted(&project.wasm_target())?));
    let runner = format!("CARGO_TARGET_{}_RUNNER", WASM_TARGET.replace('-', "_").to_uppercase());
    lines.push(format!("export {runner}=wasm-bindgen-test-runner"));
    if let Some(driver) = process::find_program("chromedriver") {
        lines.push(format!("export CHROMEDRIVER={}", quoted(&driver)?));
    }
    if toolchain == WasmToolchain::Debian {
        lines.push(format!("export RUSTUP_TOOLCHAIN={DEBIAN}"));
    }
    show(&lines);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the settings are what the command was asked for")]
fn show(lines: &[String]) {
    println!("# For trunk and wasm builds in this shell; native builds belong in another one.");
    for line in lines {
        println!("{line}");
    }
}

fn quoted(path: &Path) -> Result<String> {
    let text = path
        .to_str()
        .with_context(|| format!("{} has characters that a shell cannot be given", path.display()))?;
    Ok(format!("'{}'", text.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_path_does_not_end_the_quotation() {
        assert_eq!(quoted(Path::new("/a b/it's")).unwrap(), r"'/a b/it'\''s'");
    }
}
