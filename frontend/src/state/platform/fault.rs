//! The form that makes something go wrong.

use super::calls::PlatformCall;
use shared::platform::{Fault, MAX_FAULT_DELAY_MS, RefusedConnect};

pub const NUMBER_ID: &str = "platform-fault-number";

/// What goes wrong, without its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaultKind {
    #[default]
    Refuse,
    Silent,
    Drop,
    Delay,
    Malformed,
}

/// What is chosen and typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultForm {
    pub kind: FaultKind,
    pub because: RefusedConnect,
    /// Packets, or milliseconds.
    pub number: String,
    pub problem: Option<String>,
}

/// The person worked on the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultAction {
    KindChosen(FaultKind),
    BecauseChosen(RefusedConnect),
    NumberTyped(String),
    Set,
    Clear,
}

impl FaultKind {
    pub const ALL: [Self; 5] = [Self::Refuse, Self::Silent, Self::Drop, Self::Delay, Self::Malformed];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Refuse => "Refuse CONNECT",
            Self::Silent => "Stay silent",
            Self::Drop => "Drop after packets",
            Self::Delay => "Delay packets",
            Self::Malformed => "Malformed packet",
        }
    }

    #[must_use]
    pub fn from_label(label: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.label() == label).unwrap_or_default()
    }

    /// What its number counts.
    #[must_use]
    pub fn unit(self) -> Option<&'static str> {
        match self {
            Self::Drop => Some("packets that are still answered"),
            Self::Delay => Some("milliseconds, at most 60000"),
            Self::Refuse | Self::Silent | Self::Malformed => None,
        }
    }
}

/// Why CONNECT is refused, in words.
#[must_use]
pub fn because_label(because: RefusedConnect) -> &'static str {
    match because {
        RefusedConnect::UnknownCredentials => "unknown credentials",
        RefusedConnect::NoCredentials => "no credentials",
        RefusedConnect::NotAuthorized => "not authorized",
        RefusedConnect::TooOften => "too often",
        RefusedConnect::Unavailable => "unavailable",
    }
}

#[must_use]
pub fn because_from_label(label: &str) -> RefusedConnect {
    let mut all = RefusedConnect::ALL.into_iter();
    all.find(|because| because_label(*because) == label).unwrap_or(RefusedConnect::UnknownCredentials)
}

/// A fault in words.
#[must_use]
pub fn words(fault: Fault) -> String {
    match fault {
        Fault::RefuseConnect { because } => format!("CONNECT is refused: {}", because_label(because)),
        Fault::Silent => "the server stays silent".to_owned(),
        Fault::DropAfter { packets } => format!("the connection is dropped after {packets} more packets"),
        Fault::Delay { ms } => format!("each packet to the device waits {ms} ms"),
        Fault::Malformed => "the next packet to the device is malformed".to_owned(),
    }
}

impl Default for FaultForm {
    fn default() -> Self {
        Self {
            kind: FaultKind::default(),
            because: RefusedConnect::UnknownCredentials,
            number: "1000".to_owned(),
            problem: None,
        }
    }
}

impl FaultForm {
    pub(super) fn edit(&mut self, action: FaultAction) {
        self.problem = None;
        match action {
            FaultAction::KindChosen(kind) => self.kind = kind,
            FaultAction::BecauseChosen(because) => self.because = because,
            FaultAction::NumberTyped(number) => self.number = number,
            FaultAction::Set | FaultAction::Clear => {}
        }
    }

    /// # Errors
    /// The id of the field with a problem.
    pub(super) fn set(&mut self) -> Result<(String, PlatformCall), &'static str> {
        let number: Option<u64> = self.number.trim().parse().ok();
        let fault = match self.kind {
            FaultKind::Refuse => Some(Fault::RefuseConnect { because: self.because }),
            FaultKind::Silent => Some(Fault::Silent),
            FaultKind::Drop => number
                .and_then(|packets| u32::try_from(packets).ok())
                .map(|packets| Fault::DropAfter { packets }),
            FaultKind::Delay => number.filter(|ms| *ms <= MAX_FAULT_DELAY_MS).map(|ms| Fault::Delay { ms }),
            FaultKind::Malformed => Some(Fault::Malformed),
        };
        self.problem = fault.is_none().then(|| match self.kind {
            FaultKind::Delay => {
                format!("The delay is a number of milliseconds from 0 to {MAX_FAULT_DELAY_MS}.")
            }
            _ => "The number of packets is a whole number from 0 on.".to_owned(),
        });
        let fault = fault.ok_or(NUMBER_ID)?;
        Ok((format!("Set fault: {}", words(fault)), PlatformCall::SetFault(fault)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_asked_for_where_they_count() {
        let mut form = FaultForm::default();
        form.edit(FaultAction::NumberTyped("many".into()));
        assert!(form.set().is_ok(), "a refusal has no number");
        form.edit(FaultAction::KindChosen(FaultKind::Drop));
        assert_eq!(form.set(), Err(NUMBER_ID));
        form.edit(FaultAction::NumberTyped("3".into()));
        assert_eq!(form.problem, None);
        assert_eq!(form.set().unwrap().1, PlatformCall::SetFault(Fault::DropAfter { packets: 3 }));
        form.edit(FaultAction::KindChosen(FaultKind::Delay));
        let most = MAX_FAULT_DELAY_MS.to_string();
        assert!(FaultKind::Delay.unit().unwrap().ends_with(&most), "the bound is said before");
        form.edit(FaultAction::NumberTyped(most));
        assert!(form.set().is_ok());
        form.edit(FaultAction::NumberTyped((MAX_FAULT_DELAY_MS + 1).to_string()));
        assert_eq!(form.set(), Err(NUMBER_ID));
    }
}
