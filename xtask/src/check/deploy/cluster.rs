//! The manifests for Kubernetes as kustomize renders them: valid by Kubernetes' own schemas, and agreeing with the
//! program where they repeat what it does.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Desk, read};
use crate::process;
use crate::project::Project;
use crate::setup::deploy::Readers;

mod network;

const FOLDER: &str = "deploy/kubernetes";

const RENDERED: [&str; 2] = ["base", "overlays/demo"];

/// The oldest Kubernetes that the manifests are for, and the newest that the validator knows.
const VERSIONS: [&str; 2] = ["1.30", "1.37"];

/// The part of `sessions` at which another replica is wanted.
const WANTED: (u64, u64) = (3, 4);

/// What the restricted profile of Kubernetes' pod security standards asks for, and a little more.
fn required_of_the_pod() -> [(&'static str, Value); 9] {
    [
        // Else a Service's variables would be taken for the program's.
        ("/enableServiceLinks", json!(false)),
        ("/automountServiceAccountToken", json!(false)),
        ("/securityContext/runAsNonRoot", json!(true)),
        ("/securityContext/seccompProfile/type", json!("RuntimeDefault")),
        ("/containers/0/securityContext/allowPrivilegeEscalation", json!(false)),
        ("/containers/0/securityContext/readOnlyRootFilesystem", json!(true)),
        ("/containers/0/securityContext/capabilities/drop", json!(["ALL"])),
        ("/containers/0/readinessProbe/httpGet/path", json!("/readyz")),
        ("/containers/0/livenessProbe/httpGet/path", json!("/healthz")),
    ]
}

pub(super) fn findings(project: &Project, desk: &Desk, readers: &Readers, grace: u64) -> Result<Vec<String>> {
    let refused = network::not_public(&read(project, network::SOURCE)?)?;
    let mut findings = Vec::new();
    for name in RENDERED {
        let text = process::output(
            process::command(&readers.kubectl).arg("kustomize").arg(project.path(FOLDER).join(name)),
        )?;
        let label = name.replace('/', "-");
        let file = desk.write(&format!("{label}.yaml"), &text)?;
        for version in VERSIONS {
            let log = desk.path(&format!("{label}-{version}.log"));
            let mut validate = process::command(&readers.kubernetes_validate);
            validate.args(["--strict", "--quiet", "-k", version]).arg(&file);
            process::run_logged(&mut validate, &log)?;
        }
        let manifests = Manifests(from_yaml(&readers.python, &file)?);
        let found = judge(&manifests, grace)?.into_iter().chain(network::judge(&manifests, &refused)?);
        findings.extend(found.map(|finding| format!("{FOLDER}/{name}: {finding}")));
    }
    Ok(findings)
}

/// All documents of a file.
fn from_yaml(python: &Path, file: &Path) -> Result<Vec<Value>> {
    let program = "import json, sys, yaml; json.dump(list(yaml.safe_load_all(sys.stdin)), sys.stdout)";
    let mut command = process::command("sh");
    // The helper that returns a program's output gives it no input.
    command.args(["-c", "exec \"$0\" -c \"$1\" < \"$2\""]).arg(python).arg(program).arg(file);
    File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&process::output(&mut command)?).context("the converted manifests are no list")
}

struct Manifests(Vec<Value>);

impl Manifests {
    /// The one of this kind.
    fn one(&self, kind: &str) -> Result<&Value> {
        let found = self.0.iter().find(|manifest| manifest["kind"] == kind);
        found.with_context(|| format!("there is no {kind}"))
    }
}

fn judge(manifests: &Manifests, grace: u64) -> Result<Vec<String>> {
    let deployment = manifests.one("Deployment")?;
    let pod = &deployment["spec"]["template"]["spec"];
    let mut findings = Vec::new();
    for (place, wanted) in required_of_the_pod() {
        let found = pod.pointer(place).unwrap_or(&Value::Null);
        if *found != wanted {
            findings.push(format!("the pod's {place} is {found}, not {wanted}"));
        }
    }
    let pause = pod.pointer("/containers/0/lifecycle/preStop/sleep/seconds").and_then(Value::as_u64);
    let pause = pause.context("the pod has no pause before it is told to stop")?;
    let limit = pod["terminationGracePeriodSeconds"].as_u64().context("the pod has no time to end")?;
    if limit <= pause + grace {
        findings.push(format!(
            "a pod is killed after {limit} s, before a pause of {pause} s and {grace} s are over"
        ));
    }

    let selected = &deployment["spec"]["selector"]["matchLabels"];
    let selectors = [
        ("the pods'", &deployment["spec"]["template"]["metadata"]["labels"]),
        ("the Service's", &manifests.one("Service")?["spec"]["selector"]),
        ("the budget's", &manifests.one("PodDisruptionBudget")?["spec"]["selector"]["matchLabels"]),
        ("the network policy's", &manifests.one("NetworkPolicy")?["spec"]["podSelector"]["matchLabels"]),
    ];
    for (whose, labels) in selectors {
        if labels != selected {
            findings.push(format!("{whose} labels are {labels}, not {selected}"));
        }
    }
    findings.extend(scaling(manifests)?);
    Ok(findings)
}

/// The autoscaler acts before a replica is full.
fn scaling(manifests: &Manifests) -> Result<Option<String>> {
    let limits = manifests.one("ConfigMap")?["data"]["DEVICE_CONSOLE_LIMIT"].as_str().unwrap_or_default();
    let sessions = limits.split(',').find_map(|limit| limit.strip_prefix("sessions=")?.parse::<u64>().ok());
    let sessions = sessions.context("DEVICE_CONSOLE_LIMIT has no `sessions`")?;
    let wanted = (sessions * WANTED.0 / WANTED.1).to_string();
    let metrics = manifests.one("HorizontalPodAutoscaler")?["spec"]["metrics"].as_array().cloned();
    let target = metrics.unwrap_or_default().into_iter().find_map(|metric| {
        let is_ours = metric["pods"]["metric"]["name"] == "device_console_sessions";
        is_ours.then(|| metric["pods"]["target"]["averageValue"].as_str().unwrap_or_default().to_owned())
    });
    let found = target.context("the autoscaler does not look at device_console_sessions")?;
    Ok((found != wanted).then(|| {
        format!("another replica comes at {found} sessions; three quarters of {sessions} are {wanted}")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Manifests {
        let labels = json!({ "app": "x" });
        let pod = json!({
            "enableServiceLinks": false,
            "automountServiceAccountToken": false,
            "terminationGracePeriodSeconds": 45,
            "securityContext": { "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } },
            "containers": [{
                "securityContext": {
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": { "drop": ["ALL"] },
                },
                "readinessProbe": { "httpGet": { "path": "/readyz" } },
                "livenessProbe": { "httpGet": { "path": "/healthz" } },
                "lifecycle": { "preStop": { "sleep": { "seconds": 10 } } },
            }],
        });
        let target =
            json!({ "metric": { "name": "device_console_sessions" }, "target": { "averageValue": "750" } });
        Manifests(vec![
            json!({ "kind": "Deployment", "spec": {
                "selector": { "matchLabels": labels },
                "template": { "metadata": { "labels": labels }, "spec": pod },
            } }),
            json!({ "kind": "Service", "spec": { "selector": labels } }),
            json!({ "kind": "PodDisruptionBudget", "spec": { "selector": { "matchLabels": labels } } }),
            json!({ "kind": "NetworkPolicy", "spec": { "podSelector": { "matchLabels": labels } } }),
            json!({ "kind": "ConfigMap", "data": { "DEVICE_CONSOLE_LIMIT": "sessions=1000,idle=60" } }),
            json!({ "kind": "HorizontalPodAutoscaler", "spec": { "metrics": [{ "pods": target }] } }),
        ])
    }

    #[track_caller]
    fn check_finding(change: impl FnOnce(&mut Vec<Value>), part: &str) {
        let mut manifests = sound();
        change(&mut manifests.0);
        let findings = judge(&manifests, 20).unwrap();
        assert!(findings.len() == 1 && findings[0].contains(part), "{findings:?}");
    }

    #[test]
    fn sound_manifests_have_no_findings() {
        assert_eq!(judge(&sound(), 20).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn each_disagreement_is_found() {
        check_finding(
            |all| all[0]["spec"]["template"]["spec"]["enableServiceLinks"] = json!(true),
            "ServiceLinks",
        );
        check_finding(
            |all| all[0]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = json!(30),
            "killed",
        );
        check_finding(|all| all[2]["spec"]["selector"] = json!({}), "budget");
        check_finding(
            |all| all[4]["data"]["DEVICE_CONSOLE_LIMIT"] = json!("sessions=200"),
            "another replica",
        );
    }
}
