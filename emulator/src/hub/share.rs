//! What all devices of a tenant may keep together.

use crate::budget::Budget;
use std::sync::Arc;

/// Bytes of packages that are kept at a time, for all.
const MOST_PACKAGE_BYTES: usize = 256 * 1024 * 1024;

/// Bytes of packages that are kept for one visitor.
const MOST_PACKAGE_BYTES_OF_VISITOR: usize = 16 * 1024 * 1024;

/// Bytes of telemetry and attributes that are kept for one visitor.
const MOST_VALUE_BYTES_OF_VISITOR: usize = 1024 * 1024;

/// The budgets; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    packages: Arc<Budget>,
    values: Arc<Budget>,
}

impl Share {
    /// Of the operator, whose values are bounded for each device only.
    pub(super) fn of_operator() -> Self {
        Self { packages: Arc::new(Budget::new(MOST_PACKAGE_BYTES)), values: Arc::default() }
    }

    /// Of a new visitor; the packages are part of the operator's.
    pub(super) fn of_visitor(operator: &Self) -> Self {
        Self {
            packages: Arc::new(Budget::share(&operator.packages, MOST_PACKAGE_BYTES_OF_VISITOR)),
            values: Arc::new(Budget::new(MOST_VALUE_BYTES_OF_VISITOR)),
        }
    }

    /// Of packages.
    pub(crate) fn packages(&self) -> &Arc<Budget> {
        &self.packages
    }

    /// Of telemetry and attributes.
    pub(super) fn values(&self) -> &Arc<Budget> {
        &self.values
    }
}
