//! What can be done before the session's part of the program is there: the form is filled in, tabs and themes are
//! chosen.
//!
//! Must not call the rest of the reducer: what it reaches belongs to the program that a first visitor waits for.

use super::limits;
use crate::state::{
    Action, Effect, OfferState, State,
    action::{FormAction, PublishAction},
    form::Field,
};

/// Changes the state by one action and says what the browser is to do.
///
/// # Errors
/// The action, untouched, when it is not one of these: [`super::update`] takes it.
pub fn update(state: &mut State, action: Action) -> Result<Vec<Effect>, Action> {
    let mut effects = Vec::new();
    let happens_by_itself = matches!(action, Action::Started | Action::Offer(_));
    match action {
        Action::Started => effects.push(Effect::FetchOffer),
        Action::Offer(offer) => {
            state.offer = match offer {
                Ok(offer) => {
                    state.form.prefer(&offer.targets);
                    OfferState::Known(offer)
                }
                Err(sentence) => OfferState::Failed(sentence),
            };
        }
        Action::Form(action) => form(state, action, &mut effects).map_err(Action::Form)?,
        Action::SelectTab(tab) => {
            state.tab = tab;
            effects.push(Effect::Focus(tab.id()));
        }
        Action::ChooseTheme(theme) => {
            state.theme = theme;
            effects.push(Effect::KeepTheme(theme));
        }
        Action::PartAsked => {
            state.part_missing = false;
            effects.push(Effect::FetchPart);
        }
        Action::PartCame(came) => state.part_missing = !came,
        other => return Err(other),
    }
    limits::acts(state, happens_by_itself);
    Ok(effects)
}

/// Keeps what is typed by an action that has to wait for [`super::update`], so that drawing the page does not undo it.
pub fn keep_typed(state: &mut State, action: &Action) {
    match action {
        Action::Form(FormAction::Typed(field, text)) => state.form.typed(*field, text.clone()),
        Action::Publish(PublishAction::TopicTyped(text)) => state.publish.topic.clone_from(text),
        Action::Publish(PublishAction::PayloadTyped(text)) => state.publish.payload.clone_from(text),
        _ => {}
    }
}

fn form(state: &mut State, action: FormAction, effects: &mut Vec<Effect>) -> Result<(), FormAction> {
    let form = &mut state.form;
    match action {
        // It is read at once, as a certificate.
        FormAction::Typed(Field::Pasted | Field::Line, _) => return Err(action),
        // A whole line may be pasted in place of a name, which has no spaces.
        FormAction::Typed(Field::Host, ref text) if text.contains(' ') => return Err(action),
        FormAction::Typed(field, text) => form.typed(field, text),
        FormAction::ToggleTokenShown => form.token_shown = !form.token_shown,
        FormAction::TrustChosen(trust) => form.choose_trust(trust),
        FormAction::VersionChosen(version) => form.choose_version(version),
        FormAction::Advanced(action) => form.act_advanced(action),
        FormAction::TogglePaste => {
            form.paste_open = !form.paste_open;
            form.typed(Field::Pasted, String::new());
            if form.paste_open {
                effects.push(Effect::Focus(Field::Pasted.id()));
            }
        }
        FormAction::ToggleLine => {
            form.line_open = !form.line_open;
            form.typed(Field::Line, String::new());
            if form.line_open {
                effects.push(Effect::Focus(Field::Line.id()));
            }
        }
        FormAction::ReadLine
        | FormAction::CertificateRead { .. }
        | FormAction::CertificateUnreadable
        | FormAction::CertificateRemoved => return Err(action),
    }
    Ok(())
}
