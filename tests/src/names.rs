//! A resolver whose answers a test decides, look-up by look-up.

use ::proxy::config::{Answers, Resolve, Resolver};
use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Gives one list of addresses a look-up, in order; the last one again and again.
#[derive(Clone, Debug)]
pub struct Names {
    answers: Arc<Mutex<VecDeque<Vec<IpAddr>>>>,
}

impl Names {
    /// # Panics
    /// An address is none.
    #[must_use]
    pub fn answering(answers: &[&[&str]]) -> Self {
        let parse = |address: &&str| address.parse().expect("a test's address is one");
        let answers = answers.iter().map(|answer| answer.iter().map(parse).collect()).collect();
        Self { answers: Arc::new(Mutex::new(answers)) }
    }

    /// For the proxy's configuration.
    #[must_use]
    pub fn resolver(&self) -> Resolver {
        Resolver(Arc::new(self.clone()))
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, _host: &'a str) -> Answers<'a> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move { Ok(next.unwrap_or_default()) })
    }
}
