use super::*;

const KIND: PackageKind = PackageKind::Firmware;

fn read(shared: Value) -> Result<Option<Assigned>, AssignedProblem> {
    match shared {
        Value::Object(members) => Assigned::read(KIND, &members),
        other => panic!("{other}"),
    }
}

fn kept() -> Value {
    json!({
        "fw_title": "thermostat", "fw_version": "1.2", "fw_tag": "thermostat 1.2", "other": true,
        "fw_size": 12, "fw_checksum": "3A72ABFF", "fw_checksum_algorithm": "CRC32",
    })
}

#[test]
fn a_package_is_read_from_its_attributes_and_verified() {
    let package = read(kept()).unwrap().unwrap();
    assert_eq!((package.title.as_str(), package.version.as_str()), ("thermostat", "1.2"));
    assert_eq!(package.verify(b"hello, world"), Ok(()));
    let problem = package.verify(b"hello, World").unwrap_err();
    let VerifyProblem::Checksum { expected, actual, .. } = &problem else { panic!("{problem:?}") };
    assert!(expected == "3A72ABFF" && actual != expected, "{problem}");
    let size = VerifyProblem::Size { expected: 12, actual: 5 };
    assert_eq!(package.verify(b"hello"), Err(size));
    assert_eq!(Assigned::read(PackageKind::Software, kept().as_object().unwrap()), Ok(None));
}

#[test]
fn a_package_may_be_elsewhere() {
    let package = read(json!({"fw_title": "app", "fw_version": 2, "fw_url": "http://x/"})).unwrap().unwrap();
    assert_eq!(package.version, "2");
    assert_eq!(package.origin, Origin::Url("http://x/".to_owned()));
    assert_eq!(package.verify(b""), Err(VerifyProblem::Elsewhere("http://x/".to_owned())));
}

#[test]
fn every_part_that_is_missing_or_unknown_is_named() {
    for member in ["fw_title", "fw_version", "fw_size", "fw_checksum", "fw_checksum_algorithm"] {
        let mut shared = kept();
        shared.as_object_mut().unwrap().remove(member);
        assert_eq!(read(shared), Err(AssignedProblem::Missing(member.to_owned())));
    }
    let with = |member: &str, value: Value| {
        let mut shared = kept();
        shared[member] = value;
        read(shared).unwrap_err()
    };
    let size = |text: &str| AssignedProblem::Size { key: "fw_size".to_owned(), text: text.to_owned() };
    assert_eq!(with("fw_size", json!("big")), size("big"));
    assert_eq!(with("fw_size", json!(-1)), size("-1"));
    assert_eq!(with("fw_size", json!(u64::MAX)), AssignedProblem::TooLarge { bytes: u64::MAX });
    assert_eq!(with("fw_checksum_algorithm", json!("SHA1")), AssignedProblem::Algorithm("SHA1".to_owned()));
    assert_eq!(read(json!({"fw_state": "QUEUED"})), Ok(None));
}

#[test]
fn the_keys_of_a_package_are_known() {
    let keys = attribute_keys(PackageKind::Software);
    assert_eq!(keys.len(), 7);
    assert!(keys.iter().all(|key| is_attribute(PackageKind::Software, key) && !is_attribute(KIND, key)));
    assert!(!is_attribute(KIND, "fw_state"));
}

#[test]
fn reports_are_telemetry() {
    let read = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    let report_of = |state| read(report(KIND, state, None, None));
    for state in UpdateState::ALL {
        assert_eq!(report_of(state), json!({ "fw_state": state.name() }));
    }
    let text = report(PackageKind::Software, UpdateState::Failed, Some(("a", "1")), Some("no \"room\""));
    let expected = json!({
        "sw_state": "FAILED", "sw_error": "no \"room\"", "current_sw_title": "a", "current_sw_version": "1",
    });
    assert_eq!(read(text), expected);
}
