use super::{store::MAX_NAME_BYTES, *};
use crate::state::{
    Action, Effect, Now, State,
    action::FormAction,
    form::{CredentialsKind, Field, Form, TrustChoice},
    update,
};
use shared::wire::{MqttVersion, QoS};
use std::rc::Rc;

/// The oldest first; one for each version there ever was.
const VERSIONS: [&str; 1] = [include_str!("versions/1.json")];

struct Page {
    state: State,
    effects: Vec<Effect>,
}

impl Page {
    fn new() -> Self {
        let mut page = Self { state: State::default(), effects: vec![] };
        for (field, text) in [(Field::Host, "mqtt.example.com"), (Field::Token, "S3CRET_TOKEN")] {
            page.effects = update(
                &mut page.state,
                Action::Form(FormAction::Typed(field, text.to_owned())),
                Now::default(),
            );
        }
        page
    }

    fn act(&mut self, action: SavedAction) {
        self.effects = update(&mut self.state, Action::Saved(action), Now::default());
    }

    fn save_as(&mut self, name: &str) {
        self.act(SavedAction::Typed(SavedField::Name, name.to_owned()));
        self.act(SavedAction::Save);
    }

    fn stored(&self) -> Option<&str> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Saved(SavedEffect::Store(text)) => Some(text.as_str()),
            _ => None,
        })
    }

    fn names(&self) -> Vec<&str> {
        self.state.saved.book.devices.iter().map(|device| device.name.as_str()).collect()
    }

    fn notice(&self) -> &str {
        self.state.saved.notice.as_deref().unwrap_or_default()
    }
}

fn sealed() -> Sealed {
    Sealed {
        iterations: PBKDF2_ITERATIONS,
        salt: vec![1; 16].into(),
        nonce: vec![2; 12].into(),
        text: vec![3; 40].into(),
    }
}

#[test]
fn every_version_there_was_is_opened() {
    for (index, text) in VERSIONS.into_iter().enumerate() {
        let book = Book::read(text).unwrap_or_else(|problem| panic!("version {}: {problem}", index + 1));
        let [pump, boiler] = book.devices.as_slice() else { panic!("version {}", index + 1) };
        assert!(pump.sealed.is_some() && boiler.sealed.is_none());
        let mut form = Form::default();
        boiler.fill(&mut form, 0);
        assert_eq!((form.host.as_str(), form.port.as_str()), ("10.0.0.7", "8884"));
        assert_eq!(
            (form.trust, form.chosen_version()),
            (TrustChoice::UploadedCertificate, Some(MqttVersion::V3_1_1))
        );
        assert_eq!(form.advanced.kind, CredentialsKind::Basic);
        assert_eq!((form.advanced.will_qos, form.advanced.will_retain), (QoS::AtLeastOnce, true));
        assert!(!form.advanced.clean_start);
        assert_eq!(Book::read(&book.write(true)), Ok(book), "what is written is read");
    }
}

#[test]
fn a_text_that_is_none_says_what_it_is_not() {
    for (text, expected) in [
        ("", StoreProblem::NotOurs),
        ("[]", StoreProblem::NotOurs),
        (r#"{"format":"other","version":1,"devices":[]}"#, StoreProblem::NotOurs),
        (r#"{"format":"device-console.devices","version":2,"devices":[]}"#, StoreProblem::Newer),
        (r#"{"format":"device-console.devices","version":0,"devices":[]}"#, StoreProblem::Damaged),
        (
            r#"{"format":"device-console.devices","version":1,"devices":[{"name":"a"}]}"#,
            StoreProblem::Damaged,
        ),
    ] {
        assert_eq!(Book::read(text), Err(expected), "{text}");
    }
    let weak = VERSIONS[0].replace("600000", "1");
    assert_eq!(Book::read(&weak), Err(StoreProblem::Damaged), "no protection");
    let slow = VERSIONS[0].replace("600000", "4000000000");
    assert_eq!(Book::read(&slow), Err(StoreProblem::Damaged), "would keep the browser busy");
    let twice = VERSIONS[0].replace("Boiler", "Pump");
    assert_eq!(Book::read(&twice), Err(StoreProblem::Damaged));
    let long = VERSIONS[0].replace("Boiler", &"x".repeat(MAX_NAME_BYTES + 1));
    assert_eq!(Book::read(&long), Err(StoreProblem::Damaged));
}

#[test]
fn a_device_is_saved_without_its_secrets_and_opened_again() {
    let mut page = Page::new();
    page.save_as("Pump");
    let stored = page.stored().unwrap().to_owned();
    assert!(!stored.contains("S3CRET_TOKEN") && stored.contains("mqtt.example.com"));
    page.act(SavedAction::Stored(Ok(())));
    update(&mut page.state, Action::Form(FormAction::Typed(Field::Host, "other".to_owned())), Now::default());
    page.act(SavedAction::Open("Pump".to_owned()));
    assert_eq!(page.state.form.host, "mqtt.example.com");
    assert_eq!(page.state.form.token.expose(), "");
    assert!(page.effects.contains(&Effect::Focus(Field::Token.id())));
}

#[test]
fn secrets_are_sealed_for_this_host_and_come_back_by_the_passphrase() {
    let mut page = Page::new();
    page.act(SavedAction::RememberChosen(true));
    page.act(SavedAction::Typed(SavedField::Passphrase, "short".to_owned()));
    page.save_as("Pump");
    assert!(page.state.saved.problem(SavedField::Passphrase).is_some());
    page.act(SavedAction::Typed(SavedField::Passphrase, "several good words".to_owned()));
    page.save_as("Pump");
    let Some(Effect::Saved(SavedEffect::Seal { ticket, passphrase, secret, bound })) = page.effects.pop()
    else {
        panic!("{:?}", page.effects)
    };
    assert_eq!(passphrase.expose(), "several good words");
    assert!(bound.contains("mqtt.example.com"));
    assert_eq!(page.state.saved.passphrase.expose(), "", "kept nowhere");
    page.act(SavedAction::Sealed { ticket: ticket + 1, result: Ok(sealed()) });
    assert_eq!(page.names(), Vec::<&str>::new(), "an answer to another question");
    page.act(SavedAction::Sealed { ticket, result: Ok(sealed()) });
    assert!(!page.stored().unwrap().contains("S3CRET_TOKEN"));

    page.act(SavedAction::Open("Pump".to_owned()));
    assert_eq!(page.state.saved.asked.as_deref(), Some("Pump"));
    assert_eq!(page.state.form.token.expose(), "");
    page.act(SavedAction::Typed(SavedField::Answer, "several good words".to_owned()));
    page.act(SavedAction::Answer);
    let Some(Effect::Saved(SavedEffect::Unseal { ticket, bound: asked, .. })) = page.effects.pop() else {
        panic!("{:?}", page.effects)
    };
    assert_eq!(asked, bound);
    page.act(SavedAction::Opened { ticket, result: Err("This is not the passphrase.".to_owned()) });
    assert!(page.state.saved.problem(SavedField::Answer).is_some());
    assert_eq!(page.state.saved.asked.as_deref(), Some("Pump"), "it may be tried again");
    page.act(SavedAction::Answer);
    let Some(Effect::Saved(SavedEffect::Unseal { ticket, .. })) = page.effects.pop() else { panic!() };
    page.act(SavedAction::Opened { ticket, result: Ok(secret) });
    assert_eq!(page.state.form.token.expose(), "S3CRET_TOKEN");
    assert_eq!((page.state.saved.asked.as_deref(), page.state.saved.answer.expose()), (None, ""));
}

#[test]
fn a_passphrase_that_comes_late_does_not_fill_another_device_in() {
    let mut page = Page::new();
    page.act(SavedAction::Loaded(Some(VERSIONS[0].to_owned())));
    page.act(SavedAction::Open("Pump".to_owned()));
    page.act(SavedAction::Answer);
    let Some(Effect::Saved(SavedEffect::Unseal { ticket, .. })) = page.effects.pop() else { panic!() };
    page.act(SavedAction::Open("Boiler".to_owned()));
    let secrets = Secret::new(r#"["S3CRET_TOKEN","",""]"#.to_owned());
    page.act(SavedAction::Opened { ticket, result: Ok(secrets) });
    assert_eq!(page.state.form.token.expose(), "");
}

#[test]
fn a_full_storage_loses_nothing() {
    let mut page = Page::new();
    page.save_as("Pump");
    page.act(SavedAction::Stored(Ok(())));
    page.save_as("Boiler");
    assert_eq!(page.names(), ["Pump", "Boiler"]);
    page.act(SavedAction::Stored(Err("The browser's storage is full.".to_owned())));
    assert_eq!(page.names(), ["Pump"]);
    assert_eq!(page.notice(), "The browser's storage is full.");
}

#[test]
fn what_cannot_be_read_is_not_written_over() {
    let mut page = Page::new();
    page.act(SavedAction::Loaded(Some("{".to_owned())));
    assert!(page.notice().contains("damaged"));
    page.save_as("Pump");
    assert_eq!(page.stored(), None);
    assert!(page.notice().starts_with("Nothing is saved"));
}

#[test]
fn a_deletion_can_be_taken_back() {
    let mut page = Page::new();
    page.act(SavedAction::Loaded(Some(VERSIONS[0].to_owned())));
    page.act(SavedAction::Delete("Pump".to_owned()));
    assert_eq!(page.names(), ["Boiler"]);
    assert!(page.effects.contains(&Effect::Focus("saved-undo")));
    page.act(SavedAction::Undo);
    assert_eq!(page.names(), ["Pump", "Boiler"]);
    assert!(page.stored().unwrap().contains("Pump"));
}

#[test]
fn an_exported_file_holds_secrets_only_when_asked_and_only_sealed() {
    let mut page = Page::new();
    page.act(SavedAction::Loaded(Some(VERSIONS[0].to_owned())));
    let exported = |page: &mut Page| {
        page.act(SavedAction::Export);
        match page.effects.pop() {
            Some(Effect::Save { bytes, .. }) => String::from_utf8(bytes).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert!(!exported(&mut page).contains("sealed"));
    page.act(SavedAction::ExportSecretsChosen(true));
    assert!(exported(&mut page).contains("sealed"));
}

#[test]
fn an_imported_file_adds_and_replaces_nothing() {
    let mut page = Page::new();
    page.act(SavedAction::FileRead(Ok(VERSIONS[0].to_owned())));
    assert_eq!(page.names(), ["Pump", "Boiler"]);
    page.act(SavedAction::FileRead(Ok(VERSIONS[0].to_owned())));
    assert_eq!(page.notice(), "Everything in this file is saved already.");
    let other = VERSIONS[0].replace("mqtt.example.com", "other.example.com");
    page.act(SavedAction::FileRead(Ok(other)));
    assert_eq!(page.names(), ["Pump", "Boiler", "Pump (2)"]);
    page.act(SavedAction::FileRead(Ok("nonsense".to_owned())));
    assert!(page.state.saved.problem(SavedField::File).unwrap().contains("Export"));
    page.act(SavedAction::FileRead(Err("The browser cannot read it.".to_owned())));
    assert_eq!(page.state.saved.problem(SavedField::File), Some("The browser cannot read it."));
    assert_eq!(page.names().len(), 3);
}

#[test]
fn there_is_an_end_to_how_many_are_kept() {
    let mut book = Book::default();
    for number in 0..MAX_DEVICES {
        book.put(SavedDevice { name: number.to_string(), ..SavedDevice::default() }).unwrap();
    }
    let one_more = SavedDevice { name: "x".to_owned(), ..SavedDevice::default() };
    assert_eq!(book.put(one_more.clone()), Err(StoreProblem::TooMany));
    let other = Book { devices: Rc::new(vec![one_more]) };
    assert_eq!(book.merge(&other), Err(StoreProblem::TooMany));
    assert_eq!(book.put(SavedDevice { name: "7".to_owned(), ..SavedDevice::default() }), Ok(()));
}

#[test]
fn debug_output_tells_no_secret() {
    let effect = SavedEffect::Seal {
        ticket: 1,
        passphrase: Secret::new("S3CRET".to_owned()),
        secret: Secret::new("S3CRET".to_owned()),
        bound: String::new(),
    };
    assert!(!format!("{effect:?}").contains("S3CRET"));
}
