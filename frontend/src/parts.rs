//! The parts of the program that nobody needs before the form can be used. In a build with the feature `split` each is
//! a file of its own, fetched when it is first needed; otherwise everything is there from the start.
//!
//! `wasm-split-cli` cuts the program along what can be reached: what only a part's functions call goes into the part's
//! file. So the page must reach them through the tables below and in no other way. Must not know what they do.

use crate::{
    components::{certificate_field, connection_form, panels, trouble},
    hooks::SessionHandle,
    services::Browser,
    state::{
        self, Action, Effect, Now, State, Tab, action::FormAction, connection::Phase, form::Certificates,
    },
};
use shared::trust_file::{TrustFile, TrustFileProblem};
use std::cell::Cell;
use yew::{Callback, Html};

/// What every session needs: from the first press of Connect on.
#[derive(Clone, Copy, Debug)]
pub struct SessionPart {
    pub update: fn(&mut State, Action, Now) -> Vec<Effect>,
    pub run: fn(&mut Browser, Effect),
    pub read_trust_file: fn(&[u8]) -> Result<TrustFile, TrustFileProblem>,
    /// Why a connection failed or was lost.
    pub cause: fn(&Phase) -> String,
    /// What to do about it, and the limits of an open one.
    pub trouble: fn(&SessionHandle) -> Html,
    /// The certificates that were given.
    pub given: fn(&Certificates, &Callback<FormAction>) -> Html,
    pub still_connected: fn(&State) -> Html,
}

/// What stands in the tabs.
#[derive(Clone, Copy, Debug)]
pub struct PanelsPart {
    pub panel: fn(Tab, &SessionHandle) -> Html,
}

/// The part's file did not come: the server cannot be reached, or has another version of the page by now. Asking again
/// may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotFetched;

const SESSION: SessionPart = SessionPart {
    update: state::update,
    run: Browser::run_late,
    read_trust_file: TrustFile::read,
    cause: trouble::cause,
    trouble: trouble::trouble,
    given: certificate_field::given,
    still_connected: connection_form::still_connected,
};

const PANELS: PanelsPart = PanelsPart { panel: panels::panel };

thread_local! {
    static SESSION_PART: Cell<Option<SessionPart>> = const { Cell::new(None) };
    static PANELS_PART: Cell<Option<PanelsPart>> = const { Cell::new(None) };
}

/// The session's part, once it is there.
#[must_use]
pub fn session() -> Option<SessionPart> {
    if cfg!(feature = "split") { SESSION_PART.get() } else { Some(SESSION) }
}

/// The panels' part, once it is there.
#[must_use]
pub fn panels() -> Option<PanelsPart> {
    if cfg!(feature = "split") { PANELS_PART.get() } else { Some(PANELS) }
}

/// # Errors
/// See [`NotFetched`].
pub async fn fetch_session() -> Result<SessionPart, NotFetched> {
    let part = cut::session_part().await?;
    SESSION_PART.set(Some(part));
    Ok(part)
}

/// # Errors
/// See [`NotFetched`].
pub async fn fetch_panels() -> Result<PanelsPart, NotFetched> {
    let part = cut::panels_part().await?;
    PANELS_PART.set(Some(part));
    Ok(part)
}

/// Where the program is cut: the macro makes each function load its file first.
#[cfg(feature = "split")]
mod cut {
    use super::{NotFetched, PANELS, PanelsPart, SESSION, SessionPart};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    impl From<SplitLoaderError> for NotFetched {
        fn from(_: SplitLoaderError) -> Self {
            Self
        }
    }

    #[wasm_split(session, fallible)]
    pub(super) fn session_part() -> Result<SessionPart, NotFetched> {
        Ok(SESSION)
    }

    #[wasm_split(panels, fallible)]
    pub(super) fn panels_part() -> Result<PanelsPart, NotFetched> {
        Ok(PANELS)
    }
}

#[cfg(not(feature = "split"))]
mod cut {
    use super::{NotFetched, PANELS, PanelsPart, SESSION, SessionPart};

    pub(super) async fn session_part() -> Result<SessionPart, NotFetched> {
        Ok(SESSION)
    }

    pub(super) async fn panels_part() -> Result<PanelsPart, NotFetched> {
        Ok(PANELS)
    }
}
