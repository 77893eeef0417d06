//! Environment variables that look like ours and do nothing: a misspelt bound would otherwise bind nobody.

use super::Cli;
use clap::{Command, CommandFactory};
use std::{collections::BTreeSet, ffi::OsString};

/// What all our variables begin with.
const PREFIX: &str = "DEVICE_CONSOLE_";

/// A sentence for each that is no setting, or is set to nothing.
pub(crate) fn oddities(set: impl Iterator<Item = (OsString, OsString)>) -> Vec<String> {
    let mut known = BTreeSet::new();
    collect(&Cli::command(), &mut known);
    let ours = set.filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
        Some((name, value.is_empty()))
    });
    let mut sentences: Vec<String> = ours
        .filter_map(|(name, empty)| match (known.contains(&name), empty) {
            (false, _) => {
                Some(format!("{name} is no setting and does nothing: --help lists those there are"))
            }
            (true, true) => Some(format!("{name} is set to nothing: give it a value or leave it out")),
            (true, false) => None,
        })
        .collect();
    sentences.sort();
    sentences
}

fn collect(command: &Command, known: &mut BTreeSet<String>) {
    let names = command.get_arguments().filter_map(clap::Arg::get_env);
    known.extend(names.filter_map(|name| name.to_str().map(str::to_owned)));
    command.get_subcommands().for_each(|command| collect(command, known));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_nothing_is_named_and_its_value_is_not() {
        let set = [
            ("DEVICE_CONSOLE_MODE", "hosted"),
            ("DEVICE_CONSOLE_TOKEN", ""),
            ("DEVICE_CONSOLE_TRUSTED_PROXIES", "s3cret"),
            ("PATH", ""),
        ];
        let sentences = oddities(set.into_iter().map(|(name, value)| (name.into(), value.into())));
        assert_eq!(sentences.len(), 2, "{sentences:?}");
        assert!(sentences[0].starts_with("DEVICE_CONSOLE_TOKEN is set to nothing"));
        assert!(sentences[1].starts_with("DEVICE_CONSOLE_TRUSTED_PROXIES is no setting"));
        assert!(!sentences[1].contains("s3cret"));
    }
}
