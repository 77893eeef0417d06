//! The page's Content-Security-Policy allows scripts and styles from its own server only, and an exception for inline ones
//! would also be one for an attacker's. So a page that has any is not published.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::html::{self, Tag};

pub(super) fn require(index: &Path) -> Result<()> {
    let page = fs::read_to_string(index).with_context(|| format!("there is no {}", index.display()))?;
    let findings = findings(&page)?;
    if !findings.is_empty() {
        bail!(
            "the page's security policy would block what index.html has: {}. Use files of its own for it.",
            findings.join(", ")
        );
    }
    Ok(())
}

/// A script element of such a type is never run.
fn is_data(tag: &Tag<'_>) -> bool {
    tag.attribute("type").is_some_and(|kind| kind.ends_with("json"))
}

/// What the security policy would block, one sentence each.
fn findings(page: &str) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for tag in html::tags(page)? {
        let is_inline = tag.name == "script" && tag.attribute("src").is_none() && !is_data(&tag);
        if is_inline || tag.name == "style" {
            findings.push(format!("an inline <{}>", tag.name));
        }
        for (name, value) in &tag.attributes {
            if name == "style" || name.starts_with("on") {
                findings.push(format!("the attribute {name}=\"{value}\" of <{}>", tag.name));
            }
            if value.trim_start().to_ascii_lowercase().starts_with("javascript:") {
                findings.push(format!("a javascript: address in {name} of <{}>", tag.name));
            }
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_with_an_address_data_and_comments_are_fine() {
        let page =
            "<!-- <script>1</script> --><script src=/x.js></script><script type=application/json>{}</script>";
        assert!(findings(page).unwrap().is_empty());
    }

    #[test]
    fn everything_the_policy_blocks_is_found() {
        let page = "<style>p{}</style><p style='x' onclick=go()><a href=' JavaScript:1'>\
                    <script>1</script><svg/onload=x>";
        assert_eq!(
            findings(page).unwrap(),
            [
                "an inline <style>",
                "the attribute style=\"x\" of <p>",
                "the attribute onclick=\"go()\" of <p>",
                "a javascript: address in href of <a>",
                "an inline <script>",
                "the attribute onload=\"x\" of <svg>",
            ]
        );
    }
}
