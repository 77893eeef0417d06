//! The way to a verified stream: name, TCP, TLS. Knows nothing of MQTT.

use super::{
    Means,
    steps::{Failed, Steps},
};
use crate::{
    egress::{Dialled, Target},
    refusal::Refusal,
    tls::{Secured, Trusted},
};
use shared::{
    endpoint::Endpoint,
    failure::{Failure, Step},
    trust_file::{TrustFile, TrustFileProblem},
    wire::{StepPassed, Trust},
};
use std::time::Duration;
use tokio::time::timeout;

/// An endpoint, and whom to believe about it.
pub(crate) struct Route<'a> {
    endpoint: Endpoint,
    trusted: Trusted,
    means: &'a Means,
}

impl<'a> Route<'a> {
    /// # Errors
    /// The certificates cannot be used.
    pub(crate) fn new(endpoint: Endpoint, trust: Trust, means: &'a Means) -> Result<Self, TrustFileProblem> {
        let trusted = match trust {
            Trust::PublicAuthorities => Trusted::PublicAuthorities,
            Trust::UploadedCertificate { pem } => {
                let pem = zeroize::Zeroizing::new(pem);
                Trusted::Uploaded(TrustFile::read(pem.as_bytes())?)
            }
        };
        Ok(Self { endpoint, trusted, means })
    }

    /// Takes the three steps. Returns the stream, and the address in words for the person.
    pub(crate) async fn secure(
        &self,
        steps: &mut Steps<impl FnMut(StepPassed)>,
    ) -> Result<(Secured, String), Failed> {
        let target = steps.run(Step::Name, self.resolve()).await?;
        let (tcp, address) = steps.run(Step::Tcp, self.dial(&target)).await?;
        let secured = steps.run(Step::Tls, self.handshake(tcp)).await?;
        Ok((secured, address))
    }

    /// The failure of a step that took longer than `limit`.
    pub(crate) fn timed_out(&self, step: Step, limit: Duration) -> Failure {
        let (endpoint, after_s) = (self.endpoint.clone(), limit.as_secs());
        match step {
            Step::Name => Failure::NameTimedOut { host: endpoint.host.to_string(), after_s },
            Step::Tcp => Failure::TcpTimedOut { endpoint, after_s },
            Step::Tls => Failure::TlsTimedOut { endpoint, after_s },
            Step::Mqtt | Step::Subscriptions => Failure::MqttTimedOut { after_s },
        }
    }

    async fn resolve(&self) -> Result<(Target, String), Failure> {
        let target = self.means.egress.resolve(&self.endpoint, self.means.opening.name).await?;
        let detail = match target.shown_addresses() {
            Some(addresses) => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            None => "found".to_owned(),
        };
        Ok((target, detail))
    }

    async fn dial(&self, target: &Target) -> Result<((Dialled, String), String), Failure> {
        let (stream, address) = self.means.egress.dial(target, self.means.opening.tcp).await?;
        let shown = match target.shown_addresses() {
            Some(_) => address.to_string(),
            None => self.endpoint.to_string(),
        };
        Ok(((stream, shown.clone()), shown))
    }

    async fn handshake(&self, tcp: Dialled) -> Result<(Secured, String), Refusal> {
        let handshake = self.means.tls.handshake(tcp, &self.endpoint, &self.trusted);
        let secured = timeout(self.means.opening.tls, handshake)
            .await
            .map_err(|_| self.timed_out(Step::Tls, self.means.opening.tls))??;
        let facts = &secured.facts;
        let detail = format!("{}, {}; {}", facts.version, facts.cipher_suite, facts.verification.label());
        Ok((secured, detail))
    }
}
