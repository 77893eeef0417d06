//! The unit for systemd: understood as it is written, and as exposed as it must be and no more.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Desk, read};
use crate::process;
use crate::progress::say;
use crate::project::Project;
use crate::setup::deploy::Readers;

const UNIT: &str = "deploy/systemd/device-console.service";
const PROGRAM: &str = "/usr/local/bin/device-console";

/// Something that exists everywhere, since systemd-analyze insists on a program.
const STAND_IN: &str = "/bin/true";

/// The unit with each drop-in, and its exposure at the most, as systemd-analyze counts it, in tenths of a point: 0 is
/// shut off from everything, 100 is unprotected. What is left of it is the network, which is what the program is for.
const LAYOUTS: [(&str, Option<&str>, u32); 3] = [
    ("alone", None, 11),
    ("with-demo", Some("deploy/systemd/demo.conf"), 11),
    // It may bind a port below 1024.
    ("with-tls", Some("deploy/systemd/tls.conf"), 15),
];

pub(super) fn findings(project: &Project, desk: &Desk, readers: &Readers, grace: u64) -> Result<Vec<String>> {
    let unit = read(project, UNIT)?;
    let mut findings = Vec::new();
    let stop = stop_seconds(&unit)?;
    if stop <= grace {
        findings.push(format!("{UNIT}: TimeoutStopSec={stop} is not above the grace period of {grace} s"));
    }
    let Some(analyze) = &readers.systemd_analyze else {
        say("  the unit is judged on Linux only");
        return Ok(findings);
    };
    for (name, drop_in, most) in LAYOUTS {
        let mut files = vec![("device-console.service", unit.clone())];
        if let Some(drop_in) = drop_in {
            files.push(("device-console.service.d/drop-in.conf", read(project, drop_in)?));
        }
        for (file, text) in &files {
            desk.write(&format!("systemd/{name}/{file}"), &text.replace(PROGRAM, STAND_IN))?;
        }
        let path = desk.path(&format!("systemd/{name}/device-console.service"));
        findings.extend(misunderstood(analyze, desk, &path, name)?);
        let log = desk.path(&format!("systemd-security-{name}.log"));
        let mut security = process::command(analyze);
        security.args(["security", "--offline=true", &format!("--threshold={most}")]).arg(&path);
        process::run_logged(security.env("SYSTEMD_COLORS", "0"), &log)
            .with_context(|| format!("{UNIT} {name} is more exposed than {most} tenths of a point"))?;
    }
    Ok(findings)
}

/// What systemd would ignore with a warning.
fn misunderstood(analyze: &Path, desk: &Desk, unit: &Path, name: &str) -> Result<Vec<String>> {
    let log = desk.path(&format!("systemd-verify-{name}.log"));
    process::run_logged(process::command(analyze).args(["verify", "--man=no"]).arg(unit), &log)?;
    let said = fs::read_to_string(&log)?;
    Ok(said.lines().map(|line| format!("deploy/systemd, {name}: {line}")).collect())
}

fn stop_seconds(unit: &str) -> Result<u64> {
    let Some(value) = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")) else {
        bail!("{UNIT} has no TimeoutStopSec: sessions would be cut off after a default of the system's");
    };
    value.parse().with_context(|| format!("{UNIT}: TimeoutStopSec={value} is no number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_to_stop_is_read_from_the_unit() {
        assert_eq!(stop_seconds("[Service]\nTimeoutStopSec=30\n").unwrap(), 30);
        assert!(stop_seconds("[Service]\n").is_err());
        assert!(stop_seconds("TimeoutStopSec=1min").is_err());
    }
}
