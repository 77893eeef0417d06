//! Child processes: started with a clean environment, and failing with a sentence that names them.
//!
//! Knows nothing of which programs the project uses.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How much of a failed program's output is shown: the end, where the reason is.
const LOG_TAIL_LINES: usize = 30;

/// A command that does not inherit what cargo set for this program itself.
///
/// Build scripts may watch those variables; inherited, they would make every call from here
/// rebuild what a call from a shell has built, and the other way round.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_from_cargo) {
            command.env_remove(&name);
        }
    }
    command
}

fn is_from_cargo(variable: &str) -> bool {
    const PREFIXES: [&str; 4] = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
    matches!(variable, "CARGO" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR" | "RUST_RECURSION_COUNT")
        || PREFIXES.iter().any(|prefix| variable.starts_with(prefix))
}

/// Runs with the caller's input and output.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    require_success(command, status)
}

/// Runs and returns what the program printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| cannot_start(command))?;
    require_success(command, output.status)?;
    String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no text", describe(command)))
}

/// Runs with the output in a file, whose end is shown when the program fails.
pub(crate) fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    let status = log_to(command, log)?.status().with_context(|| cannot_start(command))?;
    require_logged_success(command, status, log)
}

/// Like [`run_logged`], but ends the program when it takes longer than `limit`.
pub(crate) fn run_logged_within(command: &mut Command, log: &Path, limit: Duration) -> Result<()> {
    let started = Instant::now();
    let mut child = log_to(command, log)?.spawn().with_context(|| cannot_start(command))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return require_logged_success(command, status, log);
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("`{}` gave no answer within {} s", describe(command), limit.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn log_to<'c>(command: &'c mut Command, log: &Path) -> Result<&'c mut Command> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let copy = file.try_clone()?;
    Ok(command.stdin(Stdio::null()).stdout(file).stderr(copy))
}

fn require_logged_success(command: &Command, status: ExitStatus, log: &Path) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n");
    bail!("`{}` failed: {status}. The end of {}:\n{tail}", describe(command), log.display());
}

fn require_success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed: {status}", describe(command));
    }
    Ok(())
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`: is it installed?", describe(command))
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(OsStr::to_string_lossy));
    words.join(" ")
}

/// The program's full path, looked up as a shell would, then in the folders of system programs,
/// which an ordinary person's search path lacks.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(name))
        .find(|candidate| candidate.is_file())
}

/// The search path with `folders` in front.
pub(crate) fn search_path(folders: &[PathBuf]) -> Result<OsString> {
    let inherited = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(env::split_paths(&inherited));
    env::join_paths(all).context("a folder of the build tools has a character that PATH cannot hold")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cargo_sets_for_this_program_is_dropped() {
        for dropped in ["CARGO", "CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH"] {
            assert!(is_from_cargo(dropped), "{dropped}");
        }
        for kept in ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_BUILD_JOBS", "PATH", "RUSTUP_TOOLCHAIN"] {
            assert!(!is_from_cargo(kept), "{kept}");
        }
    }

    #[test]
    fn a_failure_names_the_command_and_shows_the_end_of_its_log() {
        let log = env::temp_dir().join(format!("xtask-process-{}.log", std::process::id()));
        let error = run_logged(command("sh").args(["-c", "echo the reason; exit 3"]), &log).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("the reason"), "{text}");
        assert!(text.contains("exit status: 3"), "{text}");
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let log = env::temp_dir().join(format!("xtask-hang-{}.log", std::process::id()));
        let limit = Duration::from_millis(100);
        let error = run_logged_within(command("sleep").arg("30"), &log, limit).unwrap_err();
        assert!(error.to_string().contains("gave no answer"), "{error}");
        fs::remove_file(log).unwrap();
    }
}
