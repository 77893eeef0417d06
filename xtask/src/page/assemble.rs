//! Puts the page together as `index.html` says: what its `data-trunk` links name becomes files named by their content.
//! The style sheets become one file, since each costs a visitor a request.
//!
//! Knows the kinds of links that our page has, and no others of trunk's.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::html;
use super::program::Program;
use crate::stamp;

/// Writes `index.html` and what it names into `to`, where the program lies already.
pub(super) fn assemble(root: &Path, program: &Program, to: &Path) -> Result<()> {
    let page = fs::read_to_string(root.join("index.html")).context("cannot read index.html")?;
    let mut styles = String::new();
    let mut assembled = String::new();
    let mut rest = 0;
    for tag in html::tags(&page)? {
        if tag.name == "/head" {
            push_line(&mut assembled, page[rest..tag.range.start].trim_end());
            assembled.push_str(&head(program, &write(to, "styles", "css", &shorten(&styles))?));
            rest = tag.range.start;
        }
        if tag.attribute("data-trunk").is_none() {
            continue;
        }
        let source = root.join(tag.attribute("href").context("a data-trunk link names no file")?);
        let read =
            || fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()));
        push_line(&mut assembled, page[rest..tag.range.start].trim_end());
        rest = tag.range.end;
        match tag.attribute("rel") {
            Some("css") => styles.push_str(&read()?),
            Some("rust") => {}
            Some("icon") => {
                let name = write(to, "icon", "svg", &read()?)?;
                assembled
                    .push_str(&format!("    <link rel=\"icon\" href=\"/{name}\" type=\"image/svg+xml\" />"));
            }
            other => {
                bail!("index.html has a data-trunk link of the kind {other:?}, which the build does not know")
            }
        }
    }
    assembled.push_str(&page[rest..]);
    fs::write(to.join("index.html"), without_comments(&assembled))?;
    Ok(())
}

fn push_line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

/// The program's script is found first, and what it loads is asked for at the same time.
fn head(program: &Program, styles: &str) -> String {
    let Program { script, loader, wasm } = program;
    format!(
        "    <link rel=\"stylesheet\" href=\"/{styles}\" />\n    \
         <link rel=\"preload\" href=\"/{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin />\n    \
         <link rel=\"modulepreload\" href=\"/{loader}\" />\n    \
         <script type=\"module\" src=\"/{script}\"></script>\n  "
    )
}

fn write(to: &Path, name: &str, ending: &str, content: &str) -> Result<String> {
    let name = format!("{name}-{}.{ending}", stamp::of_bytes(content.as_bytes()));
    fs::write(to.join(&name), content)?;
    Ok(name)
}

/// A style sheet without its comments and indentation. Our sheets have neither of the two marks inside a text.
fn shorten(styles: &str) -> String {
    let mut short = String::with_capacity(styles.len());
    let without = between(styles, "/*", "*/");
    for line in without.lines().map(str::trim).filter(|line| !line.is_empty()) {
        short.push_str(line);
        short.push('\n');
    }
    short
}

fn without_comments(page: &str) -> String {
    let without = between(page, "<!--", "-->");
    without.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("{line}\n")).collect()
}

/// The text without what stands from one mark to the next other.
fn between(text: &str, open: &str, close: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(open) {
        kept.push_str(before);
        rest = after.split_once(close).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn project(name: &str, index: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-assemble-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("to")).unwrap();
        fs::write(folder.join("index.html"), index).unwrap();
        fs::write(folder.join("a.css"), "/* one */\na {\n    color: red;\n}\n").unwrap();
        fs::write(folder.join("b.css"), "b { color: blue; }\n").unwrap();
        fs::write(folder.join("i.svg"), "<svg/>").unwrap();
        folder
    }

    fn program() -> Program {
        Program { script: "s.js".into(), loader: "l.js".into(), wasm: "w.wasm".into() }
    }

    #[test]
    fn links_become_files_and_sheets_become_one() {
        let folder = project(
            "links",
            "<head>\n<!-- words -->\n<link data-trunk rel=icon href=i.svg>\n<link data-trunk rel=css href=a.css>\n\
             <link data-trunk rel=css href=b.css>\n<link data-trunk rel=rust href=x>\n</head>\n<body></body>\n",
        );
        assemble(&folder, &program(), &folder.join("to")).unwrap();
        let page = fs::read_to_string(folder.join("to/index.html")).unwrap();
        assert!(!page.contains("data-trunk") && !page.contains("words"), "{page}");
        assert_eq!(page.matches("rel=\"stylesheet\"").count(), 1, "{page}");
        assert!(page.contains("src=\"/s.js\"") && page.contains("href=\"/w.wasm\""), "{page}");
        assert!(page.find("s.js") < page.find("</head>"), "{page}");
        let styles = fs::read_dir(folder.join("to"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|extension| extension == "css"))
            .unwrap();
        assert_eq!(fs::read_to_string(styles).unwrap(), "a {\ncolor: red;\n}\nb { color: blue; }\n");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_link_of_another_kind_is_an_error() {
        let folder = project("kind", "<head><link data-trunk rel=sass href=a.css></head>");
        let error = assemble(&folder, &program(), &folder.join("to")).unwrap_err();
        assert!(error.to_string().contains("sass"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
