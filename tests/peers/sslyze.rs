//! sslyze, a scanner for TLS listeners, on the page's own: only what is good is spoken, and it finds nothing.

use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};
use tests::{child::Child, folder::Folder, python::Python, serving::Serving};

/// A hundred handshakes or two, on a loaded machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Certificates as a public authority makes them today, so that a finding would be one of the listener.
const MADE: [&str; 3] = [
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Scanned \
     -addext keyUsage=critical,keyCertSign,cRLSign",
    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out request.pem -subj /CN=localhost",
    "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -out chain.pem -extfile leaf.cnf",
];
const LEAF: &str = "subjectAltName=DNS:localhost,IP:127.0.0.1\nauthorityKeyIdentifier=keyid\n\
                    extendedKeyUsage=serverAuth\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n";

fn certificates() -> Folder {
    let folder = Folder::new("sslyze").unwrap();
    folder.write("leaf.cnf", LEAF).unwrap();
    for arguments in MADE {
        let made = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(folder.path())
            .output()
            .expect("openssl is there: run `cargo xtask setup`");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
    folder
}

/// Everything that sslyze can look at, judged by what Mozilla recommends for servers in general.
async fn scan(port: u16, folder: &Path) -> Value {
    let report = folder.join("report.json");
    let mut command = Command::new(Python::Sslyze.interpreter().unwrap());
    // It knows public authorities whose certificates its own library finds fault with.
    command.args([
        "-W",
        "ignore",
        "-B",
        "-m",
        "sslyze",
        "--mozilla_config=intermediate",
        "--http_headers",
        "--certinfo",
    ]);
    command.args([
        "--reneg",
        "--compression",
        "--heartbleed",
        "--robot",
        "--openssl_ccs",
        "--fallback",
        "--early_data",
    ]);
    command.args([
        "--ems",
        "--elliptic_curves",
        "--resum",
        "--sslv2",
        "--sslv3",
        "--tlsv1",
        "--tlsv1_1",
        "--tlsv1_2",
    ]);
    command.arg("--tlsv1_3").arg("--certinfo_ca_file").arg(folder.join("ca.pem"));
    command.arg(format!("--json_out={}", report.display())).arg(format!("localhost:{port}"));
    let mut sslyze = Child::start("sslyze", &mut command).unwrap();
    let status = sslyze.ended(LIMIT).await.unwrap();
    let said = sslyze.stdout();
    assert!(status.success() && said.contains("OK - Compliant"), "{said}{}", sslyze.stderr());
    let report: Value = serde_json::from_str(&fs::read_to_string(report).unwrap()).unwrap();
    let scanned = &report["server_scan_results"][0];
    assert_eq!(scanned["scan_status"], "COMPLETED");
    scanned["scan_result"].clone()
}

#[tokio::test]
async fn sslyze_finds_nothing_wrong_with_the_pages_tls() {
    let folder = certificates();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, key) = (file("chain.pem"), file("key.pem"));
    let mode = ["--mode", "hosted", "--allow-target", "mqtt.example:8883"];
    let console = Serving::start(&[&mode[..], &["--tls-cert", &certificate, "--tls-key", &key]].concat())
        .await
        .unwrap();
    let result = scan(console.address().port(), folder.path()).await;
    let facts = |command: &str| {
        assert_eq!(result[command]["status"], "COMPLETED", "{command}: {}", result[command]);
        result[command]["result"].clone()
    };

    for version in ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"] {
        let facts = facts(&format!("{version}_cipher_suites"));
        assert_eq!(facts["is_tls_version_supported"], false, "{version}");
        assert!(!facts["rejected_cipher_suites"].as_array().unwrap().is_empty(), "{version} was tried");
    }
    // Forward secrecy and authenticated encryption in all of them.
    let accepted = |version: &str| -> BTreeSet<String> {
        let facts = facts(&format!("{version}_cipher_suites"));
        let suites = facts["accepted_cipher_suites"].as_array().unwrap().iter();
        suites.map(|suite| suite["cipher_suite"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let ciphers = ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256"];
    let named = |start: &str| -> BTreeSet<String> { ciphers.map(|cipher| format!("{start}{cipher}")).into() };
    assert_eq!(accepted("tls_1_2"), named("TLS_ECDHE_ECDSA_WITH_"));
    assert_eq!(accepted("tls_1_3"), named("TLS_"));

    for (command, fact, expected) in [
        ("tls_compression", "supports_compression", false.into()),
        ("tls_1_3_early_data", "supports_early_data", false.into()),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", false.into()),
        ("heartbleed", "is_vulnerable_to_heartbleed", false.into()),
        ("robot", "robot_result", "NOT_VULNERABLE_RSA_NOT_SUPPORTED".into()),
        ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos", false.into()),
        ("session_renegotiation", "supports_secure_renegotiation", true.into()),
        ("tls_fallback_scsv", "supports_fallback_scsv", true.into()),
        ("tls_extended_master_secret", "supports_ems_extension", true.into()),
    ] {
        assert_eq!(facts(command)[fact], Value::clone(&expected), "{command}: {fact}");
    }
    let hsts = &facts("http_headers")["strict_transport_security_header"];
    assert_eq!(hsts["max_age"], 31_536_000, "{hsts}");
}
