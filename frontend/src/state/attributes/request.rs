//! Requests for attributes: the form, and what became of each.

use super::known::Name;
use crate::text::Stamp;
use shared::{
    thingsboard::{
        attributes::{AttributesRequest, RequestProblem, Response, Scope},
        topic::TopicId,
    },
    wire::PublishOutcome,
};
use std::{collections::VecDeque, rc::Rc};

/// Requests kept; older ones fall out.
const MAX_REQUESTS: usize = 10;

/// Milliseconds until an answer is given up. ThingsBoard answers at once, or never.
pub const TIME_OUT_MS: i64 = 20_000;

pub const CLIENT_ID: &str = "attributes-client-keys";
pub const SHARED_ID: &str = "attributes-shared-keys";
pub const ID_ID: &str = "attributes-request-id";

/// The form, and the requests, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestForm {
    pub client: String,
    pub shared: String,
    /// Empty: an id is chosen.
    pub id: String,
    pub client_problem: Option<String>,
    pub shared_problem: Option<String>,
    pub id_problem: Option<String>,
    /// What came of the last press of a button.
    pub notice: Option<String>,
    pub list: VecDeque<Asked>,
}

/// A request.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The publish, by this tab's number.
    pub number: u32,
    pub id: TopicId,
    pub wanted: Rc<AttributesRequest>,
    pub asked: Stamp,
    pub standing: Standing,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    Waiting,
    Answered {
        after_ms: i64,
        found: usize,
        missing: Rc<[Name]>,
    },
    /// A sentence.
    Unreadable(String),
    TimedOut,
    /// The connection was lost before the answer.
    Lost,
    /// Not sent, or refused by the server.
    Refused(String),
}

impl Asked {
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.standing == Standing::Waiting
    }

    /// The keys that were named and do not exist.
    #[must_use]
    pub fn missing(&self, response: &Response) -> Vec<Name> {
        let missing = |scope, keys: &[String], found: &serde_json::Map<_, _>| {
            let missing = keys.iter().filter(|key| !found.contains_key(*key));
            missing.map(|key| (scope, key.as_str().into())).collect::<Vec<_>>()
        };
        let mut all = missing(Scope::Client, self.wanted.client(), &response.client);
        all.extend(missing(Scope::Shared, self.wanted.shared(), &response.shared));
        all
    }
}

impl RequestForm {
    /// What is asked for.
    ///
    /// # Errors
    /// The field with the problem, which says it.
    pub(in crate::state) fn check(&mut self) -> Result<AttributesRequest, &'static str> {
        self.client_problem = None;
        self.shared_problem = None;
        self.notice = None;
        AttributesRequest::parse(&self.client, &self.shared).map_err(|problem| {
            let scope = match &problem {
                RequestProblem::NoKeys => Scope::Client,
                RequestProblem::EmptyKey(scope) | RequestProblem::Comma { scope, .. } => *scope,
            };
            let said = match &problem {
                RequestProblem::NoKeys => format!("{problem} The button Request all does that."),
                RequestProblem::EmptyKey(_) | RequestProblem::Comma { .. } => problem.to_string(),
            };
            match scope {
                Scope::Client => {
                    self.client_problem = Some(said);
                    CLIENT_ID
                }
                Scope::Shared => {
                    self.shared_problem = Some(said);
                    SHARED_ID
                }
            }
        })
    }

    /// The id that is typed; `None` when one is to be chosen.
    ///
    /// # Errors
    /// The field with the problem, which says it.
    pub(in crate::state) fn check_id(&mut self) -> Result<Option<TopicId>, &'static str> {
        let text = self.id.trim();
        let id = text.parse::<TopicId>().ok().filter(|id| id.to_string() == text);
        self.id_problem = match id {
            _ if text.is_empty() => return Ok(None),
            None => Some(format!(
                "The id must be a whole number from 0 to {}: ThingsBoard closes the connection at any other.",
                TopicId::MAX
            )),
            Some(id) if id < 0 => {
                Some("ThingsBoard never answers a request with an id below 0: type 0 or more.".to_owned())
            }
            Some(id) if self.list.iter().any(|asked| asked.id == id && asked.is_waiting()) => {
                Some(format!("A request with the id {id} waits for its answer: type another one."))
            }
            Some(_) => None,
        };
        if self.id_problem.is_some() { Err(ID_ID) } else { Ok(id) }
    }

    pub(in crate::state) fn add(&mut self, asked: Asked) {
        self.list.push_front(asked);
        self.list.truncate(MAX_REQUESTS);
    }

    /// The request that an answer with this id is for, though it may have been given up.
    pub(in crate::state) fn asked_as(&mut self, id: TopicId) -> Option<&mut Asked> {
        let mut list = self.list.iter_mut();
        list.find(|asked| asked.id == id && matches!(asked.standing, Standing::Waiting | Standing::TimedOut))
    }

    /// The outcome of a request's publish.
    pub(in crate::state) fn settle(&mut self, number: u32, outcome: &PublishOutcome) {
        let Some(asked) = self.list.iter_mut().find(|asked| asked.number == number && asked.is_waiting())
        else {
            return;
        };
        match outcome {
            PublishOutcome::Delivered | PublishOutcome::Sent => {}
            PublishOutcome::Refused { reason } => asked.standing = Standing::Refused(reason.clone()),
            PublishOutcome::Unknown => asked.standing = Standing::Lost,
        }
    }

    /// Gives up what waits for too long. Returns how many.
    pub(in crate::state) fn time_out(&mut self, now_ms: i64) -> usize {
        let over = |asked: &&mut Asked| asked.is_waiting() && now_ms >= asked.asked.unix_ms + TIME_OUT_MS;
        self.list.iter_mut().filter(over).map(|asked| asked.standing = Standing::TimedOut).count()
    }

    /// The session is over.
    pub(in crate::state) fn lose(&mut self) {
        for asked in self.list.iter_mut().filter(|asked| asked.is_waiting()) {
            asked.standing = Standing::Lost;
        }
    }
}
