//! docs/emulator.md promises a test for every rule; this looks each one up.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rules that the document has at least, so that a table that is no longer read is noticed.
const FEWEST_RULES: usize = 80;

struct Rule {
    rule: String,
    class: String,
    tests: Vec<String>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the tables, without their heads.
fn rules() -> Vec<Rule> {
    let text = fs::read_to_string(repository().join("docs/emulator.md")).expect("the document");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.map(|row| row.split(" | ").collect::<Vec<_>>())
        .filter(|cells| cells[0] != "rule" && !cells[0].starts_with("---"))
        .map(|cells| {
            let [rule, class, tests] = cells[..] else { panic!("a row of three: {cells:?}") };
            let name = |text: &str| text.trim_matches('`').to_owned();
            Rule {
                rule: rule.to_owned(),
                class: class.to_owned(),
                tests: tests.split(", ").map(name).collect(),
            }
        })
        .collect()
}

/// The names of all test functions below a folder.
fn tests_in(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            tests_in(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            let is_test = |line: &str| line == "#[test]" || line.starts_with("#[tokio::test");
            let pairs = lines.windows(2).filter(|pair| is_test(pair[0]));
            names.extend(pairs.filter_map(|pair| {
                let name = pair[1].strip_prefix("async ").unwrap_or(pair[1]).strip_prefix("fn ")?;
                Some(name.split('(').next()?.to_owned())
            }));
        }
    }
}

#[test]
fn every_rule_has_a_class_and_a_test_that_exists() {
    let mut known = BTreeSet::new();
    for folder in ["emulator/src", "shared/src/thingsboard"] {
        tests_in(&repository().join(folder), &mut known);
    }
    let rules = rules();
    assert!(rules.len() >= FEWEST_RULES, "only {} rules were read", rules.len());
    for Rule { rule, class, tests } in rules {
        let is_class = class.starts_with(char::is_uppercase) && class.chars().all(char::is_alphanumeric);
        assert!(is_class, "{rule}: {class} is no class");
        for test in tests {
            assert!(known.contains(&test), "{rule}: there is no test {test}");
        }
    }
}
