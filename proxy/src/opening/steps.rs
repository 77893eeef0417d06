//! The steps of an attempt: timed, reported, and where one fails, what is known.

use crate::refusal::Refusal;
use shared::{
    failure::Step,
    wire::{RequestId, StepPassed},
};
use std::time::Instant;

/// The attempt failed at a step.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) step: Step,
    /// Microseconds spent in that step.
    pub(crate) elapsed_us: u64,
    pub(crate) refusal: Refusal,
}

/// Times the steps and reports those that passed.
pub(crate) struct Steps<R> {
    id: RequestId,
    report: R,
    step: Step,
    start: Instant,
}

impl<R: FnMut(StepPassed)> Steps<R> {
    /// `id`: the request that the reports belong to.
    pub(crate) fn new(id: RequestId, report: R) -> Self {
        Self { id, report, step: Step::Name, start: Instant::now() }
    }

    /// The step under way.
    pub(crate) fn step(&self) -> Step {
        self.step
    }

    /// Runs one step; its work gives a value and a few words of fact.
    pub(crate) async fn run<T, E, F>(&mut self, step: Step, work: F) -> Result<T, Failed>
    where
        E: Into<Refusal>,
        F: Future<Output = Result<(T, String), E>>,
    {
        (self.step, self.start) = (step, Instant::now());
        let (value, detail) = work.await.map_err(|refusal| self.failed(refusal))?;
        let passed = StepPassed { id: self.id, step, elapsed_us: self.elapsed_us(), detail };
        (self.report)(passed);
        Ok(value)
    }

    /// The step under way has failed.
    pub(crate) fn failed(&self, refusal: impl Into<Refusal>) -> Failed {
        Failed { step: self.step, elapsed_us: self.elapsed_us(), refusal: refusal.into() }
    }

    fn elapsed_us(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
