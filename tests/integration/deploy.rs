//! The files of `deploy/` against the running program: the dashboard shows the metrics that there are, and the
//! settings are ones that the program takes.

use ::proxy::{Extras, config::Config};
use serde_json::Value;
use shared::{SUBPROTOCOL, wire::QoS};
use std::{
    collections::BTreeSet,
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
};
use tests::{
    PATIENCE,
    child::Child,
    emulated::Emulated,
    eventually::soon,
    http,
    page::{Page, request, try_open},
    program,
    proxy::Proxy,
};

const PREFIX: &str = "device_console_";
const VARIABLE: &str = "DEVICE_CONSOLE_";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn text(file: &str) -> String {
    fs::read_to_string(repository().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every word of the text that begins so.
fn words_with(prefix: &str, text: &str) -> BTreeSet<String> {
    let is_inside = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let words = text.split(|character| !is_inside(character));
    words.filter(|word| word.len() > prefix.len() && word.starts_with(prefix)).map(str::to_owned).collect()
}

/// The metrics' names with the endings that their kinds have in queries, from a scrape's `# TYPE` lines. What was
/// never counted has no line, so one of everything happens before.
async fn queryable() -> Vec<Vec<String>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let operations = listener.local_addr().unwrap();
    let extras = Extras { operations: Some(listener), ..Extras::default() };
    let mut config = Config::default();
    config.http.sessions = 1;
    let (proxy, thingsboard) = (Proxy::serving(config, extras).await, Emulated::start().await);
    let mut page = Page::open(&proxy).await;
    thingsboard.connect(&mut page).await;
    page.publish("v1/devices/me/telemetry", QoS::AtLeastOnce, b"{}").await;
    let origin = proxy.origin();
    let headers = [("origin", origin.as_str()), ("sec-websocket-protocol", SUBPROTOCOL)];
    let one_too_many = try_open(proxy.address(), request(proxy.address(), &headers)).await;
    assert_eq!(one_too_many.map(drop), Err(503));
    page.disconnect().await;

    let ended = async {
        loop {
            let answer = http::get(operations, "/metrics", &[]).await;
            if answer.text().contains("device_console_session_ends_total{") {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let answer = soon("the session's end is counted", ended).await;
    let types = answer.text().lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let names = |(name, kind): (&str, &str)| {
        let endings: &[&str] = match kind {
            "gauge" => &[""],
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_count", "_sum"],
            other => panic!("{name} is a {other}"),
        };
        endings.iter().map(|ending| format!("{name}{ending}")).collect()
    };
    let metrics: Vec<Vec<String>> = types.map(names).collect();
    let registered = text("proxy/src/metrics.rs").matches("registry.register").count();
    assert_eq!(metrics.len(), registered, "not every metric was counted: {metrics:?}");
    metrics
}

#[tokio::test]
async fn the_dashboard_shows_every_metric_and_no_other() {
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().filter_map(|panel| panel["targets"].as_array()).flatten();
    let queries: Vec<&str> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    let shown: BTreeSet<String> = queries.iter().flat_map(|query| words_with(PREFIX, query)).collect();
    let metrics = queryable().await;
    for name in &shown {
        assert!(metrics.iter().flatten().any(|known| known == name), "the program has no {name}");
    }
    for names in &metrics {
        assert!(names.iter().any(|name| shown.contains(name)), "no panel shows {names:?}");
    }
}

#[tokio::test]
async fn other_files_name_metrics_that_exist() {
    let metrics: Vec<String> = queryable().await.into_iter().flatten().collect();
    for file in ["deploy/kubernetes/base/autoscaler.yaml", "docs/deployment.md"] {
        let named = words_with(PREFIX, &text(file));
        assert!(!named.is_empty(), "{file}");
        for name in named {
            assert!(metrics.contains(&name), "{file}: the program has no {name}");
        }
    }
}

#[tokio::test]
async fn every_variable_is_one_of_the_programs() {
    let mut program = program::start(["serve", "--help"]).unwrap();
    assert!(program.ended(PATIENCE).await.unwrap().success());
    let mut known = words_with(VARIABLE, &program.stdout());
    // The build's own, for its tools.
    known.insert("DEVICE_CONSOLE_CACHE".to_owned());
    for file in [
        "deploy/systemd/device-console.env",
        "deploy/systemd/demo.conf",
        "deploy/docker/Dockerfile",
        "deploy/kubernetes/base/kustomization.yaml",
        "deploy/kubernetes/overlays/demo/kustomization.yaml",
        "docs/deployment.md",
    ] {
        let named = words_with(VARIABLE, &text(file));
        assert!(!named.is_empty(), "{file}");
        for name in named {
            assert!(known.contains(&name), "{file}: the program has no {name}");
        }
    }
}

/// `NAME=VALUE` for each variable that a file sets; a list's dash may stand before it.
pub(crate) fn settings(file: &str) -> Vec<(String, String)> {
    let text = text(file);
    let lines = text.lines().map(|line| line.trim().trim_start_matches("- "));
    let settings = lines.filter(|line| line.starts_with(VARIABLE)).filter_map(|line| line.split_once('='));
    settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

async fn check_starts(file: &str) {
    let settings = settings(file);
    assert!(settings.len() > 4, "{file}: {settings:?}");
    // Flags win over variables: free ports instead of those of a server.
    let flags = ["--listen", "--metrics-listen", "--mqtts-listen"];
    let flags = flags.into_iter().flat_map(|flag| [flag, "127.0.0.1:0"]);
    let mut command = program::command(["serve"].into_iter().chain(flags)).unwrap();
    let mut program = Child::start("device-console", command.envs(settings)).unwrap();
    let address = program::ready(&mut program).await.unwrap();
    let page = http::get(address, "/", &[]).await;
    assert!(page.header("strict-transport-security").is_some(), "{file} is for strangers");
    program.terminate().unwrap();
    assert!(program.ended(PATIENCE).await.unwrap().success(), "{file}");
}

#[tokio::test]
async fn the_program_starts_with_the_settings_for_systemd() {
    check_starts("deploy/systemd/device-console.env").await;
}

#[tokio::test]
async fn the_program_starts_with_the_settings_for_kubernetes() {
    check_starts("deploy/kubernetes/base/kustomization.yaml").await;
}

#[tokio::test]
async fn the_program_starts_with_the_settings_for_a_public_demo() {
    check_starts("deploy/kubernetes/overlays/demo/kustomization.yaml").await;
}
