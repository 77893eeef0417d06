//! What most people never change: how the session is kept, what the server says when it breaks, and the
//! other kind of credentials. An error never changes what was typed.

use super::{Field, Secret};
use shared::{
    credentials::{BasicLogin, Credentials, LoginProblem},
    limits::DEFAULT_KEEP_ALIVE_S,
    payload::Payload,
    topic::TopicProblem,
    wire::{MqttVersion, OptionsProblem, QoS, SessionOptions, Will},
};

/// What is wrong with which field.
pub(super) type Problem = (Field, String);

/// The part of the form called `Advanced`.
#[derive(Clone, Debug, PartialEq)]
pub struct Advanced {
    pub is_open: bool,
    pub kind: CredentialsKind,
    pub user_name: Secret,
    pub password: Secret,
    pub client_id: String,
    pub keep_alive: String,
    /// MQTT 3.1.1 calls it a clean session.
    pub clean_start: bool,
    pub session_expiry: String,
    /// Empty for no last will.
    pub will_topic: String,
    pub will_qos: QoS,
    pub will_retain: bool,
    pub will_payload: String,
}

/// The choices of `Credentials`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CredentialsKind {
    #[default]
    AccessToken,
    /// ThingsBoard's MQTT Basic.
    Basic,
}

/// The person worked on the part `Advanced`, other than by typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdvancedAction {
    Toggle,
    KindChosen(CredentialsKind),
    CleanStartChosen(bool),
    WillQosChosen(QoS),
    WillRetainChosen(bool),
}

impl CredentialsKind {
    pub const ALL: [Self; 2] = [Self::AccessToken, Self::Basic];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::AccessToken => "Access token",
            Self::Basic => "User name and password",
        }
    }

    /// The option's value.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::AccessToken => "token",
            Self::Basic => "basic",
        }
    }

    #[must_use]
    pub fn from_key(key: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.key() == key).unwrap_or_default()
    }
}

impl Default for Advanced {
    fn default() -> Self {
        Self {
            is_open: false,
            kind: CredentialsKind::default(),
            user_name: Secret::default(),
            password: Secret::default(),
            client_id: String::new(),
            keep_alive: DEFAULT_KEEP_ALIVE_S.to_string(),
            clean_start: true,
            session_expiry: "0".to_owned(),
            will_topic: String::new(),
            will_qos: QoS::default(),
            will_retain: false,
            will_payload: String::new(),
        }
    }
}

impl Advanced {
    pub(super) fn act(&mut self, action: AdvancedAction) {
        match action {
            AdvancedAction::Toggle => self.is_open = !self.is_open,
            AdvancedAction::KindChosen(kind) => self.kind = kind,
            AdvancedAction::CleanStartChosen(clean) => self.clean_start = clean,
            AdvancedAction::WillQosChosen(qos) => self.will_qos = qos,
            AdvancedAction::WillRetainChosen(retain) => self.will_retain = retain,
        }
    }

    /// The options to connect with.
    ///
    /// # Errors
    /// Every field with a problem.
    pub fn options(&self, version: MqttVersion) -> Result<SessionOptions, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut refuse = |field: Field, problem: &dyn ToString| problems.push((field, problem.to_string()));
        let defaults = SessionOptions::default();
        let keep_alive_s = self.keep_alive.trim().parse().unwrap_or_default();
        let keep_alive = SessionOptions { keep_alive_s, ..defaults.clone() };
        if let Err(problem) = keep_alive.check() {
            refuse(Field::KeepAlive, &problem);
        }
        let id =
            SessionOptions { client_id: self.client_id.clone(), clean_start: self.clean_start, ..defaults };
        if let Err(problem) = id.check() {
            refuse(Field::ClientId, &problem);
        }
        let session_expiry_s = match version {
            MqttVersion::V3_1_1 => 0,
            MqttVersion::V5 => self.session_expiry.trim().parse().unwrap_or_else(|_| {
                refuse(Field::SessionExpiry, &EXPIRY);
                0
            }),
        };
        let will = self.will();
        if let Some(will) = &will {
            let with_will = SessionOptions { will: Some(will.clone()), ..SessionOptions::default() };
            match with_will.check() {
                Ok(()) => {}
                Err(OptionsProblem::WillTopic(TopicProblem::Empty)) => refuse(Field::WillTopic, &NO_TOPIC),
                Err(problem @ OptionsProblem::WillPayload) => refuse(Field::WillPayload, &problem),
                Err(problem) => refuse(Field::WillTopic, &problem),
            }
        }
        if problems.is_empty() {
            Ok(SessionOptions { keep_alive_s, session_expiry_s, will, ..id })
        } else {
            Err(problems)
        }
    }

    fn will(&self) -> Option<Will> {
        (!self.will_topic.is_empty() || !self.will_payload.is_empty()).then(|| Will {
            topic: self.will_topic.clone(),
            qos: self.will_qos,
            retain: self.will_retain,
            payload: Payload::from_text(&self.will_payload),
        })
    }

    /// The user name and the password, as one kind of credentials.
    ///
    /// # Errors
    /// The field with a problem.
    pub(super) fn login(&self) -> Result<Credentials, Problem> {
        let (user_name, password) = (self.user_name.expose(), self.password.expose());
        if user_name.is_empty() && password.is_empty() && self.client_id.is_empty() {
            return Err((Field::UserName, NO_LOGIN.to_owned()));
        }
        BasicLogin::new(user_name, password).map(Credentials::Basic).map_err(|problem| {
            let field = match problem {
                LoginProblem::UserName => Field::UserName,
                LoginProblem::Password => Field::Password,
            };
            (field, problem.to_string())
        })
    }
}

const EXPIRY: &str = "The session expiry is a number of seconds from 0 to 4,294,967,295, written without commas; 0 keeps nothing.";
const NO_TOPIC: &str = "The last will has a payload and no topic: type a topic, or empty the payload.";
const NO_LOGIN: &str = "User name, password and client id are all empty: type what the device's credentials in \
     ThingsBoard (MQTT Basic) ask for.";

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(advanced: &Advanced, version: MqttVersion) -> Vec<Field> {
        let problems = advanced.options(version).unwrap_err();
        problems.into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn untouched_it_gives_the_defaults() {
        for version in [MqttVersion::V3_1_1, MqttVersion::V5] {
            assert_eq!(Advanced::default().options(version), Ok(SessionOptions::default()));
        }
    }

    #[test]
    fn what_is_typed_becomes_the_options() {
        let advanced = Advanced {
            client_id: "pump 7".into(),
            keep_alive: "300".into(),
            clean_start: false,
            session_expiry: "3600".into(),
            will_topic: "v1/devices/me/telemetry".into(),
            will_qos: QoS::AtLeastOnce,
            will_retain: true,
            will_payload: r#"{"lost":true}"#.into(),
            ..Advanced::default()
        };
        let options = advanced.options(MqttVersion::V5).unwrap();
        assert_eq!((options.client_id.as_str(), options.keep_alive_s), ("pump 7", 300));
        assert!(!options.clean_start);
        assert_eq!(options.session_expiry_s, 3600);
        let will = options.will.unwrap();
        assert_eq!(
            (will.topic.as_str(), will.qos, will.retain),
            ("v1/devices/me/telemetry", QoS::AtLeastOnce, true)
        );
        assert_eq!(will.payload.as_text(), Some(r#"{"lost":true}"#));
        let options = advanced.options(MqttVersion::V3_1_1).unwrap();
        assert_eq!(options.session_expiry_s, 0, "3.1.1 has no such thing");
    }

    #[test]
    fn every_problem_is_at_its_field() {
        let advanced = Advanced {
            client_id: String::new(),
            keep_alive: "5".into(),
            clean_start: false,
            session_expiry: "for ever".into(),
            will_payload: "x".into(),
            ..Advanced::default()
        };
        let all = [Field::KeepAlive, Field::ClientId, Field::SessionExpiry, Field::WillTopic];
        assert_eq!(fields(&advanced, MqttVersion::V5), all);
        assert_eq!(
            fields(&advanced, MqttVersion::V3_1_1),
            [Field::KeepAlive, Field::ClientId, Field::WillTopic]
        );
        let will = |topic: &str, bytes| Advanced {
            will_topic: topic.into(),
            will_payload: "x".repeat(bytes),
            ..Advanced::default()
        };
        assert_eq!(fields(&will("a/#", 1), MqttVersion::V5), [Field::WillTopic]);
        assert_eq!(fields(&will("a", 32 * 1024 + 1), MqttVersion::V5), [Field::WillPayload]);
    }

    #[test]
    fn a_login_needs_one_of_its_three_parts() {
        let mut advanced = Advanced { kind: CredentialsKind::Basic, ..Advanced::default() };
        let (field, sentence) = advanced.login().unwrap_err();
        assert_eq!(field, Field::UserName);
        assert!(sentence.contains("MQTT Basic"), "{sentence}");
        advanced.client_id = "c".into();
        assert!(advanced.login().is_ok());
        advanced.password = Secret::new("a\nb".into());
        assert_eq!(advanced.login().unwrap_err().0, Field::Password);
        assert!(!format!("{advanced:?}").contains("a\nb"));
    }
}
