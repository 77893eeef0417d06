//! The same journey typed by hand, against a broker that others wrote.

use crate::parts::{assert_in_order, console, fill, status, steps};
use shared::wire::Trust;
use tests::{
    PATIENCE,
    browser::{Browser, Spot, story},
    certs::Authority,
    example::TRANSCRIPT,
    folder::Folder,
    mosquitto::{Mosquitto, client},
    proxy::Proxy,
};

const REQUEST: &str = "v1/devices/me/attributes/request/1";
const RESPONSE: &str = "v1/devices/me/attributes/response/1";

fn pem(mosquitto: &Mosquitto) -> &str {
    match mosquitto.trust() {
        Trust::UploadedCertificate { pem } => pem,
        Trust::PublicAuthorities => unreachable!("the broker has an authority of its own"),
    }
}

async fn fill_in(browser: &Browser, proxy: &Proxy, mosquitto: &Mosquitto, pem: &str) {
    browser.go(&proxy.origin()).await;
    fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", pem).await;
}

#[tokio::test]
async fn the_example_prints_the_same_lines_at_a_real_broker_with_an_uploaded_ca() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let folder = Folder::new("platform").unwrap();
        let ca = folder.write("ca.pem", pem(&mosquitto)).unwrap();
        let start =
            |program, arguments: &[&str]| client(program, mosquitto.address(), &ca, arguments).unwrap();
        let mut hears = start("mosquitto_sub", &["-t", REQUEST, "-C", "1"]);
        mosquitto.logs(REQUEST).await.unwrap();

        fill_in(browser, &proxy, &mosquitto, pem(&mosquitto)).await;
        browser.press(&Spot::button("Run the example")).await;
        hears.ended(PATIENCE).await.unwrap();
        assert_eq!(hears.stdout().trim(), r#"{"clientKeys":"model"}"#);
        let mut answers = start("mosquitto_pub", &["-t", RESPONSE, "-m", "{}"]);
        assert!(answers.ended(PATIENCE).await.unwrap().success());

        let log = browser.reads(&console(), |text| text.contains("Message: {}")).await;
        assert_in_order(&log, &TRANSCRIPT);
    })
    .await;
}

#[tokio::test]
async fn with_another_ca_the_tls_step_fails_and_both_names_are_shown() {
    let (proxy, mosquitto) = (Proxy::start().await, Mosquitto::start().await.unwrap());
    story(async |browser| {
        let another = Authority::new("Another authority");
        fill_in(browser, &proxy, &mosquitto, another.pem()).await;
        browser.press(&Spot::button("Connect")).await;

        let status = browser.reads(&status(), |text| text.starts_with("Connection failed")).await;
        assert!(status.contains("was not issued by the file you gave"), "{status}");
        let steps = browser.read(&steps()).await;
        let tls = steps.split("TLS").nth(1).unwrap();
        assert!(tls.trim_start().starts_with("failed"), "{steps}");
        let advice = browser.read(&Spot::new("region", "What to do")).await;
        for name in ["CN=Mosquitto test authority", "CN=Another authority"] {
            assert!(advice.contains(name), "{name} is not in: {advice}");
        }
        let all = browser.all_text().await;
        for alien in ["undefined", "panicked", "RuntimeError", ".rs:", "    at "] {
            assert!(!all.contains(alien), "{alien:?} is in: {all}");
        }
    })
    .await;
}
