//! The log shows what the person asks for, and says what it leaves out.

use crate::parts::{connect_feeder, console, counted, counters, feed};
use tests::{
    browser::{Browser, Spot, story},
    feeder::Feeder,
    proxy::Proxy,
};

const MESSAGES: [(&str, &str); 5] = [
    ("plant/1/state", r#"{"temperature":19.5,"on":true}"#),
    ("plant/2/state", r#"{"temperature":23,"on":false}"#),
    ("plant/2/alarm", r#"{"text":"Too HOT (again)"}"#),
    ("office/1/state", r#"{"list":[{"name":"deep"}]}"#),
    ("office/1/note", "no JSON at all"),
];

async fn shown(browser: &Browser, number: u64) {
    browser.reads(&counters(), |text| counted(text, " shown") == number).await;
}

#[tokio::test]
async fn each_part_of_the_filter_leaves_only_what_fits_and_the_counters_say_so() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        feed(browser, &feeder, &MESSAGES).await;
        browser.press(&Spot::button("Filter")).await;
        for (field, text, fits, not) in [
            ("Topic filter", "plant/+/state", &["19.5", "23"][..], "HOT"),
            ("Topic filter", "office", &["deep", "no JSON"], "plant"),
            ("Text", "hot (AGAIN", &["Too HOT"], "deep"),
            ("Regular expression", r"^\{.*(hot|HOT)", &["Too HOT"], "deep"),
            ("JSON path", "$.temperature > 20", &["23"], "19.5"),
            ("JSON path", "$..name == 'deep'", &["deep"], "HOT"),
        ] {
            browser.write(&Spot::text_box(field), text).await;
            shown(browser, fits.len() as u64).await;
            let log = browser.reads(&console(), |log| fits.iter().all(|fit| log.contains(fit))).await;
            assert!(!log.contains(not), "{field} {text}: {log}");
            browser.press(&Spot::button("Clear filter")).await;
            shown(browser, 5).await;
        }
        browser.choose(&Spot::select("Direction"), "Sent").await;
        browser
            .reads(&Spot::new("tabpanel", "Console"), |text| text.contains("No entry passes the filter."))
            .await;
        browser.press(&Spot::button("Clear filter")).await;
        shown(browser, 5).await;
    })
    .await;
}

#[tokio::test]
async fn new_messages_are_filtered_as_they_come() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        browser.press(&Spot::button("Filter")).await;
        browser.write(&Spot::text_box("Topic filter"), "plant/#").await;
        feed(browser, &feeder, &MESSAGES).await;
        shown(browser, 3).await;
        // What is typed is still there after another tab was looked at, and so is what it does.
        browser.press(&Spot::tab("Telemetry")).await;
        browser.press(&Spot::tab("Console")).await;
        assert_eq!(browser.node(&Spot::text_box("Topic filter")).await.value, "plant/#");
        feed(browser, &feeder, &MESSAGES).await;
        shown(browser, 6).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_one_sentence_at_its_field_and_hides_nothing() {
    let (proxy, feeder) = (Proxy::start().await, Feeder::start().await);
    story(async |browser| {
        connect_feeder(browser, &proxy, &feeder).await;
        feed(browser, &feeder, &MESSAGES).await;
        browser.press(&Spot::button("Filter")).await;
        for (field, text, sentence) in [
            ("Topic filter", "a+b", "+ must fill a whole level"),
            ("Regular expression", "(", "close every bracket"),
            ("JSON path", "temperature > 20", "begin with $"),
        ] {
            let field = Spot::text_box(field);
            browser.write(&field, text).await;
            let wrong = async |tree: &tests::browser::Tree| {
                tree.one(&field).filter(|node| node.invalid && node.description.contains(sentence)).map(drop)
            };
            browser.eventually(sentence, wrong).await;
            assert_eq!(browser.node(&field).await.value, text);
            shown(browser, 5).await;
            browser.press(&Spot::button("Clear filter")).await;
        }
    })
    .await;
}
