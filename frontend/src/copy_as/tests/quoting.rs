//! Whatever stands in a literal comes out of the language as it was: shown by the languages themselves, a hundred
//! values a run.

use crate::copy_as::quote::{CPP, PRINTF, RUST, python_bytes, rust_bytes, shell};
use proptest::prelude::{ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use std::{
    env, fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

/// Texts with a liking for what quoting gets wrong.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\"",
            "'",
            "\\",
            "\\\\",
            "$",
            "$(x)",
            "${HOME}",
            "`",
            "`x`",
            "\n",
            "\r",
            "\t",
            "%",
            "%s",
            "!",
            "??=",
            "\\u0041",
            "\\x",
            "\\0",
            "7",
            "{temperature:25}",
            "é",
            "😀",
            "\u{202e}",
            "\u{200b}",
            "\u{7f}",
            "\u{85}",
            "\u{2028}",
            "\u{e0001}",
            "#",
            "*",
            "~",
            "-n",
            "\u{1b}[31m",
            "*/",
            "//",
            "\"\"\"",
            "r#\"",
        ])
        .prop_map(str::to_owned),
        any::<String>().prop_map(|text| text.chars().take(4).collect()),
    ];
    let text = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
    prop::collection::vec(text, 100)
}

fn byte_strings() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let text = texts().prop_map(|texts| texts.into_iter().map(String::into_bytes).collect::<Vec<_>>());
    let raw = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 100);
    (text, raw).prop_map(|(text, raw)| [text, raw].concat())
}

/// What a program writes that gets its text on standard input.
fn output(program: &str, arguments: &[&str], input: &str) -> Vec<u8> {
    let mut command = Command::new(program);
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{program}: {}", output.status);
    output.stdout
}

/// A folder that is gone in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("device-console-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Compiles a source to a program and returns what that writes.
fn compiled(name: &str, compiler: &str, arguments: &[&str], source: &str) -> Vec<u8> {
    let folder = Folder::new(name);
    let (file, program) = (folder.path("source"), folder.path("program"));
    fs::write(&file, source).unwrap();
    let status = Command::new(compiler).args(arguments).args(["-o", &program, &file]).status();
    assert!(status.expect("the compiler starts").success(), "{source}");
    output(&program, &[], "")
}

/// Values one after the other, each after its length.
fn joined(values: &[Vec<u8>]) -> Vec<u8> {
    values.iter().flat_map(|value| [format!("{}:", value.len()).as_bytes(), value].concat()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]

    #[test]
    fn a_shell_gives_back_every_word_and_every_payload(texts in texts(), raw in byte_strings()) {
        let mut script = String::from("set -eu\n");
        let mut wanted = Vec::new();
        for text in texts.iter().map(|text| text.replace('\0', "")) {
            script.push_str(&format!("printf '%s\\377' {}\n", shell(&text)));
            wanted.extend([text.as_bytes(), &[0xff]].concat());
        }
        for bytes in &raw {
            script.push_str(&format!("printf -- {} | cat\n", PRINTF.bytes(bytes)));
            wanted.extend(bytes);
        }
        assert_eq!(output("sh", &[], &script), wanted, "{script}");
        assert_eq!(output("bash", &[], &script), wanted, "{script}");
    }

    #[test]
    fn python_gives_back_every_payload(raw in byte_strings()) {
        let mut script = String::from("import sys\nfor value in [\n");
        for bytes in &raw {
            script.push_str(&python_bytes(bytes));
            script.push_str(",\n");
        }
        script.push_str("]:\n    sys.stdout.buffer.write(b'%d:%s' % (len(value), value))\n");
        assert_eq!(output("python3", &["-"], &script), joined(&raw), "{script}");
    }
}

proptest! {
    // Compilers take their time.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2) })]

    #[test]
    fn rust_gives_back_every_payload_and_every_text(texts in texts(), raw in byte_strings()) {
        let mut source = String::from("use std::io::Write;\nconst VALUES: &[&[u8]] = &[\n");
        for bytes in &raw {
            source.push_str(&format!("{},\n", rust_bytes(bytes)));
        }
        for text in &texts {
            source.push_str(&format!("{}.as_bytes(),\n", RUST.text(text)));
        }
        source.push_str("];\nfn main() {\nfor value in VALUES {\nwrite!(std::io::stdout(), \"{}:\", value.len()).unwrap();\nstd::io::stdout().write_all(value).unwrap();\n}\n}\n");
        let all: Vec<Vec<u8>> = raw.iter().cloned().chain(texts.iter().map(|text| text.clone().into_bytes())).collect();
        let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
        assert_eq!(compiled("rust", &rustc, &["--edition=2021", "-Cdebuginfo=0"], &source), joined(&all));
    }

    /// C reads strings as C++ does, and its compiler is there wherever Rust links.
    #[test]
    fn c_gives_back_every_payload(raw in byte_strings()) {
        let mut source = String::from("#include <stdio.h>\nint main(void) {\n");
        for bytes in &raw {
            let literal = CPP.bytes(bytes);
            source.push_str(&format!("printf(\"%d:\", {}); fwrite({literal}, 1, sizeof({literal}) - 1, stdout);\n", bytes.len()));
        }
        source.push_str("return 0;\n}\n");
        let all = joined(&raw);
        for standard in ["-std=c17", "-std=gnu17"] {
            assert_eq!(compiled("c", "cc", &["-x", "c", standard, "-trigraphs"], &source), all, "{source}");
        }
    }
}
