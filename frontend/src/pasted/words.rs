//! A command line as the words that a program gets, and which program that is. Reads POSIX shells, Windows' cmd and
//! PowerShell, each as far as people write such lines. Must not know what an option means.

use super::Tool;

/// Words of all commands together: a line has some dozens.
const MAX_WORDS: usize = 2_000;
/// A script within a script: `docker run … sh -c "…"`.
const MAX_DEPTH: u8 = 2;

/// Programs that run the script given to them as one word.
const SHELLS: [&str; 8] = ["docker", "podman", "sh", "bash", "zsh", "cmd", "powershell", "wsl"];

/// The commands of a text, in order, those within scripts in the place of the script.
///
/// # Errors
/// The quote that is not closed.
pub(super) fn commands(text: &str) -> Result<Vec<Vec<String>>, char> {
    let mut all = Vec::new();
    collect(text, &mut Vec::new(), 0, &mut all)?;
    Ok(all)
}

type Variables = Vec<(String, String)>;

fn collect(text: &str, variables: &mut Variables, depth: u8, all: &mut Vec<Vec<String>>) -> Result<(), char> {
    let mut reader = Reader { rest: text, windows: is_windows(text) };
    let mut budget = MAX_WORDS;
    while let Some(words) = reader.command(variables, &mut budget)? {
        note_variables(&words, variables);
        let is_shell = words.iter().take(3).any(|word| SHELLS.contains(&program(word).as_str()));
        let script = words
            .iter()
            .find(|word| word.contains(' ') && is_shell && TOOLS.iter().any(|(name, _)| word.contains(name)));
        match script {
            Some(script) if depth < MAX_DEPTH => collect(script, variables, depth + 1, all)?,
            _ => all.push(words),
        }
    }
    Ok(())
}

const TOOLS: [(&str, Tool); 4] = [
    ("mosquitto_pub", Tool::MosquittoPub),
    ("mosquitto_sub", Tool::MosquittoSub),
    ("coap-client", Tool::CoapClient),
    ("curl", Tool::Curl),
];

/// The known program that a command calls, with its arguments. Anything may stand before it: a prompt, `sudo`,
/// `docker run` with an image.
pub(super) fn call(words: &[String]) -> Option<(Tool, &[String])> {
    words.iter().enumerate().find_map(|(at, word)| {
        let arguments = words.get(at + 1..).unwrap_or_default();
        let name = program(word);
        match (name.as_str(), arguments.first().map(String::as_str)) {
            ("mosquitto-clients", Some("pub")) => return Some((Tool::MosquittoPub, &arguments[1..])),
            ("mosquitto-clients", Some("sub")) => return Some((Tool::MosquittoSub, &arguments[1..])),
            _ => {}
        }
        // coap-client-gnutls and the like.
        let name = if name.starts_with("coap-client-") { "coap-client" } else { &name };
        let tool = TOOLS.iter().find(|(known, _)| *known == name)?.1;
        Some((tool, arguments))
    })
}

/// The name of a program without its folder and ending.
fn program(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    name.strip_suffix(".exe").unwrap_or(&name).to_owned()
}

/// Whether a backslash is a letter like any other.
fn is_windows(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let drive = lower.as_bytes().windows(4).any(|four| {
        four[0].is_ascii_alphabetic()
            && four[1] == b':'
            && four[2] == b'\\'
            && four[3].is_ascii_alphanumeric()
    });
    let line = |line: &str| {
        line.starts_with("set ") || line.trim_end().ends_with([' ', '^']) && line.trim_end().ends_with('^')
    };
    drive || [".exe ", ".exe\"", "$env:"].iter().any(|mark| lower.contains(mark)) || lower.lines().any(line)
}

/// Remembers `NAME=value`, `export NAME=value`, `set NAME=value` and `$env:NAME = "value"`.
fn note_variables(words: &[String], variables: &mut Variables) {
    let said = match words {
        [first, rest @ ..] if matches!(first.as_str(), "export" | "set" | "SET") => rest.join(" "),
        [name, equals, value] if equals == "=" && name.starts_with('$') => [name, "=", value].concat(),
        [first, ..] => first.clone(),
        [] => return,
    };
    if let Some((name, value)) = said.split_once('=') {
        let name = name.trim_start_matches('$').trim_start_matches("env:");
        if name_length(name) == name.len() && !name.is_empty() && variables.len() < MAX_WORDS {
            variables.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// Bytes of the variable name that a text begins with.
fn name_length(text: &str) -> usize {
    if text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return 0;
    }
    text.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(text.len())
}

struct Reader<'t> {
    rest: &'t str,
    windows: bool,
}

impl Reader<'_> {
    fn take(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.rest = &self.rest[letter.len_utf8()..];
        Some(letter)
    }

    fn take_if(&mut self, wanted: &str) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn at_gap(&self) -> bool {
        self.rest.chars().next().is_none_or(char::is_whitespace)
    }

    /// A line that goes on in the next one, as it stands after the letter that says so. A box of one line loses the
    /// line's end and keeps the letter.
    fn goes_on(&mut self) -> bool {
        self.take_if("\r\n") || self.take_if("\n") || {
            let next = self.rest.trim_start_matches(' ');
            let joined = next.len() < self.rest.len() && next.starts_with('-');
            joined && self.take_if(" ")
        }
    }

    /// The words up to the end of one command; `None` at the end of the text.
    fn command(&mut self, variables: &Variables, budget: &mut usize) -> Result<Option<Vec<String>>, char> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        if self.rest.is_empty() {
            return Ok(None);
        }
        while let Some(letter) = self.take() {
            let escape = if self.windows { matches!(letter, '^' | '`') } else { letter == '\\' };
            let ends = match letter {
                '\n' => true,
                '&' | '|' => word.is_none(),
                ';' => self.at_gap(),
                _ => false,
            };
            if ends {
                break;
            }
            if letter.is_whitespace() {
                finish(&mut word, &mut words, budget);
            } else if letter == '#' && word.is_none() && !self.windows {
                self.rest = self.rest.find('\n').map_or("", |at| &self.rest[at..]);
            } else if matches!(letter, '"' | '\'') {
                self.quoted(letter, word.get_or_insert_default(), variables)?;
            } else if escape {
                if !self.goes_on() {
                    word.get_or_insert_default().extend(self.take());
                }
            } else {
                let word = word.get_or_insert_default();
                if !self.variable(letter, word, variables) {
                    word.push(letter);
                }
            }
        }
        finish(&mut word, &mut words, budget);
        Ok(Some(words))
    }

    fn quoted(&mut self, quote: char, word: &mut String, variables: &Variables) -> Result<(), char> {
        while let Some(letter) = self.take() {
            match letter {
                _ if letter == quote => {
                    // cmd writes a quote within quotes twice.
                    if !(self.windows && quote == '"' && !self.at_gap() && self.take_if("\"")) {
                        return Ok(());
                    }
                    word.push('"');
                }
                '\\' if quote == '"' => {
                    let escaped: &[char] = if self.windows { &['"'] } else { &['"', '\\', '$', '`'] };
                    if self.rest.starts_with(escaped) {
                        word.extend(self.take());
                    } else if self.windows || !self.take_if("\n") {
                        word.push('\\');
                    }
                }
                _ if quote == '"' && self.variable(letter, word, variables) => {}
                other => word.push(other),
            }
        }
        Err(quote)
    }

    /// Puts the value of a variable into the word, where the text itself gave it one.
    fn variable(&mut self, letter: char, word: &mut String, variables: &Variables) -> bool {
        let (rest, after) = match letter {
            '$' => match self.rest.strip_prefix('{') {
                Some(rest) => (rest, "}"),
                None => (self.rest.strip_prefix("env:").unwrap_or(self.rest), ""),
            },
            '%' => (self.rest, "%"),
            _ => return false,
        };
        let (name, rest) = rest.split_at(name_length(rest));
        let value = variables.iter().rev().find(|(known, _)| known == name);
        match (value, rest.strip_prefix(after)) {
            (Some((_, value)), Some(rest)) => {
                word.push_str(value);
                // Its end is that of the text as well.
                self.rest = &self.rest[self.rest.len() - rest.len()..];
                true
            }
            _ => false,
        }
    }
}

fn finish(word: &mut Option<String>, words: &mut Vec<String>, budget: &mut usize) {
    if let Some(word) = word.take()
        && *budget > 0
    {
        *budget -= 1;
        words.push(word);
    }
}
