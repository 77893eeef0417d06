//! One file of rules, carried out by every client: the page's session through our proxy, paho and MQTT.js, each in
//! both protocol versions. Whoever sees something else than the file says is wrong: client, proxy or emulator.

mod actor;
mod file;
mod library;
mod operator;
mod page;
mod scene;
mod server;
mod words;

use actor::{Actor, Program, Way};
use file::{Rule, Scenario};
use shared::wire::MqttVersion;
use std::{collections::BTreeSet, sync::Arc};
use tests::eventually::within;
use tokio::sync::Mutex;

/// For one rule; the longest waits of a rule are below a second.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(30);

/// A part of a rule's name, to try one alone.
const ONLY: &str = "DEVICE_CONSOLE_RULE";

fn rules() -> Vec<Rule> {
    let scenario: Scenario = toml::from_str(include_str!("scenario.toml")).unwrap();
    scenario.rules
}

fn why_not(rule: &Rule, way: Way) -> Option<&str> {
    let exact = format!("{} {}", way.program(), way.version());
    rule.except.get(way.program()).or_else(|| rule.except.get(&exact)).map(String::as_str)
}

/// Carries out every rule, then says how many there were and what went wrong in which.
#[expect(clippy::print_stdout, reason = "the count is for whoever reads the test's output")]
async fn check(program: Program, version: MqttVersion) {
    let way = Way { program, version };
    let only = std::env::var(ONLY).unwrap_or_default();
    let rules: Vec<Rule> = rules().into_iter().filter(|rule| rule.name.contains(&only)).collect();
    let actor = Arc::new(Mutex::new(way.start().await.unwrap()));
    let (mut ran, mut excepted, mut failed) = (0, 0, Vec::new());
    for (index, rule) in rules.iter().enumerate() {
        if why_not(rule, way).is_some() {
            excepted += 1;
            continue;
        }
        ran += 1;
        if let Err(problem) = attempt(rule.clone(), way, Arc::clone(&actor), index).await {
            failed.push(format!("{}: {}\n  {problem}", rule.part, rule.name));
        }
    }
    let name = format!("{} with MQTT {}", way.program(), way.version());
    println!("{name}: {ran} rules carried out, {excepted} excepted of {}", rules.len());
    assert!(failed.is_empty(), "{name}: {} of {ran} rules failed\n{}", failed.len(), failed.join("\n"));
}

/// In a task of its own, so that a panic in the harness ends one rule and not the others.
async fn attempt(rule: Rule, way: Way, actor: Arc<Mutex<Actor>>, index: usize) -> Result<(), String> {
    let (name, prefix) = (rule.name.clone(), index.to_string());
    let task = tokio::spawn(async move {
        let mut actor = actor.lock().await;
        let play = scene::play(&rule, way, &mut actor, &prefix);
        within(LIMIT, &rule.name, play).await.map_err(|error| format!("{error:#}"))
    });
    task.await.unwrap_or_else(|_| Err(format!("panicked: see above ({name})")))
}

#[tokio::test]
async fn every_rule_holds_for_the_page_with_mqtt_3_1_1() {
    check(Program::Page, MqttVersion::V3_1_1).await;
}

#[tokio::test]
async fn every_rule_holds_for_the_page_with_mqtt_5() {
    check(Program::Page, MqttVersion::V5).await;
}

#[tokio::test]
async fn every_rule_holds_for_paho_with_mqtt_3_1_1() {
    check(Program::Paho, MqttVersion::V3_1_1).await;
}

#[tokio::test]
async fn every_rule_holds_for_paho_with_mqtt_5() {
    check(Program::Paho, MqttVersion::V5).await;
}

#[tokio::test]
async fn every_rule_holds_for_mqtt_js_with_mqtt_3_1_1() {
    check(Program::MqttJs, MqttVersion::V3_1_1).await;
}

#[tokio::test]
async fn every_rule_holds_for_mqtt_js_with_mqtt_5() {
    check(Program::MqttJs, MqttVersion::V5).await;
}

#[test]
fn every_exception_names_a_way_and_a_reason_and_no_rule_is_without_a_client() {
    let programs = [Program::Page, Program::Paho, Program::MqttJs];
    let versions = [MqttVersion::V3_1_1, MqttVersion::V5];
    let ways = programs.iter().flat_map(|program| versions.map(|version| Way { program: *program, version }));
    let ways: Vec<Way> = ways.collect();
    let exact = |way: &Way| format!("{} {}", way.program(), way.version());
    let mut names = BTreeSet::new();
    for rule in rules() {
        assert!(names.insert(rule.name.clone()), "twice: {}", rule.name);
        for (who, why) in &rule.except {
            let is_way = ways.iter().any(|way| way.program() == who || exact(way) == *who);
            assert!(is_way && why.len() > 10, "{}: {who}: {why}", rule.name);
        }
        let carried_out = ways.iter().filter(|way| why_not(&rule, **way).is_none()).count();
        assert!(carried_out > 0, "nobody does it: {}", rule.name);
    }
}
