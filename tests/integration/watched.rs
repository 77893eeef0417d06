//! A program that is watched while somebody does things to it: does it serve others, and what memory does it take.

use shared::OFFER_PATH;
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tests::{eventually::within, http, serving::Serving};
use tokio::time::sleep;

/// Another client than everybody else in these tests, who come from 127.0.0.1.
const VISITOR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What a program may grow by while it is attacked: far less than the attacks send, far more than a few connections need.
const MORE_MEMORY: u64 = 64 * 1024 * 1024;

/// How long the visitor waits at the most, on a loaded machine.
const SERVED: Duration = Duration::from_secs(2);

pub(crate) async fn visit(address: SocketAddr) {
    let host = address.to_string();
    let get = async {
        let stream = http::connect_from(VISITOR, address).await;
        http::send_over(stream, &http::request("GET", OFFER_PATH, &[("host", &host)])).await
    };
    assert_eq!(within(SERVED, "the visitor is served", get).await.status, 200);
}

/// Watches a program's memory from when it was first asked.
pub(crate) struct Watched {
    pub(crate) console: Serving,
    at_first: u64,
}

impl Watched {
    pub(crate) async fn start(limits: &str) -> Self {
        Self::serving(&["--limit", limits]).await
    }

    pub(crate) async fn serving(arguments: &[&str]) -> Self {
        let console = Serving::start(arguments).await.unwrap();
        visit(console.address()).await;
        let at_first = console.memory().unwrap();
        Self { console, at_first }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.console.address()
    }

    #[track_caller]
    pub(crate) fn check_memory(&self) {
        let more = self.console.memory().unwrap().saturating_sub(self.at_first);
        assert!(more < MORE_MEMORY, "{more} bytes more than at first");
    }

    /// Looks while something is done to the program.
    pub(crate) async fn stays_usable<T>(&self, attack: impl Future<Output = T>) -> T {
        let looking = async {
            loop {
                visit(self.address()).await;
                self.check_memory();
                sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            done = attack => done,
            () = looking => unreachable!("looking has no end"),
        }
    }
}
