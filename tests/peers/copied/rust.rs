//! The Rust program, in a package of its own with this workspace's locked versions.

use super::{ATTRIBUTES, Saved, arrives, publishes, session, wild_publishes};
use crate::Target;
use frontend::copy_as::Language;
use serde_json::json;
use shared::wire::{MqttVersion, QoS};
use std::{env, fs, path::Path, process::Command, time::Duration};
use tests::{PATIENCE, child::Child, emulated::object};

/// For a build from nothing on a loaded machine.
const BUILD: Duration = Duration::from_secs(600);

/// Builds the program and returns the command that runs it beside `ca.pem`.
async fn built(target: &Target, saved: &Saved, name: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = fs::read_to_string(&saved.path).unwrap();
    let dependencies: String = source
        .lines()
        .filter_map(|line| {
            line.strip_prefix("// ").filter(|line| line.starts_with('[') || line.contains(" = {"))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n[[bin]]\nname = \"{name}\"\npath = \"main.rs\"\n\
         [workspace]\n[lints.rust]\nwarnings = \"deny\"\n{dependencies}"
    );
    saved.folder.write("Cargo.toml", &manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), saved.folder.path().join("Cargo.lock")).unwrap();
    // Kept from run to run: only the program itself is built anew.
    let folder =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into).join("copied");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet"]).current_dir(saved.folder.path()).env("CARGO_TARGET_DIR", &folder);
    let mut build = Child::start("cargo", &mut cargo).unwrap();
    let status = build.ended(BUILD).await.unwrap();
    assert!(status.success(), "{}\n{source}", build.stderr());
    let mut command = Command::new(folder.join("debug").join(name));
    command.current_dir(saved.folder.path()).env("TB_TOKEN", target.thingsboard.token().expose());
    command
}

#[tokio::test]
async fn the_program_publishes_what_the_console_did() {
    for (version, name) in [(MqttVersion::V5, "copied-v5"), (MqttVersion::V3_1_1, "copied-v4")] {
        let target = Target::start().await;
        let all = if version == MqttVersion::V5 { publishes() } else { wild_publishes() };
        let session = session(&target, version, false, all);
        let saved = Saved::new(&target, Language::Rust, &session);
        let mut command = built(&target, &saved, name).await;
        let mut program = Child::start("the program", &mut command).unwrap();
        let status = program.ended(PATIENCE).await.unwrap();
        assert!(status.success(), "{}{}", program.stdout(), program.stderr());
        arrives(&target, &session).await;
    }
}

#[tokio::test]
async fn the_program_listens_to_the_subscriptions() {
    let target = Target::start().await;
    let mut session = session(&target, MqttVersion::V5, true, publishes());
    session.subscriptions.push((ATTRIBUTES.into(), QoS::AtLeastOnce));
    let saved = Saved::new(&target, Language::Rust, &session);
    let mut command = built(&target, &saved, "copied-listening").await;
    let mut program = Child::start("the program", &mut command).unwrap();
    arrives(&target, &session).await;
    let shared = object(json!({ "limit": 30 }));
    target.thingsboard.platform().set_shared_attributes(target.thingsboard.token(), shared).unwrap();
    let heard =
        |line: &str| (line.contains("v1/devices/me/attributes") && line.contains("limit")).then_some(());
    program.says(PATIENCE, |mut lines| lines.find_map(heard)).await.unwrap();
}
