//! A program as it grows: its lines, its comments, and what all programs begin with.

use super::Session;
use crate::text::{counted, filled, visible_line};
use shared::wire::QoS;

/// A program as it grows, with the sign that begins its comments.
pub(super) struct Writer {
    pub(super) text: String,
    comment: &'static str,
}

impl Writer {
    pub(super) fn new(comment: &'static str) -> Self {
        Self { text: String::new(), comment }
    }

    /// One line, with its gaps filled.
    pub(super) fn line(&mut self, template: &str, values: &[&str]) {
        self.lines(&filled(template, values));
    }

    /// Lines of fixed text.
    pub(super) fn lines(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// Comments go on one line; what is not ours in them is marked where it cannot be read.
    pub(super) fn remark(&mut self, template: &str, values: &[&str]) {
        let text = visible_line(&filled(template, values));
        self.line("¤ ¤", &[self.comment, &text]);
    }

    /// What every program begins with: what it is, what to set, how the CA file is made, what is left out.
    pub(super) fn head(&mut self, session: &Session, sign: &str) {
        let port = session.port.to_string();
        self.remark("A device of ThingsBoard at ¤, port ¤.", &[&session.host, &port]);
        for name in session.login.variables() {
            let what = match name {
                "TB_PASSWORD" => "password",
                "TB_USER_NAME" => "user name",
                _ => "access token",
            };
            self.remark("Set ¤ in the environment to the device's ¤: ¤¤=...", &[name, what, sign, name]);
        }
        if session.has_ca_file {
            self.remark("Save the server's CA certificate as ca.pem beside this file: the file that was given to the console,", &[]);
            self.remark("or the one that ThingsBoard offers under Check connectivity.", &[]);
        }
        if session.is_older_lost {
            self.remark("Cut: the console's log no longer holds its oldest entries; publishes among them are missing here.", &[]);
        }
        if session.left_out > 0 {
            let count = usize::try_from(session.left_out).unwrap_or(usize::MAX);
            let count = counted(count, "earlier publish is", "earlier publishes are");
            self.remark("Cut: ¤ left out; a program holds the last 200, and 512 KiB of payloads.", &[&count]);
        }
    }

    pub(super) fn left_out(&mut self, what: &str, why: &str) {
        self.remark("Left out: ¤, for ¤.", &[what, why]);
    }
}

pub(super) fn digit(qos: QoS) -> &'static str {
    match qos {
        QoS::AtMostOnce => "0",
        QoS::AtLeastOnce => "1",
    }
}
