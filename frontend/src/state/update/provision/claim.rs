//! Lets a customer take this device over.

use crate::state::{
    Effect, Now, State,
    provision::{CLAIM_DURATION_ID, ClaimAction, ClaimOutcome},
    purpose::Purpose,
    update::outgoing::{Letter, send},
};
use shared::{
    payload::Payload,
    thingsboard::{claim::Claim, provision::secret::Secret, topic::Topic},
    wire::PublishOutcome,
};

pub(super) fn update(state: &mut State, action: ClaimAction, now: Now, effects: &mut Vec<Effect>) {
    let form = &mut state.provision.claim;
    match action {
        ClaimAction::SecretTyped(secret) => {
            form.secret = secret;
            form.outcome = None;
        }
        ClaimAction::ToggleSecretShown => form.secret_shown = !form.secret_shown,
        ClaimAction::DurationTyped(duration) => {
            form.duration = duration;
            form.duration_problem = None;
            form.outcome = None;
        }
        ClaimAction::Submit => submit(state, now, effects),
    }
}

fn submit(state: &mut State, now: Now, effects: &mut Vec<Effect>) {
    let form = &mut state.provision.claim;
    form.outcome = None;
    let claim = match Claim::parse(Secret::new(form.secret.expose().to_owned()), &form.duration) {
        Ok(claim) => claim,
        Err(problem) => {
            form.duration_problem = Some(problem.to_string());
            effects.push(Effect::Focus(CLAIM_DURATION_ID));
            return;
        }
    };
    form.duration_problem = None;
    form.number = form.number.wrapping_add(1);
    let payload = Payload::from_text(&claim.payload());
    let letter = Letter::to(Topic::Claim, payload, Purpose::Claim(form.number));
    let outcome = match send(state, letter, now, effects) {
        Ok(()) => ClaimOutcome::Waiting,
        Err(sentence) => ClaimOutcome::Failed(sentence),
    };
    state.provision.claim.outcome = Some(outcome);
}

/// What became of the claim.
pub(in crate::state::update) fn published(
    state: &mut State,
    number: u32,
    outcome: &PublishOutcome,
    _now: Now,
) {
    let form = &mut state.provision.claim;
    if form.number != number || form.outcome != Some(ClaimOutcome::Waiting) {
        return;
    }
    form.outcome = Some(match outcome {
        PublishOutcome::Delivered | PublishOutcome::Sent => ClaimOutcome::Received,
        PublishOutcome::Refused { reason } => {
            ClaimOutcome::Failed(format!("The claim was refused: {reason}"))
        }
        PublishOutcome::Unknown => ClaimOutcome::Failed(
            "The connection ended before ThingsBoard confirmed: once connected, press Allow claiming again."
                .to_owned(),
        ),
    });
}
