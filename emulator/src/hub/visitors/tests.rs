use super::*;
use crate::{
    budget::Held,
    config::Timers,
    hub::{MOST_OF_VISITOR, pace},
};

const MINUTE_MS: UnixMs = 60_000;

fn hub(most: usize) -> Hub {
    Hub::new(Vec::new(), DevicePolicy::PerVisitor { most }, Vec::new())
}

fn tenant(hub: &Hub, visitor: &HandedOut) -> Tenant {
    hub.device(visitor.device.access_token.expose()).unwrap().tenant
}

#[test]
fn shared_devices_are_handed_out_again_and_again() {
    let spec = DeviceSpec::random("one");
    let profile = DeviceProfile::random();
    let before =
        DeviceProfile { strategy: ProvisionStrategy::CheckPreProvisioned, ..DeviceProfile::random() };
    let devices = vec![spec.clone(), DeviceSpec::random("two")];
    let hub = Hub::new(devices, DevicePolicy::Shared, vec![before, profile.clone()]);
    let wanted = HandedOut { device: spec.clone(), provisioning: Some(profile.keys()) };
    assert_eq!(hub.hand_out(), Ok(wanted.clone()));
    assert_eq!(hub.hand_out(), Ok(wanted));
    assert_eq!(hub.device(spec.access_token.expose()).unwrap().spec, spec);
    assert!(hub.device("unknown").is_none());
    assert_eq!(Hub::new(Vec::new(), DevicePolicy::Shared, Vec::new()).hand_out(), Err(NoDevice::None));
}

#[test]
fn each_visitor_gets_a_device_and_the_idlest_makes_room() {
    let configured = DeviceSpec::random("configured");
    let hub = Hub::new(vec![configured.clone()], DevicePolicy::PerVisitor { most: 2 }, Vec::new());
    let handed_out = |now_ms| hub.welcome(2, Instant::now(), now_ms).map(|visitor| visitor.device);
    let first = handed_out(0).unwrap();
    let second = handed_out(1).unwrap();
    assert_ne!(first, second);
    let device = |spec: &DeviceSpec| hub.device(spec.access_token.expose());
    let child = hub.get_or_make("pump", device(&second).unwrap().tenant).unwrap();
    lock(&child.state).last_activity_ms = Some(MINUTE_MS);
    lock(&device(&first).unwrap().state).last_activity_ms = Some(2 * MINUTE_MS);
    assert_eq!(handed_out(11 * MINUTE_MS - 1), Err(NoDevice::AllInUse), "a minute and ten before");
    let third = handed_out(11 * MINUTE_MS).unwrap();
    assert!(device(&second).is_none() && device(&child.spec).is_none(), "with all that was its");
    assert!(device(&first).is_some() && device(&third).is_some() && device(&configured).is_some());
    assert!(device(&third).unwrap().gateway.load(Ordering::Relaxed));
}

#[test]
fn visitors_do_not_meet_and_cannot_fill_the_emulator() {
    let hub = hub(2);
    let (one, other) = (hub.hand_out().unwrap(), hub.hand_out().unwrap());
    assert_ne!(one.provisioning, other.provisioning);
    let tenant = |visitor| tenant(&hub, visitor);
    let pump = |visitor| hub.get_or_make("pump", tenant(visitor)).unwrap().spec.access_token.clone();
    assert_eq!(pump(&one), pump(&one));
    assert_ne!(pump(&one), pump(&other));
    for number in 2..MOST_OF_VISITOR {
        assert!(hub.get_or_make(&number.to_string(), tenant(&one)).is_some());
    }
    assert!(hub.get_or_make("more", tenant(&one)).is_none());
    assert!(hub.get_or_make("more", tenant(&other)).is_some());
}

#[test]
fn a_flood_drops_nobody_and_is_slowed_down() {
    let (hub, start) = (hub(50), Instant::now());
    let first = hub.welcome(50, start, 0).unwrap();
    let count = |wanted, now: Instant, now_ms| {
        let answers = (0..520).map(|_| hub.welcome(50, now, now_ms));
        answers.filter(|answer| answer.as_ref().err() == wanted).count()
    };
    // One was there already, and the table is full before the bucket is empty.
    assert_eq!(count(Some(&NoDevice::AllInUse), start, 200), pace::AT_ONCE as usize - 50);
    assert_eq!(count(Some(&NoDevice::TooFast), start, 200), 520);
    assert!(hub.device(first.device.access_token.expose()).is_some());
    let later = start + Duration::from_secs(600);
    assert_eq!(count(None, later, 600_000), 1, "only the first has been there ten minutes");
    assert_eq!(Timers::default().visitor_rest, Duration::from_secs(600));
}

#[test]
fn the_devices_of_others_do_not_keep_a_visitor_out() {
    let hub = hub(50);
    for _ in 0..49 {
        let visitor = hub.hand_out().unwrap();
        for number in 1..MOST_OF_VISITOR {
            assert!(hub.get_or_make(&number.to_string(), tenant(&hub, &visitor)).is_some());
        }
    }
    let last = hub.hand_out().unwrap();
    assert!(hub.get_or_make("pump", tenant(&hub, &last)).is_some());
}

#[test]
fn who_was_dropped_makes_no_device_any_more() {
    let hub = hub(1).with_visitor_rest(Duration::ZERO);
    let dropped = tenant(&hub, &hub.hand_out().unwrap());
    hub.hand_out().unwrap();
    assert!(hub.get_or_make("pump", dropped).is_none());
}

#[test]
fn what_a_visitor_keeps_has_a_bound_and_comes_back() {
    let hub = hub(20).with_visitor_rest(Duration::ZERO);
    let visitors: Vec<HandedOut> = (0..17).map(|_| hub.hand_out().unwrap()).collect();
    let budget = |visitor: &HandedOut| {
        Arc::clone(hub.device(visitor.device.access_token.expose()).unwrap().share.packages())
    };
    let held = |visitor: &HandedOut, bytes| {
        let mut held = Held::of(&budget(visitor));
        held.grow(bytes).then_some(held)
    };
    assert!(held(&visitors[0], 16 * 1024 * 1024 + 1).is_none());
    let all: Vec<Held> =
        visitors[..16].iter().map(|visitor| held(visitor, 16 * 1024 * 1024).unwrap()).collect();
    assert!(held(&visitors[16], 1).is_none(), "the emulator is full");
    drop(all);
    assert!(held(&visitors[16], 1).is_some());

    let tenant = tenant(&hub, &visitors[0]);
    let text = || vec![("k".to_owned(), serde_json::json!("x".repeat(200_000)))];
    let devices = (1..10).map(|number| hub.get_or_make(&number.to_string(), tenant).unwrap());
    let full = devices.map(|device| lock(&device.state).save_client_attributes(text()));
    assert_eq!(full.filter(Result::is_ok).count(), 5, "1 MiB in all");
}

#[test]
fn packages_of_visitors_who_rest_make_room_for_others() {
    let hub = hub(9);
    let (first, second) = (hub.hand_out().unwrap().device, hub.hand_out().unwrap().device);
    let device = |spec: &DeviceSpec| hub.device(spec.access_token.expose());
    let mut held = Held::of(device(&second).unwrap().share.packages());
    assert!(held.grow(1_000));
    let now_ms = unix_ms();
    let (one, other) = (device(&first).unwrap().tenant, device(&second).unwrap().tenant);
    assert!(!hub.drop_idle_packages(one, now_ms), "nobody rests yet");
    assert!(!hub.drop_idle_packages(other, now_ms + 2 * MINUTE_MS), "not who asks");
    assert!(hub.drop_idle_packages(one, now_ms + 2 * MINUTE_MS));
    assert!(device(&second).is_none() && device(&first).is_some(), "only who holds some");
    assert!(!hub.drop_idle_packages(one, now_ms + 2 * MINUTE_MS));
}
