//! The saved devices: keeping, opening, sealing, and the way to and from files.

use crate::{
    state::{
        Effect, Now, State,
        form::Secret,
        saved::{
            Book, MIN_PASSPHRASE_CHARACTERS, Saved, SavedAction, SavedDevice, SavedEffect, SavedField,
            StoreProblem, secrets_from_text, typed_secrets,
        },
    },
    text::counted,
};

/// A name of more would not fit anywhere.
const MAX_NAME_CHARACTERS: usize = 60;

pub(super) fn update(state: &mut State, action: SavedAction, now: Now, effects: &mut Vec<Effect>) {
    let saved = &mut state.saved;
    if !matches!(action, SavedAction::Loaded(_) | SavedAction::Stored(_)) {
        saved.problem = None;
        saved.notice = None;
    }
    match action {
        SavedAction::Loaded(text) => loaded(saved, text.as_deref()),
        SavedAction::Toggle => saved.is_open = !saved.is_open,
        SavedAction::Typed(field, text) => match field {
            SavedField::Name => saved.name = text,
            SavedField::Passphrase => saved.passphrase = Secret::new(text),
            SavedField::Answer => saved.answer = Secret::new(text),
            SavedField::File => {}
        },
        SavedAction::RememberChosen(remember) => saved.remember = remember,
        SavedAction::ExportSecretsChosen(secrets) => saved.export_secrets = secrets,
        SavedAction::Save => save(state, effects),
        SavedAction::Sealed { ticket, result } => sealed(state, ticket, result, effects),
        SavedAction::Open(name) => open(state, &name, now, effects),
        SavedAction::Answer => answer(saved, effects),
        SavedAction::DoWithout => {
            saved.asked = None;
            saved.answer = Secret::default();
            effects.push(Effect::Focus(super::Field::Token.id()));
        }
        SavedAction::Opened { ticket, result } => opened(state, ticket, result, effects),
        SavedAction::Delete(name) => {
            saved.deleted = Some(saved.book.clone());
            let mut book = saved.book.clone();
            book.remove(&name);
            saved.asked = saved.asked.take().filter(|asked| *asked != name);
            saved.notice = Some(format!("{name} is deleted."));
            store(saved, book, effects);
            effects.push(Effect::Focus("saved-undo"));
        }
        SavedAction::Undo => {
            if let Some(book) = saved.deleted.take() {
                saved.notice = Some("It is back.".to_owned());
                store(saved, book, effects);
            }
        }
        SavedAction::Stored(Ok(())) => saved.before = None,
        SavedAction::Stored(Err(sentence)) => {
            if let Some(before) = saved.before.take() {
                saved.book = before;
            }
            saved.deleted = None;
            saved.notice = Some(sentence);
        }
        SavedAction::Export => {
            let text = saved.book.write(saved.export_secrets);
            effects.push(Effect::Save { name: "devices.json".to_owned(), bytes: text.into_bytes() });
        }
        SavedAction::FileRead(text) => import(saved, text, effects),
        SavedAction::CopyLink => effects.push(Effect::Saved(SavedEffect::CopyLink {
            host: state.form.host.clone(),
            port: state.form.port.clone(),
        })),
        SavedAction::LinkCopied(taken) => {
            let words = if taken {
                "The link is on the clipboard: it fills in host and port, and never connects by itself."
            } else {
                "The browser did not give access to the clipboard: allow it for this page."
            };
            saved.notice = Some(words.to_owned());
        }
    }
}

fn loaded(saved: &mut Saved, text: Option<&str>) {
    match text.map(Book::read) {
        None => saved.book = Book::default(),
        Some(Ok(book)) => saved.book = book,
        Some(Err(problem)) => {
            saved.unreadable = true;
            saved.notice = Some(format!(
                "The saved devices in this browser cannot be read: {}. They are left as they are, and nothing is saved.",
                match problem {
                    StoreProblem::NotOurs | StoreProblem::Damaged => "they are damaged",
                    StoreProblem::Newer => "a newer Device Console wrote them",
                    StoreProblem::TooMany => "there are too many",
                }
            ));
        }
    }
}

/// Puts the book into the storage. It counts at once; if the storage does not take it, the one before comes back.
fn store(saved: &mut Saved, book: Book, effects: &mut Vec<Effect>) {
    if saved.unreadable {
        saved.notice = Some(
            "Nothing is saved: what this browser has stored cannot be read, and would be lost.".to_owned(),
        );
        return;
    }
    let before = std::mem::replace(&mut saved.book, book);
    saved.before.get_or_insert(before);
    effects.push(Effect::Saved(SavedEffect::Store(saved.book.write(true))));
}

fn refuse(saved: &mut Saved, field: SavedField, sentence: &str, effects: &mut Vec<Effect>) {
    saved.problem = Some((field, sentence.to_owned()));
    effects.push(Effect::Focus(field.id()));
}

fn save(state: &mut State, effects: &mut Vec<Effect>) {
    let (saved, form) = (&mut state.saved, &state.form);
    if saved.busy {
        return;
    }
    let typed = saved.name.trim();
    let name = if typed.is_empty() { form.host.trim() } else { typed }.to_owned();
    if name.is_empty() || name.chars().count() > MAX_NAME_CHARACTERS {
        let sentence = format!("A name has 1 to {MAX_NAME_CHARACTERS} characters: type one.");
        return refuse(saved, SavedField::Name, &sentence, effects);
    }
    let device = SavedDevice::of(&name, form);
    let secret = if saved.remember { SavedDevice::secrets_of(form) } else { None };
    match secret {
        None if saved.remember => {
            refuse(saved, SavedField::Passphrase, "There is no secret in the form to remember yet.", effects);
        }
        None => keep(saved, device, effects),
        Some(_) if saved.passphrase.expose().chars().count() < MIN_PASSPHRASE_CHARACTERS => {
            let sentence = format!(
                "A passphrase has {MIN_PASSPHRASE_CHARACTERS} characters at the least: several words are good."
            );
            refuse(saved, SavedField::Passphrase, &sentence, effects);
        }
        Some(secret) => {
            saved.ticket = saved.ticket.wrapping_add(1);
            saved.busy = true;
            effects.push(Effect::Saved(SavedEffect::Seal {
                ticket: saved.ticket,
                passphrase: std::mem::take(&mut saved.passphrase),
                secret,
                bound: device.bound(),
            }));
            saved.sealing = Some(device);
        }
    }
}

fn keep(saved: &mut Saved, device: SavedDevice, effects: &mut Vec<Effect>) {
    let mut book = saved.book.clone();
    let name = device.name.clone();
    let words = match (book.find(&name).is_some(), device.sealed.is_some()) {
        (false, false) => "is saved, without its secrets",
        (false, true) => "is saved, with its secrets encrypted",
        (true, false) => "is saved again, without its secrets",
        (true, true) => "is saved again, with its secrets encrypted",
    };
    if let Err(problem) = book.put(device) {
        let sentence = format!("It cannot be saved: {problem}. Delete one first.");
        return refuse(saved, SavedField::Name, &sentence, effects);
    }
    saved.notice = Some(format!("{name} {words}."));
    saved.name.clear();
    saved.deleted = None;
    store(saved, book, effects);
}

fn sealed(
    state: &mut State,
    ticket: u32,
    result: Result<crate::state::saved::Sealed, String>,
    effects: &mut Vec<Effect>,
) {
    let saved = &mut state.saved;
    if ticket != saved.ticket {
        return;
    }
    saved.busy = false;
    let Some(mut device) = saved.sealing.take() else { return };
    match result {
        Ok(sealed) => {
            device.sealed = Some(sealed);
            keep(saved, device, effects);
        }
        Err(sentence) => refuse(saved, SavedField::Passphrase, &sentence, effects),
    }
}

fn open(state: &mut State, name: &str, now: Now, effects: &mut Vec<Effect>) {
    let Some(device) = state.saved.book.find(name).cloned() else { return };
    device.fill(&mut state.form, now.unix_ms() / 1000);
    state.saved.opened = Some(device.name.clone());
    state.saved.answer = Secret::default();
    state.saved.ticket = state.saved.ticket.wrapping_add(1);
    state.saved.busy = false;
    if device.sealed.is_some() {
        state.saved.asked = Some(device.name);
        effects.push(Effect::Focus(SavedField::Answer.id()));
    } else {
        state.saved.asked = None;
        state.form.notice = Some(format!("{name} is filled in, without its secrets."));
        effects.push(Effect::Focus(super::Field::Token.id()));
    }
}

fn answer(saved: &mut Saved, effects: &mut Vec<Effect>) {
    let asked = saved.asked.as_ref().and_then(|name| saved.book.find(name));
    let Some((sealed, bound)) =
        asked.and_then(|device| Some((device.sealed.clone()?, device.bound()))).filter(|_| !saved.busy)
    else {
        return;
    };
    saved.ticket = saved.ticket.wrapping_add(1);
    saved.busy = true;
    effects.push(Effect::Saved(SavedEffect::Unseal {
        ticket: saved.ticket,
        passphrase: saved.answer.clone(),
        sealed: Box::new(sealed),
        bound,
    }));
}

fn opened(state: &mut State, ticket: u32, result: Result<Secret, String>, effects: &mut Vec<Effect>) {
    let saved = &mut state.saved;
    if ticket != saved.ticket {
        return;
    }
    saved.busy = false;
    let secrets = result.and_then(|text| {
        secrets_from_text(&text).ok_or_else(|| "What was kept is damaged: type the secrets again.".to_owned())
    });
    match secrets {
        Ok(secrets) => {
            let name = saved.asked.take().unwrap_or_default();
            saved.answer = Secret::default();
            for (field, secret) in typed_secrets(secrets) {
                state.form.typed(field, secret.expose().to_owned());
            }
            state.form.notice = Some(format!("{name} is filled in. Press Connect."));
            effects.push(Effect::Focus("connection-connect"));
        }
        Err(sentence) => refuse(saved, SavedField::Answer, &sentence, effects),
    }
}

fn import(saved: &mut Saved, text: Result<String, String>, effects: &mut Vec<Effect>) {
    let read = text.and_then(|text| {
        Book::read(&text).map_err(|problem| format!("This file cannot be imported: {problem}."))
    });
    let mut book = saved.book.clone();
    let added = read.and_then(|other| {
        book.merge(&other).map_err(|problem| format!("This file cannot be imported: {problem}."))
    });
    match added {
        Ok(0) => saved.notice = Some("Everything in this file is saved already.".to_owned()),
        Ok(added) => {
            saved.notice = Some(format!("{} imported.", counted(added, "device is", "devices are")));
            saved.deleted = None;
            store(saved, book, effects);
        }
        Err(sentence) => refuse(saved, SavedField::File, &sentence, effects),
    }
}
