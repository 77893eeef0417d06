//! Packages in chunks, and what a meter lets through.

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use shared::thingsboard::{
    meter::{Kind, Meter, Publish},
    package::download::{Chunks, Download},
    session_limits::{RateLimit, RateLimits, SessionLimits},
};

proptest! {
    #[test]
    fn chunks_put_together_are_the_package(
        package in proptest::collection::vec(any::<u8>(), 0..2000),
        size in 1_usize..600,
    ) {
        let chunks = Chunks::new(package.len(), size, 65_536).unwrap();
        let mut download = Download::new(chunks);
        let mut last = 0;
        while let Some(number) = download.next() {
            let range = chunks.range(number).unwrap();
            prop_assert!(!range.is_empty() && range.len() <= size);
            download.take(number, &package[range]).unwrap();
            prop_assert!(download.progress().percent() >= last);
            last = download.progress().percent();
        }
        prop_assert_eq!(download.progress().percent(), 100);
        prop_assert_eq!(download.into_bytes(), package);
    }

    /// A bucket that starts full and comes back evenly lets through at most twice its count in any of its
    /// windows; and what is told to wait fits after exactly that wait.
    #[test]
    fn a_meter_lets_no_more_through_than_the_bucket_holds(
        count in 1_u32..20,
        seconds in 1_u32..10,
        waits in proptest::collection::vec(0_u64..2_000, 1..200),
    ) {
        let limit = RateLimit::parse(&format!("{count}:{seconds}")).unwrap();
        let mut meter = Meter::new(&SessionLimits {
            rates: RateLimits { messages: Some(limit), ..RateLimits::default() },
            ..SessionLimits::documented()
        });
        let publish = Publish { kind: Kind::Other, payload_bytes: 10 };
        let (mut now, mut sent) = (0, Vec::new());
        for wait in waits {
            now += wait;
            match meter.check(&publish, now) {
                Ok(()) => {
                    meter.note(&publish, now);
                    sent.push(now);
                }
                Err(shared::thingsboard::meter::Exceeded::Rate { wait_ms, .. }) => {
                    prop_assert!(meter.check(&publish, now + wait_ms).is_ok());
                    prop_assert!(meter.check(&publish, now + wait_ms - 1).is_err());
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
        let window_ms = u64::from(seconds) * 1000;
        for (index, start) in sent.iter().enumerate() {
            let within = sent[index..].iter().take_while(|at| **at < start + window_ms).count();
            prop_assert!(within <= 2 * usize::try_from(count).unwrap());
        }
        let usage = meter.usage(now)[0];
        prop_assert!(usage.used <= usage.limit);
    }
}
