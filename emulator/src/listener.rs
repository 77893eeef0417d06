//! Accepts connections, as many at a time as may be, until told to stop.

use crate::connection::{Shared, serve};
use std::{sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::Semaphore, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Connections at a time; others wait to be accepted.
const MOST_CONNECTIONS: usize = 512;

/// After a failed accept, which is mostly a lack of file descriptors that only time mends.
const PAUSE: Duration = Duration::from_millis(100);

/// Runs until `shared.stopping` or `killed`. Connections are tasks of `tasks`; `killed` drops them where
/// they stand.
pub(crate) async fn run(
    listener: TcpListener,
    shared: Shared,
    killed: CancellationToken,
    tasks: TaskTracker,
) {
    let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let accept_all = async {
        // The semaphore is never closed.
        while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
            match listener.accept().await {
                Ok((socket, _)) => {
                    // Small packets that should not wait for each other.
                    let _ = socket.set_nodelay(true);
                    let (shared, killed) = (shared.clone(), killed.clone());
                    tasks.spawn(async move {
                        let _permit = permit;
                        killed.run_until_cancelled_owned(serve(socket, shared)).await
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = shared.stopping.cancelled() => {}
        () = killed.cancelled() => {}
        () = accept_all => {}
    }
}
