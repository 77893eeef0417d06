//! A replica behind a load balancer goes: the page says so and is somewhere else a moment later.

use crate::parts::{console, fill, is_connected, payload, status};
use shared::wire::Trust;
use std::time::{Duration, Instant};
use tests::{
    balancer::{Place, Server},
    browser::{Spot, story},
    haproxy::HaProxy,
    mosquitto::Mosquitto,
    serving::Serving,
};

const CONNECTED: &str = "device_console_connected";

async fn replica(origin: &str, mosquitto: &Mosquitto) -> Serving {
    let endpoint = mosquitto.endpoint().to_string();
    let arguments = [
        ["--mode", "hosted"],
        ["--allow-internal-target", &endpoint],
        ["--allow-origin", origin],
        ["--trusted-proxy", "127.0.0.1/32"],
    ];
    Serving::start(arguments.as_flattened()).await.expect("the program starts")
}

#[tokio::test]
async fn a_page_whose_replica_is_drained_says_so_and_goes_on_with_another() {
    let mosquitto = Mosquitto::start().await.unwrap();
    let place = Place::find().unwrap();
    let origin = place.origin();
    let replicas = [replica(&origin, &mosquitto).await, replica(&origin, &mosquitto).await];
    let servers = replicas
        .each_ref()
        .map(|replica| Server { page: replica.address(), operations: replica.operations() });
    let _balancer = HaProxy::start(place, &servers).await.unwrap();
    story(async |browser| {
        let Trust::UploadedCertificate { pem } = mosquitto.trust().clone() else { unreachable!() };
        browser.go(&origin).await;
        fill(browser, &mosquitto.endpoint(), "A1_TEST_TOKEN", &pem).await;
        browser.press(&Spot::button("Connect")).await;
        is_connected(browser).await;
        let first_has_it = replicas[0].metric(CONNECTED).await == 1;
        let (drained, other) = if first_has_it { (0, 1) } else { (1, 0) };

        replicas[drained].terminate().unwrap();
        let told = Instant::now();
        browser.reads(&console(), |text| text.contains("Server restarting")).await;
        replicas[other].reaches(CONNECTED, 1).await.unwrap();
        assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
        is_connected(browser).await;
        browser.write(&payload(), r#"{"after": 1}"#).await;
        browser.press(&Spot::button("Publish")).await;
        browser.reads(&console(), |text| text.contains("delivered")).await;
        browser.reads(&status(), |text| text.starts_with("Connected")).await;
    })
    .await;
}
