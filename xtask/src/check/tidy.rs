//! Text that no file of the repository may hold: the address of a package server, a path of
//! somebody's machine, a test that is switched off, work left undone.

use std::fs;

use anyhow::Result;

use crate::process;
use crate::project::Project;

struct Rule {
    forbidden: &'static [&'static str],
    why: &'static str,
}

/// Every word is put together from two, so that this file does not break its own rules.
const RULES: [Rule; 4] = [
    Rule {
        forbidden: &[
            concat!("index.", "crates.io"),
            concat!("static.", "crates.io"),
            concat!("pypi", ".org"),
            concat!("files.", "pythonhosted.org"),
            concat!("registry.", "npmjs.org"),
            concat!("deb.", "debian.org"),
            concat!("static.", "rust-lang.org"),
        ],
        why: "names a package server: the clients know where theirs is, and people may use a mirror",
    },
    Rule {
        forbidden: &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/")],
        why: "is a path of one machine: use a path inside the repository or the cache folder",
    },
    Rule {
        forbidden: &[concat!("#[ign", "ore"), concat!("#![ign", "ore")],
        why: "switches a test off: mend it or remove it",
    },
    Rule {
        forbidden: &[concat!("todo", "!("), concat!("unimplemented", "!(")],
        why: "is work left undone: finish it",
    },
];

pub(super) fn findings(project: &Project) -> Result<Vec<String>> {
    let mut git = process::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(project.root());
    let listed = process::output(&mut git)?;
    let mut findings = Vec::new();
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        // Listed but gone: a removal not yet committed. Not text: nothing to read.
        let Ok(text) = fs::read_to_string(project.path(name)) else { continue };
        findings.extend(in_text(name, &text));
    }
    Ok(findings)
}

fn in_text(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        for rule in &RULES {
            for forbidden in rule.forbidden.iter().filter(|word| has_word(line, word)) {
                findings.push(format!("{name}:{number}: '{forbidden}' {}", rule.why));
            }
        }
    }
    findings
}

/// Whether `word` is there and is not the end of a longer one, as in `some/wo` + `rk/`.
fn has_word(line: &str, word: &str) -> bool {
    let belongs =
        |before: char| before.is_ascii_alphanumeric() || matches!(before, '.' | '_' | '-' | '}' | '*');
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with(belongs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_text_is_found_with_its_place() {
        let undone = concat!("fn f() { todo", "!() }");
        let findings = in_text("a.rs", &format!("fine\n{undone}\n"));
        assert_eq!(findings.len(), 1);
        assert!(findings[0].starts_with("a.rs:2: "), "{findings:?}");
    }

    #[test]
    fn only_absolute_paths_count() {
        assert!(has_word(concat!("see /wo", "rk/here"), concat!("/wo", "rk/")));
        assert!(has_word(concat!("\"/ro", "ot/x\""), concat!("/ro", "ot/")));
        assert!(!has_word(concat!("target/wo", "rk/here"), concat!("/wo", "rk/")));
    }
}
