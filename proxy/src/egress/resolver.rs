//! How a host name becomes addresses.

use std::{fmt, io, net::IpAddr, pin::Pin, sync::Arc};
use tokio::net::lookup_host;

/// What a look-up gives.
pub type Answers<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Something that knows names. The caller bounds the wait and the number of answers.
pub trait Resolve: fmt::Debug + Send + Sync {
    /// The addresses of a name, in the order they are to be tried.
    fn resolve<'a>(&'a self, host: &'a str) -> Answers<'a>;
}

/// The resolver in use; by default the operating system's.
#[derive(Clone, Debug)]
pub struct Resolver(pub Arc<dyn Resolve>);

impl Default for Resolver {
    fn default() -> Self {
        Self(Arc::new(System))
    }
}

/// The operating system's resolver.
#[derive(Clone, Copy, Debug)]
struct System;

impl Resolve for System {
    #[expect(clippy::disallowed_methods, reason = "this is the place that resolves")]
    fn resolve<'a>(&'a self, host: &'a str) -> Answers<'a> {
        Box::pin(async move { Ok(lookup_host((host, 0)).await?.map(|answer| answer.ip()).collect()) })
    }
}
