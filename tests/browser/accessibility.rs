//! The page for people who do not see it, do not use a mouse, or need contrast.

use crate::{
    parts::{console, details, is_connected, payload, run_example},
    server::Server,
};
use std::fs;
use tests::{
    browser::{Browser, Demo, Spot, evidence_folder, key, story},
    certs::{Authority, Leaf},
    page,
};

const TABS: [&str; 10] = [
    "Console",
    "Telemetry",
    "Attributes",
    "RPC",
    "Firmware",
    "Provision & claim",
    "Gateway",
    "Raw MQTT",
    "Certificate",
    "Platform",
];

/// Every reference among the page's elements that leads nowhere.
const DANGLING: &str = "const names = ['aria-labelledby', 'aria-describedby', 'aria-errormessage', \
    'aria-controls', 'aria-owns', 'aria-details', 'aria-flowto', 'aria-activedescendant', 'for', 'list']; \
    return names.flatMap(name => [...document.querySelectorAll(`[${name}]`)].flatMap(element => \
    element.getAttribute(name).split(/\\s+/).filter(id => !document.getElementById(id)) \
    .map(id => `${name}=${id}`)))";

/// Pixels of the row of tabs that are out of sight, downwards and sidewards.
const HIDDEN_TABS: &str = "const row = document.querySelector('[role=tablist]'); \
    return [row.scrollHeight - row.clientHeight, row.scrollWidth - row.clientWidth]";

async fn has_no_violations(browser: &Browser, what: &str) {
    let violations = browser.audit().await.expect("axe-core is there");
    assert!(violations.is_empty(), "{what}:\n{}", violations.join("\n"));
    let dangling = browser.script(DANGLING).await;
    assert_eq!(dangling, serde_json::json!([]), "{what}");
}

/// On each tab, in the system's light and dark.
async fn is_accessible(browser: &Browser, demo: &Demo, width: u32, height: u32) {
    browser.resize(width, height).await;
    run_example(browser, demo).await;
    let hidden = browser.script(HIDDEN_TABS).await;
    assert_eq!(hidden, serde_json::json!([0, 0]), "the row of tabs scrolls at {width} px");
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        for tab in TABS {
            browser.press(&Spot::tab(tab)).await;
            browser.eventually(tab, async |tree| tree.one(&Spot::new("tabpanel", tab)).map(drop)).await;
            has_no_violations(browser, &format!("{tab}, {scheme}, {width} px")).await;
        }
    }
}

#[tokio::test]
async fn axe_finds_nothing_on_any_tab_of_a_wide_page_in_light_and_dark() {
    let demo = Demo::start().await;
    story(async |browser| is_accessible(browser, &demo, 1440, 900).await).await;
}

#[tokio::test]
async fn axe_finds_nothing_on_any_tab_of_a_narrow_page_in_light_and_dark() {
    let demo = Demo::start().await;
    story(async |browser| {
        is_accessible(browser, &demo, 390, 844).await;
        let root = "document.documentElement";
        let hidden = browser.script(&format!("return {root}.scrollWidth - {root}.clientWidth")).await;
        assert_eq!(hidden, 0, "the page is wider than the window");
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_where_the_form_has_problems_or_a_connection_failed() {
    let issued = Authority::new("The real authority").issue(&Leaf::default());
    let (demo, server) = (Demo::start().await, Server::tls(issued.server()).await);
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.press(&Spot::button("Connect")).await;
        browser.focus_is_on(&Spot::text_box("Access token")).await;
        let another = Authority::new("Another authority");
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            has_no_violations(browser, &format!("problems at fields, {scheme}")).await;
        }
        crate::parts::fill(browser, &page::endpoint(server.address), "TOKEN", another.pem()).await;
        browser.press(&Spot::button("Connect")).await;
        browser.node(&Spot::new("region", "What to do")).await;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await;
            has_no_violations(browser, &format!("a failure, {scheme}")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_in_the_log_with_filter_size_search_and_every_shape_of_a_message() {
    let demo = Demo::start().await;
    story(async |browser| {
        run_example(browser, &demo).await;
        for name in ["Filter", "Log size"] {
            browser.press(&Spot::button(name)).await;
        }
        browser.write(&Spot::text_box("Regular expression"), "(").await;
        browser.write(&Spot::new("searchbox", "Search the log"), "devices").await;
        browser.press(&Spot::button("Next match")).await;
        browser.script("document.getElementById('log-list').focus()").await;
        browser.chord(&[key::ENTER]).await;
        browser.node(&details()).await;
        for (width, height) in [(1440, 900), (390, 844)] {
            browser.resize(width, height).await;
            for scheme in ["light", "dark"] {
                browser.prefer(scheme).await;
                for form in ["Tree", "Pretty", "Text", "Hex", "Base64", "Diff"] {
                    browser.press(&Spot::button(form).within(details())).await;
                    has_no_violations(browser, &format!("{form}, {scheme}, {width} px")).await;
                }
            }
        }
    })
    .await;
}

/// Presses Tab until the focus is there. Every stop on the way must be seen to have the focus.
async fn tab_to(browser: &Browser, spot: &Spot) {
    let visible = "const style = getComputedStyle(document.activeElement); \
        return document.activeElement === document.body || style.outlineStyle !== 'none' \
            || style.boxShadow !== 'none' || getComputedStyle(document.activeElement.parentElement).outlineStyle !== 'none'";
    for _ in 0..40 {
        browser.chord(&[key::TAB]).await;
        let tree = browser.tree().await;
        assert_eq!(browser.script(visible).await, true, "the focus is not seen on {:?}", tree.focused());
        if tree.one(spot).is_some_and(|node| node.focused) {
            return;
        }
    }
    panic!("Tab does not lead to {spot}");
}

#[tokio::test]
async fn the_keyboard_alone_connects_runs_the_example_and_publishes() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Use the demo device")).await;
        tab_to(browser, &Spot::button("Use the demo device")).await;
        browser.chord(&[key::ENTER]).await;
        browser.node(&Spot::button("Remove")).await;
        tab_to(browser, &Spot::button("Connect")).await;
        browser.chord(&[key::ENTER]).await;
        is_connected(browser).await;
        tab_to(browser, &Spot::button("Run the example")).await;
        browser.chord(&[' ']).await;
        browser.reads(&console(), |text| text.contains("Message: {}")).await;

        tab_to(browser, &Spot::tab("Console")).await;
        browser.chord(&[key::RIGHT]).await;
        browser.focus_is_on(&Spot::tab("Telemetry")).await;
        browser.node(&Spot::new("tabpanel", "Telemetry")).await;
        tab_to(browser, &payload()).await;
        browser.chord(&[key::CONTROL, 'a']).await;
        browser.type_text(r#"{"typed": 1}"#).await;
        browser.chord(&[key::TAB]).await;
        browser.focus_is_on(&Spot::button("Publish")).await;
        browser.chord(&[key::ENTER]).await;
        let typed = |kind: &emulator::Kind| {
            matches!(kind, emulator::Kind::Publish { payload, .. } if payload == r#"{"typed": 1}"#)
        };
        demo.thingsboard.receives(typed).await;
    })
    .await;
}

#[tokio::test]
async fn the_start_page_has_the_roles_and_names_that_people_rely_on() {
    let demo = Demo::start().await;
    story(async |browser| {
        browser.go(&demo.url()).await;
        browser.node(&Spot::button("Use the demo device")).await;
        // The tabs' part of the program comes after the form.
        browser.node(&console()).await;
        is_as_kept(&browser.tree().await.outline(), "start_page.txt");
    })
    .await;
}

fn is_as_kept(outline: &str, name: &str) {
    let kept = format!("{}/browser/snapshots/{name}", env!("CARGO_MANIFEST_DIR"));
    if fs::read_to_string(&kept).unwrap_or_default() == outline {
        return;
    }
    let now = evidence_folder().join(name);
    let written = fs::create_dir_all(evidence_folder()).and_then(|()| fs::write(&now, outline));
    written.expect("the outline of now can be kept");
    panic!("roles or names changed; when that is meant: cp {} {kept}\nnow:\n{outline}", now.display());
}
