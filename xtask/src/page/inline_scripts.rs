//! Moves inline scripts into files of their own.
//!
//! Trunk starts the program by a script inside the page. The page's Content-Security-Policy allows
//! scripts from its own server only, and an exception for inline ones would also be one for an
//! attacker's. So the script becomes a file, named by its content like every other.

use anyhow::{Result, bail};

use super::html::{self, Tag};
use crate::stamp;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extracted {
    pub(super) page: String,
    /// File name and content.
    pub(super) scripts: Vec<(String, String)>,
}

pub(super) fn extract(page: &str) -> Result<Extracted> {
    let mut rest = 0;
    let mut extracted = Extracted { page: String::new(), scripts: Vec::new() };
    let tags = html::tags(page)?;
    for (tag, closing) in tags.iter().zip(tags.iter().skip(1)) {
        if tag.name != "script" || tag.attribute("src").is_some() || is_data(tag) {
            continue;
        }
        let script = page[tag.range.end..closing.range.start].trim();
        let name = format!("boot-{}.js", stamp::of_bytes(script.as_bytes()));
        extracted.page.push_str(&page[rest..tag.range.start]);
        extracted.page.push_str(&reference(tag, &name)?);
        rest = closing.range.end;
        extracted.scripts.push((name, format!("{script}\n")));
    }
    extracted.page.push_str(&page[rest..]);
    Ok(extracted)
}

/// A script element of such a type is never run.
fn is_data(tag: &Tag<'_>) -> bool {
    tag.attribute("type").is_some_and(|kind| kind.ends_with("json"))
}

fn reference(tag: &Tag<'_>, name: &str) -> Result<String> {
    match tag.attribute("type").unwrap_or_default() {
        "module" => Ok(format!(r#"<script type="module" src="/{name}"></script>"#)),
        "" | "text/javascript" => Ok(format!(r#"<script src="/{name}"></script>"#)),
        other => bail!("an inline script of type '{other}' cannot become a file: remove it from index.html"),
    }
}

/// What the security policy would still block, one sentence each.
pub(super) fn findings(page: &str) -> Result<Vec<String>> {
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
    fn an_inline_module_becomes_a_file_named_by_its_content() {
        let page =
            "<head><script type=\"module\" nonce=\"x\">\nimport init from '/a.js';\n</script></head><p>";
        let extracted = extract(page).unwrap();
        let [(name, content)] = &extracted.scripts[..] else { panic!("{extracted:?}") };
        assert_eq!(content, "import init from '/a.js';\n");
        assert!(name.starts_with("boot-") && name.ends_with(".js"), "{name}");
        assert_eq!(
            extracted.page,
            format!("<head><script type=\"module\" src=\"/{name}\"></script></head><p>")
        );
        assert!(findings(&extracted.page).unwrap().is_empty());

        let other = extract(&page.replace("/a.js", "/b.js")).unwrap();
        assert_ne!(&other.scripts[0].0, name);
    }

    #[test]
    fn scripts_with_an_address_data_and_comments_stay() {
        let page =
            "<!-- <script>1</script> --><script src=/x.js></script><script type=application/json>{}</script>";
        let extracted = extract(page).unwrap();
        assert_eq!(extracted, Extracted { page: page.to_owned(), scripts: vec![] });
        assert!(findings(page).unwrap().is_empty());
    }

    #[test]
    fn a_classic_script_stays_classic() {
        let extracted = extract("<SCRIPT>a</SCRIPT><script>b</script>").unwrap();
        assert_eq!(extracted.scripts.len(), 2);
        assert!(extracted.page.starts_with("<script src=\"/boot-"), "{}", extracted.page);
    }

    #[test]
    fn an_import_map_is_refused() {
        let error = extract("<script type=importmap>{}</script>").unwrap_err();
        assert!(error.to_string().contains("importmap"), "{error}");
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
