//! The platform's side of a rule: what an operator does and is shown.

use super::{
    file::{Assign, Bare, OfDevice, Plain, Rpc, Verb},
    words::{JsonText, same},
};
use anyhow::{Context, Result, bail};
use emulator::{Fault, LinkedPackage, Package, PackageKind, Platform, PlatformProblem, Refusal};
use serde_json::{Map, Value};
use shared::{
    credentials::AccessToken,
    platform::{PlatformView, RpcCall, RpcOutcome},
    thingsboard::checksum::ChecksumAlgorithm,
};
use std::{collections::VecDeque, fmt::Debug};
use tests::{PATIENCE, emulated::Emulated, eventually::look};
use tokio::task::{JoinHandle, yield_now};

/// What every package has.
const TAG: &str = "stable";

pub(super) struct Operator {
    platform: Platform,
    token: AccessToken,
    rpcs: VecDeque<JoinHandle<Result<RpcOutcome, PlatformProblem>>>,
}

impl Operator {
    pub(super) fn new(thingsboard: &Emulated) -> Self {
        let (platform, token) = (thingsboard.platform(), thingsboard.token().clone());
        Self { platform, token, rpcs: VecDeque::new() }
    }

    pub(super) async fn act(&mut self, verb: &Verb) -> Result<()> {
        match verb {
            Verb::SetShared(OfDevice { what: JsonText(Value::Object(values)), of }) => {
                self.platform.set_shared_attributes(&self.token(of.as_deref())?, values.clone())?;
            }
            Verb::DeleteShared(OfDevice { what, of }) => {
                self.platform.delete_shared_attributes(&self.token(of.as_deref())?, what)?;
            }
            Verb::Rpc(rpc) => self.rpc(rpc).await?,
            Verb::RpcOutcome(Plain { what: JsonText(wanted) }) => {
                let rpc = self.rpcs.pop_front().context("no RPC is under way")?;
                same(&serde_json::to_value(rpc.await??)?, wanted)?;
            }
            Verb::Assign(assign) => self.assign(assign)?,
            Verb::Link(OfDevice { what, of }) => {
                let package = LinkedPackage {
                    title: "thermostat".to_owned(),
                    version: "1.2".to_owned(),
                    tag: Some(TAG.to_owned()),
                    url: "https://files.example/thermostat".to_owned(),
                };
                self.platform.assign_linked_package(&self.token(of.as_deref())?, kind(what)?, package)?;
            }
            Verb::Unassign(OfDevice { what, of }) => {
                self.platform.unassign_package(&self.token(of.as_deref())?, kind(what)?)?;
            }
            Verb::Unavailable(Bare { what }) => {
                self.platform.fault(&self.token(Some(what))?, Fault::RefuseConnect(Refusal::Unavailable))?;
            }
            Verb::Telemetry(view) => {
                let values = |view: &PlatformView| object(view, |value| value.value.clone());
                self.shows_json(view.of.as_deref(), values, &view.what).await?;
            }
            Verb::Timestamps(view) => {
                let times = |view: &PlatformView| object(view, |value| value.ts_ms.into());
                self.shows_json(view.of.as_deref(), times, &view.what).await?;
            }
            Verb::ClientAttributes(view) => {
                let values = |view: &PlatformView| Value::Object(view.client_attributes.clone());
                self.shows_json(view.of.as_deref(), values, &view.what).await?;
            }
            Verb::SharedAttributes(view) => {
                let values = |view: &PlatformView| Value::Object(view.shared_attributes.clone());
                self.shows_json(view.of.as_deref(), values, &view.what).await?;
            }
            Verb::Claimed(view) => {
                let secret = |view: &PlatformView| view.claim.clone().map(|claim| claim.secret_key);
                self.shows(view.of.as_deref(), secret, &Some(view.what.clone())).await?;
            }
            Verb::Connected(view) => {
                self.shows(view.of.as_deref(), |view| view.connected, &view.what).await?;
            }
            other => bail!("not for the platform: {other:?}"),
        }
        Ok(())
    }

    async fn rpc(&mut self, rpc: &Rpc) -> Result<()> {
        let (platform, token) = (self.platform.clone(), self.token(rpc.of.as_deref())?);
        let call = RpcCall {
            method: rpc.what.clone(),
            params: rpc.params.0.clone(),
            one_way: rpc.one_way,
            // As short as the server allows.
            timeout_ms: 0,
        };
        self.rpcs.push_back(tokio::spawn(async move { platform.send_rpc(&token, call).await }));
        // The platform has it before the next step.
        yield_now().await;
        Ok(())
    }

    fn assign(&self, assign: &Assign) -> Result<()> {
        let package = Package {
            title: "thermostat".to_owned(),
            version: assign.version.clone(),
            tag: Some(TAG.to_owned()),
            bytes: assign.bytes.clone().into(),
            algorithm: ChecksumAlgorithm::parse(&assign.algorithm).context("an algorithm")?,
        };
        Ok(self.platform.assign_package(&self.token, kind(&assign.what)?, package)?)
    }

    async fn shows_json(
        &self,
        of: Option<&str>,
        part: impl Fn(&PlatformView) -> Value,
        wanted: &JsonText,
    ) -> Result<()> {
        // What fits becomes what is wanted, so that the rest is one comparison.
        let part = |view: &PlatformView| {
            let found = part(view);
            if wanted.fits(&found) { wanted.0.clone() } else { found }
        };
        self.shows(of, part, &wanted.0).await
    }

    /// A telemetry message at QoS 0 may still be on its way.
    async fn shows<T: PartialEq + Debug>(
        &self,
        of: Option<&str>,
        part: impl Fn(&PlatformView) -> T,
        wanted: &T,
    ) -> Result<()> {
        let look_at = || Ok::<_, anyhow::Error>(part(&self.platform.view(&self.token(of)?)?));
        let found = look(|| look_at().is_ok_and(|found| found == *wanted).then_some(()), PATIENCE).await;
        match found {
            Some(()) => Ok(()),
            None => same(&look_at()?, wanted),
        }
    }

    /// The rule's own device, or another by its name.
    pub(super) fn token(&self, of: Option<&str>) -> Result<AccessToken> {
        match of {
            None => Ok(self.token.clone()),
            Some(name) => self.platform.token_of(name).with_context(|| format!("no device {name}")),
        }
    }
}

fn kind(prefix: &str) -> Result<PackageKind> {
    match prefix {
        "fw" => Ok(PackageKind::Firmware),
        "sw" => Ok(PackageKind::Software),
        other => bail!("no package: {other}"),
    }
}

fn object(view: &PlatformView, part: impl Fn(&shared::platform::TelemetryValue) -> Value) -> Value {
    Value::Object(view.telemetry.iter().map(|value| (value.key.clone(), part(value))).collect::<Map<_, _>>())
}
