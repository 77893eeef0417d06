//! The program from outside: what it prints, how it refuses, and how it ends.

use shared::failure::Failure;
use std::{
    net::{Ipv4Addr, TcpListener},
    process::ExitStatus,
};
use tests::{
    PATIENCE,
    child::Child,
    folder::Folder,
    http::get,
    page::{Closed, Page},
    program::{self, READY},
};

/// A serving program on a free port.
async fn serving(more: &[&str]) -> (Child, std::net::SocketAddr) {
    let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
    arguments.extend(more);
    let mut program = program::start(arguments).unwrap();
    let address = program::ready(&mut program).await.unwrap();
    (program, address)
}

/// Runs the program to its own end.
async fn run(arguments: &[&str]) -> (ExitStatus, Child) {
    let mut program = program::start(arguments).unwrap();
    let status = program.ended(PATIENCE).await.unwrap();
    (status, program)
}

#[tokio::test]
async fn the_ready_line_is_exact_and_true() {
    let (program, address) = serving(&[]).await;
    assert_eq!(program.stdout(), format!("Device Console is at http://{address}/\n"));
    assert_eq!(get(address, shared::OFFER_PATH, &[]).await.status, 200);
}

#[tokio::test]
async fn a_bad_value_is_one_clear_line_and_exit_code_2() {
    for (arguments, word) in [
        (vec!["serve", "--listen", "nonsense"], "--listen"),
        (vec!["serve", "--allow-origin", "console.example/path"], "--allow-origin"),
        (vec!["serve", "--demo", "--device", "no-token"], "--device"),
        (vec!["serve", "--nonsense"], "--nonsense"),
        (vec!["nonsense"], "nonsense"),
        (vec!["--log", "a=b=c", "serve"], "--log"),
    ] {
        let (status, program) = run(&arguments).await;
        let said = program.stderr();
        assert_eq!(status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(program.stdout(), "", "{arguments:?}");
        assert!(said.lines().next().unwrap().contains(word), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_bad_device_is_refused_without_its_token() {
    let (status, program) = run(&["serve", "--demo", "--device", "Pump= MARKER_7f3a"]).await;
    assert_eq!(status.code(), Some(2));
    assert!(!program.stderr().contains("MARKER_7f3a"), "{}", program.stderr());
}

#[tokio::test]
async fn help_explains_every_option_and_is_no_failure() {
    let (status, program) = run(&["serve", "--help"]).await;
    assert_eq!(status.code(), Some(0));
    let help = program.stdout();
    for option in
        ["--listen", "--demo", "--allow-origin", "--mqtts-listen", "--device", "--state-dir", "--log"]
    {
        assert!(help.contains(option), "{option}");
    }
    for variable in ["DEVICE_CONSOLE_LISTEN", "DEVICE_CONSOLE_DEMO", "DEVICE_CONSOLE_ALLOW_ORIGIN"] {
        assert!(help.contains(variable), "{variable}");
    }
}

#[tokio::test]
async fn a_taken_address_that_was_asked_for_is_a_clear_failure() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for arguments in [vec!["serve", "--listen", &address], vec!["serve", "--demo", "--listen", &address]] {
        let (status, program) = run(&arguments).await;
        let said = program.stderr();
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains(&address) && said.contains("taken") && said.contains("--listen"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[tokio::test]
async fn the_demo_moves_on_from_taken_ports_and_says_so() {
    // Held here, or taken by somebody else already: either way they are taken.
    let _page = TcpListener::bind((Ipv4Addr::LOCALHOST, 8080));
    let _mqtt = TcpListener::bind((Ipv4Addr::LOCALHOST, 8883));
    let mut program = program::start(["serve", "--demo"]).unwrap();
    let address = program::ready(&mut program).await.unwrap();
    assert!((8081..=8130).contains(&address.port()), "{address}");
    let said = program.stderr();
    assert!(said.contains(&format!("Port 8080 is taken; using {} instead.", address.port())), "{said}");
    assert!(said.contains("Port 8883 is taken; using "), "{said}");
}

#[tokio::test]
async fn the_demo_prints_what_a_person_needs_before_it_is_ready() {
    let folder = Folder::new("state").unwrap();
    let state = folder.path().display().to_string();
    let more = ["--demo", "--mqtts-listen", "127.0.0.1:0", "--state-dir", &state];
    let (program, address) = serving(&more).await;
    let said = program.stdout();
    let ca = folder.path().join("ca.pem");
    assert!(said.contains(&ca.display().to_string()), "{said}");
    assert!(std::fs::read_to_string(&ca).unwrap().contains("BEGIN CERTIFICATE"));
    let token = said.lines().find_map(|line| line.trim().strip_prefix("device Demo device: access token "));
    assert_eq!(token.map(str::len), Some(20), "{said}");
    assert_eq!(said.lines().last(), Some(format!("{READY}{address}/").as_str()));
}

#[tokio::test]
async fn an_environment_variable_stands_for_its_option() {
    let mut command = program::command(["serve"]).unwrap();
    command.env("DEVICE_CONSOLE_LISTEN", "127.0.0.1:0");
    let mut program = Child::start("device-console", &mut command).unwrap();
    let address = program::ready(&mut program).await.unwrap();
    assert_ne!(address.port(), 8080);
}

#[tokio::test]
async fn a_request_to_end_is_followed_in_order_with_exit_code_0() {
    let (mut program, address) = serving(&[]).await;
    let mut page = Page::open_at(address).await;
    program.terminate().unwrap();
    assert_eq!(page.failure().await, Failure::ProxyStopping);
    assert_eq!(page.closed().await, Closed::Code(1001));
    let status = program.ended(PATIENCE).await.unwrap();
    assert_eq!(status.code(), Some(0), "{}", program.stderr());
}

#[tokio::test]
async fn the_emulator_alone_serves_and_ends_in_order() {
    let mut program =
        program::start(["emulator", "--mqtts-listen", "127.0.0.1:0", "--device", "Pump=A1_TEST_TOKEN"])
            .unwrap();
    let ready = |line: &str| (line.trim() == "device Pump").then_some(());
    program.says(PATIENCE, |mut lines| lines.find_map(ready)).await.unwrap();
    program.terminate().unwrap();
    assert_eq!(program.ended(PATIENCE).await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn variables_that_do_nothing_are_named_and_start_and_stop_are_logged() {
    let mut command = program::command(["--log-format", "json", "serve", "--listen", "127.0.0.1:0"]).unwrap();
    command.env("DEVICE_CONSOLE_ALOW_ORIGIN", "http://MARKER_7f3a").env("DEVICE_CONSOLE_LOG", "info");
    let mut program = Child::start("device-console", &mut command).unwrap();
    program::ready(&mut program).await.unwrap();
    program.terminate().unwrap();
    assert!(program.ended(PATIENCE).await.unwrap().success());
    let said = program.stderr();
    for part in [
        "DEVICE_CONSOLE_ALOW_ORIGIN is no setting",
        r#""message":"started","mode":"local""#,
        r#""message":"stopping","open":0"#,
        r#""message":"stopped""#,
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!said.contains("MARKER_7f3a"), "{said}");
}

#[tokio::test]
async fn a_variable_that_is_set_to_nothing_is_named() {
    let mut command = program::command(["serve"]).unwrap();
    command.env("DEVICE_CONSOLE_STATE_DIR", "");
    let mut program = Child::start("device-console", &mut command).unwrap();
    assert_eq!(program.ended(PATIENCE).await.unwrap().code(), Some(2));
    let said = program.stderr();
    assert!(
        said.contains("DEVICE_CONSOLE_STATE_DIR is set to nothing") && said.lines().count() == 1,
        "{said}"
    );
}

#[tokio::test]
async fn a_hosted_proxy_without_a_name_says_so() {
    let (program, _) = serving(&["--mode", "hosted", "--allow-target", "mqtt.example.com:8883"]).await;
    assert!(program.stderr().contains("--allow-origin"), "{}", program.stderr());
}

#[tokio::test]
async fn a_demo_for_visitors_prints_no_token() {
    let (program, _) = serving(&["--mode", "hosted", "--demo", "--mqtts-listen", "127.0.0.1:0"]).await;
    assert!(program.stdout().contains("MQTT over TLS at"), "{}", program.stdout());
    assert!(!program.stdout().contains("token"), "{}", program.stdout());
}
