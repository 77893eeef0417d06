//! `device-console check`: the connection doctor in a terminal, by its exit code and its report.

use serde_json::{Value, json};
use tests::{
    PATIENCE, broker::listener, certs::Authority, child::Child, emulated::Emulated, folder::Folder, program,
};

/// Runs the doctor to its end: the exit code, and what it said.
async fn check(arguments: &[&str]) -> (i32, Child) {
    let mut child = program::start([&["check"], arguments].concat()).unwrap();
    let status = child.ended(PATIENCE).await.unwrap();
    (status.code().unwrap(), child)
}

/// A ThingsBoard, and the files that a person has of it.
struct Files {
    thingsboard: Emulated,
    _folder: Folder,
    port: String,
    ca: String,
    token_file: String,
}

impl Files {
    async fn new() -> Self {
        let thingsboard = Emulated::start().await;
        let folder = Folder::new("check").unwrap();
        let ca = folder.write("ca.pem", thingsboard.emulator().ca_pem()).unwrap();
        // With the line break that editors leave.
        let token = format!("{}\n", thingsboard.token().expose());
        let token_file = folder.write("token.txt", &token).unwrap();
        Self {
            port: thingsboard.endpoint().port.to_string(),
            ca: ca.display().to_string(),
            token_file: token_file.display().to_string(),
            thingsboard,
            _folder: folder,
        }
    }
}

#[tokio::test]
async fn a_good_connection_is_exit_code_0_with_all_steps_passed() {
    let files = Files::new().await;
    let (port, ca) = (files.port.as_str(), files.ca.as_str());
    let target = ["--host", "localhost", "--port", port, "--ca", ca, "--token-file", &files.token_file];
    let (code, child) = check(&[&target[..], &["--json"]].concat()).await;
    assert_eq!(code, 0, "{}{}", child.stdout(), child.stderr());
    let report: Value = serde_json::from_str(&child.stdout()).unwrap();
    assert_eq!(report["endpoint"], json!({"host": "localhost", "port": files.thingsboard.endpoint().port}));
    let outcomes: Vec<(&str, &str)> = report["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["step"].as_str().unwrap(), step["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(outcomes[..4], [("name", "passed"), ("tcp", "passed"), ("tls", "passed"), ("mqtt", "passed")]);
    assert_eq!((report["tls"]["verification"].as_str(), &report["finding"]), (Some("strict"), &Value::Null));

    let (code, child) = check(&target).await;
    assert_eq!(code, 0);
    assert!(child.stdout().starts_with(&format!("Connection to localhost:{port}\n")), "{}", child.stdout());
}

#[tokio::test]
async fn without_a_token_the_check_ends_after_tls() {
    let files = Files::new().await;
    let (code, child) =
        check(&["--host", "localhost", "--port", &files.port, "--ca", &files.ca, "--json"]).await;
    assert_eq!(code, 0, "{}{}", child.stdout(), child.stderr());
    let report: Value = serde_json::from_str(&child.stdout()).unwrap();
    assert_eq!(
        (&report["steps"][2]["outcome"], &report["steps"][3]["outcome"]),
        (&json!("passed"), &json!("not_taken"))
    );
    assert!(files.thingsboard.received().iter().all(|kind| !matches!(kind, emulator::Kind::Connect { .. })));
}

#[tokio::test]
async fn each_finding_is_exit_code_1_with_its_code_cause_and_fix() {
    let files = Files::new().await;
    let folder = Folder::new("other").unwrap();
    let other = folder.write("ca.pem", Authority::new("other authority").pem()).unwrap();
    let other = other.display().to_string();
    let closed = listener().await.local_addr().unwrap().port().to_string();
    let (port, ca) = (files.port.as_str(), files.ca.as_str());
    for (port, ca, step, code) in [
        (port, ca, "mqtt", "credentials-refused"),
        (port, other.as_str(), "tls", "unknown-issuer"),
        (closed.as_str(), ca, "tcp", "tcp-refused"),
    ] {
        let arguments = ["--host", "localhost", "--port", port, "--ca", ca, "--token", "NOT_THE_TOKEN"];
        let (exit, child) = check(&[&arguments[..], &["--json"]].concat()).await;
        let said = child.stdout();
        assert_eq!(exit, 1, "{code}: {said}");
        let finding = &serde_json::from_str::<Value>(&said).unwrap()["finding"];
        assert_eq!((&finding["step"], &finding["failure"]["code"]), (&json!(step), &json!(code)));
        let (cause, fix) = (finding["cause"].as_str().unwrap(), finding["fix"].as_str().unwrap());
        assert!(!said.contains("NOT_THE_TOKEN") && !child.stderr().contains("NOT_THE_TOKEN"), "{said}");

        // People read the same.
        let (exit, child) = check(&arguments).await;
        let said = child.stdout();
        assert_eq!(exit, 1);
        assert!(said.contains(cause) && said.contains(fix) && said.contains(code), "{said}");
    }
}

#[tokio::test]
async fn bad_usage_is_exit_code_2_with_one_line() {
    let folder = Folder::new("bad").unwrap();
    let key =
        folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\nMARKER\n-----END PRIVATE KEY-----\n").unwrap();
    let key = key.display().to_string();
    for (arguments, word) in [
        (vec!["--host", "localhost", "--ca", "/none/ca.pem"], "/none/ca.pem"),
        (vec!["--host", "localhost", "--ca", &key], "private key"),
        (vec!["--host", "localhost", "--token-file", "/none/token.txt"], "/none/token.txt"),
        (vec!["--host", "localhost", "--token", " MARKER"], "token"),
        (vec!["--host", "http://localhost"], "http://"),
        (vec!["--host", "localhost", "--port", "0"], "--port"),
        (vec![], "--host"),
    ] {
        let (code, child) = check(&arguments).await;
        let said = child.stderr();
        assert_eq!((code, child.stdout()), (2, String::new()), "{arguments:?}: {said}");
        assert!(said.contains(word) && !said.contains("MARKER"), "{arguments:?}: {said}");
    }
}
