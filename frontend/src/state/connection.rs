//! Where the connection stands. Each phase carries only what exists in it.

mod presented;
mod reason;
mod remedy;

use crate::text::Stamp;
use shared::{
    credentials::Credentials,
    endpoint::Endpoint,
    failure::{Failure, Hop, Step},
    hint::Hint,
    wire::{self, EndingReason, MqttVersion, RequestId, SessionOptions, Trust},
};
use std::rc::Rc;

pub use presented::Presented;
pub use reason::Reason;
pub use remedy::{COMMAND_ID, copied_words, remedy};

/// All that is needed to open a session, valid by construction.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    pub endpoint: Endpoint,
    pub trust: Trust,
    pub credentials: Credentials,
    pub mqtt_version: MqttVersion,
    pub options: SessionOptions,
    /// Whether the version stands in for 5, which the person chose and the server does not speak.
    pub fell_back: bool,
}

impl Dial {
    /// Said while the version that stands in is tried.
    pub const FALLING_BACK: &str = "The server does not speak MQTT 5; trying 3.1.1.";

    /// The same with MQTT 3.1.1 in place of 5.
    #[must_use]
    pub fn fallen_back(&self) -> Self {
        Self { mqtt_version: MqttVersion::V3_1_1, fell_back: true, ..self.clone() }
    }

    #[must_use]
    pub fn request(&self, id: RequestId) -> wire::Connect {
        wire::Connect {
            id,
            endpoint: self.endpoint.clone(),
            trust: self.trust.clone(),
            credentials: self.credentials.clone(),
            mqtt_version: self.mqtt_version,
            options: self.options.clone(),
        }
    }
}

/// Where the connection stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    Disconnected { why: Option<Farewell> },
    Connecting(Box<Attempt>),
    Connected(Box<Session>),
    Reconnecting(Box<Retry>),
    Failed(Box<Failed>),
}

/// How the last session ended in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Farewell {
    Asked,
    Cancelled,
    /// The proxy keeps no session for ever.
    Over(Failure),
}

/// The first attempt after the person pressed a button.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub dial: Rc<Dial>,
    pub steps: Steps,
    /// Whether to run the example once connected.
    pub example: bool,
}

/// An open session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub dial: Rc<Dial>,
    pub steps: Steps,
    pub facts: wire::Connected,
    pub presented: Rc<Presented>,
    pub since: Stamp,
    /// Tries it took to reopen the session; 0 for one the person opened.
    pub attempt: u32,
    /// Whether the example answers RPC requests. Kept over reconnects, as the script keeps running.
    pub example: bool,
    /// The example waits for the answer to its request.
    pub example_unanswered: bool,
    /// The person asked to disconnect and the proxy has not answered yet.
    pub leaving: bool,
    /// When the subscriptions now waited for were asked.
    pub subscribing_since: Option<Stamp>,
    /// What the proxy said of the session's end.
    pub ending: Option<AnnouncedEnd>,
}

/// The proxy is going to end the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnnouncedEnd {
    pub at: Stamp,
    pub reason: EndingReason,
}

impl AnnouncedEnd {
    /// What it means for the person.
    #[must_use]
    pub fn sentence(self) -> String {
        let at = self.at.time_of_day();
        let at = &at[..8];
        match self.reason {
            EndingReason::Idle => format!(
                "This Device Console ends the session at {at}, because nothing is sent or received: publish something to \
                 keep it."
            ),
            EndingReason::TooLong => format!(
                "This Device Console ends the session at {at}, because it has lasted as long as one may. After that, \
                 press Connect to go on."
            ),
        }
    }
}

/// A session that was lost and is being opened again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    pub dial: Rc<Dial>,
    pub example: bool,
    /// From 1.
    pub attempt: u32,
    /// Why the last connection or attempt ended.
    pub failure: Failure,
    pub progress: Progress,
}

/// What a [`Retry`] is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Waiting { until_ms: i64, seconds_left: u32 },
    Trying(Steps),
}

/// An attempt or session that ended for good.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    pub endpoint: Endpoint,
    pub reason: Reason,
    /// The failing step, when the attempt got as far as the proxy.
    pub step: Option<Step>,
    pub steps: Steps,
    /// What a second look found.
    pub hints: Vec<Hint>,
    pub presented: Rc<Presented>,
}

impl Failed {
    /// What to do, the first being the headline: what was found out comes before what is likely.
    #[must_use]
    pub fn what_to_do(&self) -> Vec<String> {
        let mut sentences: Vec<String> = self.hints.iter().map(Hint::sentence).collect();
        // That another port is open too says nothing of this one.
        if self.hints.iter().all(|hint| matches!(hint, Hint::OtherPortOpen { .. })) {
            sentences.push(self.reason.advice().fix);
        }
        sentences
    }
}

impl Default for Phase {
    fn default() -> Self {
        Self::Disconnected { why: None }
    }
}

impl Phase {
    /// The word that the status begins with.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Disconnected { .. } => "Disconnected",
            Self::Connecting(_) => "Connecting",
            Self::Connected(_) => "Connected",
            Self::Reconnecting(_) => "Reconnecting",
            Self::Failed(_) => "Connection failed",
        }
    }

    /// Whether nothing is open or under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Disconnected { .. } | Self::Failed(_))
    }

    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match self {
            Self::Connected(session) => Some(session),
            Self::Disconnected { .. } | Self::Connecting(_) | Self::Reconnecting(_) | Self::Failed(_) => None,
        }
    }

    pub(super) fn session_mut(&mut self) -> Option<&mut Session> {
        match self {
            Self::Connected(session) => Some(session),
            Self::Disconnected { .. } | Self::Connecting(_) | Self::Reconnecting(_) | Self::Failed(_) => None,
        }
    }

    /// Something is sent or received: a session that rested goes on.
    pub(super) fn note_use(&mut self) {
        if let Some(session) = self.session_mut()
            && session.ending.is_some_and(|end| end.reason == EndingReason::Idle)
        {
            session.ending = None;
        }
    }

    /// The steps to show, when there was an attempt.
    #[must_use]
    pub fn steps(&self) -> Option<&Steps> {
        match self {
            Self::Connecting(attempt) => Some(&attempt.steps),
            Self::Connected(session) => Some(&session.steps),
            Self::Reconnecting(retry) => match &retry.progress {
                Progress::Trying(steps) => Some(steps),
                Progress::Waiting { .. } => None,
            },
            Self::Failed(failed) => Some(&failed.steps),
            Self::Disconnected { .. } => None,
        }
    }

    pub(super) fn steps_mut(&mut self) -> Option<&mut Steps> {
        match self {
            Self::Connecting(attempt) => Some(&mut attempt.steps),
            Self::Connected(session) => Some(&mut session.steps),
            Self::Reconnecting(retry) => match &mut retry.progress {
                Progress::Trying(steps) => Some(steps),
                Progress::Waiting { .. } => None,
            },
            Self::Failed(_) | Self::Disconnected { .. } => None,
        }
    }

    /// The certificates of the server that is connected or was refused.
    #[must_use]
    pub fn presented(&self) -> Option<&Rc<Presented>> {
        match self {
            Self::Connected(session) => Some(&session.presented),
            Self::Failed(failed) => Some(&failed.presented),
            Self::Disconnected { .. } | Self::Connecting(_) | Self::Reconnecting(_) => None,
        }
    }

    /// The server that is connected or being connected, or was tried last.
    #[must_use]
    pub fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Failed(failed) => Some(&failed.endpoint),
            other => other.dial().map(|dial| &dial.endpoint),
        }
    }

    /// What is connected or being connected.
    #[must_use]
    pub fn dial(&self) -> Option<&Rc<Dial>> {
        match self {
            Self::Connecting(attempt) => Some(&attempt.dial),
            Self::Connected(session) => Some(&session.dial),
            Self::Reconnecting(retry) => Some(&retry.dial),
            Self::Disconnected { .. } | Self::Failed(_) => None,
        }
    }
}

/// A hop in words.
#[must_use]
pub fn hop_words(hop: Hop) -> &'static str {
    match hop {
        Hop::BrowserToProxy => "between this page and its proxy",
        Hop::ProxyToServer => "between the proxy and the server",
    }
}

/// What became of each of the five steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps([StepState; 5]);

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    Waiting,
    Running,
    Passed {
        elapsed_us: u64,
        detail: String,
    },
    Failed {
        elapsed_us: u64,
        detail: String,
    },
    /// Nothing to do: no subscription was asked for.
    NotNeeded,
}

impl Steps {
    /// The attempt has begun: the first step runs.
    #[must_use]
    pub fn begun() -> Self {
        let mut steps = Self([const { StepState::Waiting }; 5]);
        steps.set(Step::Name, StepState::Running);
        steps
    }

    #[must_use]
    pub fn get(&self, step: Step) -> &StepState {
        &self.0[step as usize]
    }

    pub fn set(&mut self, step: Step, state: StepState) {
        self.0[step as usize] = state;
    }

    /// `step` passed and the next one of the connection runs. Subscriptions run only once asked for.
    pub fn pass(&mut self, step: Step, elapsed_us: u64, detail: String) {
        self.set(step, StepState::Passed { elapsed_us, detail });
        let next = match step {
            Step::Name => Step::Tcp,
            Step::Tcp => Step::Tls,
            Step::Tls => Step::Mqtt,
            Step::Mqtt | Step::Subscriptions => return,
        };
        self.set(next, StepState::Running);
    }

    /// `step` failed; what ran besides did not get to an end.
    pub fn fail(&mut self, step: Step, elapsed_us: u64) {
        self.stop();
        self.set(step, StepState::Failed { elapsed_us, detail: String::new() });
    }

    /// Nothing runs any more.
    pub fn stop(&mut self) {
        for state in &mut self.0 {
            if *state == StepState::Running {
                *state = StepState::Waiting;
            }
        }
    }

    /// The step under way.
    #[must_use]
    pub fn running(&self) -> Option<Step> {
        Step::ALL.into_iter().find(|step| *self.get(*step) == StepState::Running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_one_after_another() {
        let mut steps = Steps::begun();
        assert_eq!(steps.running(), Some(Step::Name));
        steps.pass(Step::Name, 1, String::new());
        steps.pass(Step::Tcp, 1, String::new());
        assert_eq!(steps.running(), Some(Step::Tls));
        steps.pass(Step::Tls, 1, String::new());
        steps.pass(Step::Mqtt, 1, String::new());
        assert_eq!(steps.running(), None);
        assert_eq!(*steps.get(Step::Subscriptions), StepState::Waiting);
    }

    #[test]
    fn a_failing_step_is_the_last() {
        let mut steps = Steps::begun();
        steps.pass(Step::Name, 1, String::new());
        steps.fail(Step::Tcp, 5);
        assert_eq!(*steps.get(Step::Tcp), StepState::Failed { elapsed_us: 5, detail: String::new() });
        assert_eq!(*steps.get(Step::Tls), StepState::Waiting);
        assert_eq!(steps.running(), None);
    }
}
