//! What can be done before the session's part of the program is there: the form is filled in, tabs and themes are
//! chosen.
//!
//! Must not call the rest of the reducer: what it reaches belongs to the program that a first visitor waits for.

use super::{limits, line};
use crate::state::{
    Action, Effect, OfferState, State,
    action::{FormAction, PublishAction},
    form::Field,
};

/// Said while a press waits.
const LOADING: &str = "Loading …";

/// What became of an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Early {
    /// It is done, and this is for the browser to do.
    Done(Vec<Effect>),
    /// Nothing has changed: [`super::update`] takes it.
    Left(Action),
}

/// Changes the state by one action, if it is one of these.
#[must_use]
pub fn update(state: &mut State, action: Action) -> Early {
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
        Action::Form(action) => {
            if let Some(left) = form(state, action, &mut effects) {
                return Early::Left(Action::Form(left));
            }
        }
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
        Action::PartCame(came) => {
            state.part_missing = !came;
            let _ = state.form.notice.take_if(|notice| notice == LOADING);
        }
        other => return Early::Left(other),
    }
    limits::acts(state, happens_by_itself);
    Early::Done(effects)
}

/// Shows what there is to show of an action that has to wait for [`super::update`]: that a press was noticed, and what was
/// typed, which drawing the page would undo otherwise. Returns the action that waits.
pub fn meanwhile(state: &mut State, action: Action) -> Action {
    match &action {
        // That it was pasted is told by what stood there before.
        Action::Form(FormAction::Typed(Field::Line, text)) => {
            let is_pasted = line::is_pasted(state.form.line.expose(), text);
            state.form.typed(Field::Line, text.clone());
            if is_pasted {
                return Action::Form(FormAction::ReadLine);
            }
        }
        // Whether a line was pasted there is told by what stood there before.
        Action::Form(FormAction::Typed(Field::Host, _)) => {}
        Action::Form(FormAction::Typed(field, text)) => state.form.typed(*field, text.clone()),
        Action::Publish(PublishAction::TopicTyped(text)) => state.publish.topic.clone_from(text),
        Action::Publish(PublishAction::PayloadTyped(text)) => state.publish.payload.clone_from(text),
        Action::Connect | Action::RunExample | Action::UseDemoDevice => {
            state.form.notice = Some(LOADING.to_owned());
        }
        _ => {}
    }
    action
}

/// Returns an action that is not one of these.
fn form(state: &mut State, action: FormAction, effects: &mut Vec<Effect>) -> Option<FormAction> {
    let form = &mut state.form;
    match action {
        // It is read at once, as a certificate.
        FormAction::Typed(Field::Pasted | Field::Line, _) => return Some(action),
        // A whole line may be pasted in place of a name, which has no spaces.
        FormAction::Typed(Field::Host, ref text) if text.contains(' ') => return Some(action),
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
        | FormAction::CertificateRemoved => return Some(action),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Tab;

    #[test]
    fn the_form_is_filled_in_and_a_tab_chosen_early() {
        let mut state = State::default();
        let typed = Action::Form(FormAction::Typed(Field::Host, "device.example".to_owned()));
        assert_eq!(update(&mut state, typed), Early::Done(vec![]));
        assert_eq!(state.form.host, "device.example");
        let chosen = update(&mut state, Action::SelectTab(Tab::Rpc));
        assert_eq!(chosen, Early::Done(vec![Effect::Focus(Tab::Rpc.id())]));
        assert_eq!(state.tab, Tab::Rpc);
    }

    #[test]
    fn what_needs_a_session_is_left_as_it_was() {
        let pasted = Action::Form(FormAction::Typed(Field::Pasted, "text".to_owned()));
        for action in [Action::Connect, Action::RunExample, Action::UseDemoDevice, Action::Tick, pasted] {
            let mut state = State::default();
            assert_eq!(update(&mut state, action.clone()), Early::Left(action));
            assert_eq!(state, State::default());
        }
    }

    #[test]
    fn a_press_that_waits_is_answered_until_it_is_known_whether_the_part_came() {
        for came in [false, true] {
            let mut state = State::default();
            meanwhile(&mut state, Action::RunExample);
            assert_eq!(state.form.notice.as_deref(), Some(LOADING));
            let _ = update(&mut state, Action::PartCame(came));
            assert_eq!(state.form.notice, None);
        }
    }

    #[test]
    fn what_is_typed_meanwhile_is_kept() {
        let mut state = State::default();
        meanwhile(&mut state, Action::Publish(PublishAction::PayloadTyped("{}".to_owned())));
        meanwhile(&mut state, Action::Publish(PublishAction::TopicTyped("a/b".to_owned())));
        meanwhile(&mut state, Action::Form(FormAction::Typed(Field::Pasted, "text".to_owned())));
        let kept = (&*state.publish.payload, &*state.publish.topic, state.form.pasted.expose());
        assert_eq!(kept, ("{}", "a/b", "text"));
    }

    #[test]
    fn a_line_that_was_pasted_meanwhile_is_read_when_it_can_be() {
        let mut state = State::default();
        let line = "mosquitto_pub -h a".to_owned();
        let waits = meanwhile(&mut state, Action::Form(FormAction::Typed(Field::Line, line.clone())));
        assert_eq!(waits, Action::Form(FormAction::ReadLine));
        assert_eq!(state.form.line.expose(), line);
    }

    #[test]
    fn a_part_that_does_not_come_is_missing_until_it_is_asked_for_again() {
        let mut state = State::default();
        assert_eq!(update(&mut state, Action::PartCame(false)), Early::Done(vec![]));
        assert!(state.part_missing);
        assert_eq!(update(&mut state, Action::PartAsked), Early::Done(vec![Effect::FetchPart]));
        assert!(!state.part_missing);
    }
}
