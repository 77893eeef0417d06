//! The actions of the tab `Certificate`.

use crate::state::{
    Effect, State,
    action::CertificateAction,
    connection::{COMMAND_ID, copied_words, remedy},
};

pub(super) fn update(state: &mut State, action: CertificateAction, effects: &mut Vec<Effect>) {
    match action {
        CertificateAction::SaveChain => {
            if let Some((endpoint, presented)) = state.phase.endpoint().zip(state.phase.presented()) {
                let name = format!("{}-chain.pem", endpoint.host).replace(':', "-");
                effects.push(Effect::Save { name, bytes: presented.pem.clone().into_bytes() });
            }
        }
        CertificateAction::CopyCommand => effects.extend(remedy(&state.phase).map(Effect::Copy)),
        CertificateAction::Copied(taken) => {
            state.copied = Some(taken);
            if !taken {
                effects.push(Effect::Select(COMMAND_ID));
            }
            state.announce(copied_words(taken));
        }
    }
}
