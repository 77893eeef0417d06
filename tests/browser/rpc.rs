//! Calls in both directions, at the tab `RPC`.

use crate::parts::connect_demo;
use emulator::{Config, Timers};
use serde_json::json;
use shared::platform::{RpcCall, RpcOutcome};
use std::time::Duration;
use tests::{
    browser::{Browser, Demo, Spot, story},
    emulated::rpc,
};

fn calls() -> Spot {
    Spot::new("table", "Calls from the server")
}

fn reply_form() -> Spot {
    Spot::form("Reply to a call")
}

fn rule_form() -> Spot {
    Spot::form("Rule")
}

fn ask_form() -> Spot {
    Spot::form("Call the server")
}

/// Connects, selects the tab, and subscribes to the server's calls.
async fn listening(browser: &Browser, demo: &Demo) {
    connect_demo(browser, demo).await;
    browser.press(&Spot::tab("RPC")).await;
    browser.press(&Spot::button("Subscribe to RPC requests")).await;
    let subscribed = |text: &str| text.contains("Subscribed to RPC requests.");
    browser.reads(&Spot::new("region", "Calls from the server"), subscribed).await;
}

/// The platform calls, while a person is at the page.
async fn called(demo: &Demo, call: RpcCall, person: impl Future<Output = ()>) -> RpcOutcome {
    let (platform, token) = (demo.thingsboard.platform(), demo.thingsboard.token());
    let (outcome, ()) = tokio::join!(platform.send_rpc(token, call), person);
    outcome.expect("the device exists")
}

#[tokio::test]
async fn a_call_is_answered_by_hand_before_its_countdown_ends_with_exactly_what_was_typed() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        let call = rpc("setValue", json!({"value": 9_223_372_036_854_775_807_i64}));
        let outcome = called(&demo, call, async {
            let shown = |text: &str| {
                text.contains("setValue")
                    && text.contains(r#"{"value":9223372036854775807}"#)
                    && text.contains("s left of 10 s")
            };
            browser.reads(&calls(), shown).await;
            let reply = Spot::text_box("Reply").within(reply_form());
            browser.write(&reply, r#"{"done": true, "n": 127.0}"#).await;
            browser.press(&Spot::button("Reply").within(reply_form())).await;
            browser
                .reads(&calls(), |text| text.contains("answered by hand") && text.contains("delivered"))
                .await;
        })
        .await;
        assert_eq!(outcome, RpcOutcome::Answered { response: json!({"done": true, "n": 127.0}) });
    })
    .await;
}

#[tokio::test]
async fn a_rule_answers_calls_whichever_tab_is_shown() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        let add = Spot::button("Add rule").within(rule_form());
        browser.press(&add).await;
        let method = Spot::text_box("Method").within(rule_form());
        browser.focus_is_on(&method).await;
        assert!(browser.node(&method).await.description.contains("The method is missing"));
        browser.write(&method, "getState").await;
        let reply = Spot::text_box("Reply").within(rule_form());
        browser.write(&reply, r#"{"{{method}}": {{params.led}}, "id": {{id}}}"#).await;
        browser.press(&add).await;
        browser.reads(&Spot::new("table", "Rules"), |text| text.contains("getState")).await;
        browser.press(&Spot::tab("Console")).await;
        let outcome = called(&demo, rpc("getState", json!({"led": [1, "on"]})), async {}).await;
        assert_eq!(outcome, RpcOutcome::Answered { response: json!({"getState": [1, "on"], "id": 0}) });
        browser.press(&Spot::tab("RPC")).await;
        browser.reads(&calls(), |text| text.contains("answered by rule")).await;
    })
    .await;
}

#[tokio::test]
async fn a_delayed_rule_answers_in_its_own_time() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        browser.write(&Spot::text_box("Method").within(rule_form()), "*").await;
        browser.write(&Spot::text_box("Delay").within(rule_form()), "1500").await;
        browser.press(&Spot::button("Add rule").within(rule_form())).await;
        let outcome = called(&demo, rpc("later", json!(5)), async {
            browser.reads(&calls(), |text| text.contains("a rule answers in ")).await;
        })
        .await;
        assert_eq!(outcome, RpcOutcome::Answered { response: json!({"ok": true, "got": 5}) });
    })
    .await;
}

#[tokio::test]
async fn a_one_way_call_is_marked_as_one_that_needs_no_answer() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        let call = RpcCall { one_way: true, ..rpc("reboot", json!({})) };
        let outcome = called(&demo, call, async {
            browser.reads(&calls(), |text| text.contains("reboot")).await;
        })
        .await;
        assert_eq!(outcome, RpcOutcome::Delivered);
        browser.press(&Spot::button("Needs no answer")).await;
        browser.reads(&calls(), |text| text.contains("no answer wanted")).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_not_answered_counts_down_times_out_and_a_late_reply_is_said_to_be_one() {
    let demo = Demo::start().await;
    story(async |browser| {
        listening(browser, &demo).await;
        let region = Spot::new("region", "Calls from the server");
        browser.choose(&Spot::select("Time-out").within(region), "5 s, the least").await;
        let call = RpcCall { timeout_ms: 5_000, ..rpc("wait", json!(null)) };
        let outcome = called(&demo, call, async {
            for left in ["4 s left of 5 s", "2 s left of 5 s", "timed out: no answer within 5 s"] {
                browser.reads(&calls(), |text| text.contains(left)).await;
            }
        })
        .await;
        assert_eq!(outcome, RpcOutcome::TimedOut);
        browser.press(&Spot::button("Reply").within(reply_form())).await;
        browser.reads(&calls(), |text| text.contains("too late: over 5 s")).await;
        browser.reads(&reply_form(), |text| text.contains("too late")).await;
    })
    .await;
}

#[tokio::test]
async fn the_device_calls_the_server_and_is_answered_or_told_that_nobody_does() {
    let timers = Timers { client_rpc: Duration::from_millis(300), ..Timers::default() };
    let demo = Demo::with(Config { timers, ..Config::default() }).await;
    story(async |browser| {
        connect_demo(browser, &demo).await;
        browser.press(&Spot::tab("RPC")).await;
        let call = Spot::button("Call").within(ask_form());
        browser.press(&call).await;
        let method = Spot::text_box("Method").within(ask_form());
        browser.focus_is_on(&method).await;
        assert!(browser.node(&method).await.description.contains("The method is missing"));

        browser.press(&Spot::button("Fill in getSessionLimits")).await;
        browser.press(&call).await;
        let asked = Spot::new("table", "Calls to the server");
        let limits = |text: &str| text.contains("maxPayloadSize") && text.contains("answered after");
        browser.reads(&asked, limits).await;

        browser.write(&method, "getWeather").await;
        browser.write(&Spot::text_box("Params").within(ask_form()), r#"{"city": "Kyiv"}"#).await;
        browser.press(&call).await;
        let told = |text: &str| text.contains("The server timed out") && text.contains("rpc call reply");
        browser.reads(&asked, told).await;

        let params = Spot::text_box("Params").within(ask_form());
        browser.write(&params, r#"{"city": ]"#).await;
        browser.press(&call).await;
        browser.focus_is_on(&params).await;
        assert!(browser.node(&params).await.description.contains("column 10"));
    })
    .await;
}
