"""deploy/kubernetes: what Kubernetes' schemas say, and what must agree between objects. Not applied: no cluster."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml

from streams.configuration.load import configure
from streams.settings.settings import Settings
from streams.telemetry.metrics import CONSUMER_LAG

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
VERSION = "1.37"
# Custom resources, whose schemas come with their operators: what is ours in them is tested below.
CUSTOM = {"ScaledObject": "keda.sh/v1alpha1", "PodMonitor": "monitoring.coreos.com/v1"}
FILES = sorted(file for file in KUBERNETES.rglob("*.yaml") if file.name not in {"kustomization.yaml", "pharos.yaml"})

Object = dict[str, Any]


def _read(file: Path) -> Object:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def objects() -> dict[str, Object]:
    """By kind; there is one of each."""
    return {found["kind"]: found for found in map(_read, FILES)}


@pytest.fixture(scope="module")
def pod(objects: dict[str, Object]) -> Object:
    return objects["Deployment"]["spec"]["template"]


@pytest.fixture(scope="module")
def worker(pod: Object) -> Object:
    (container,) = pod["spec"]["containers"]
    return container


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_object_is_valid_by_its_schema(file: Path) -> None:
    found = _read(file)

    if found["kind"] in CUSTOM:
        assert found["apiVersion"] == CUSTOM[found["kind"]]
    else:
        kubernetes_validate.validate(found, VERSION, strict=True)


def test_the_schema_would_find_a_misspelt_field(objects: dict[str, Object]) -> None:
    wrong = {**objects["Service"], "spec": {"selectors": {}}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, VERSION, strict=True)


def test_every_object_file_is_used_by_the_kustomization_of_its_folder() -> None:
    for folder in {file.parent for file in FILES}:
        kustomization = _read(folder / "kustomization.yaml")
        named = {name for name in kustomization["resources"] if name.endswith(".yaml")}
        assert named == {file.name for file in FILES if file.parent == folder}
        for name in kustomization["resources"] + kustomization.get("components", []):
            assert (folder / name).exists(), name


def test_whatever_selects_pods_selects_the_workers(objects: dict[str, Object], pod: Object) -> None:
    labels = pod["metadata"]["labels"]
    selectors = [
        objects["Deployment"]["spec"]["selector"]["matchLabels"],
        objects["Service"]["spec"]["selector"],
        objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        objects["PodMonitor"]["spec"]["selector"]["matchLabels"],
        *(spread["labelSelector"]["matchLabels"] for spread in pod["spec"]["topologySpreadConstraints"]),
    ]

    assert [selector for selector in selectors if not selector or not selector.items() <= labels.items()] == []


def test_ports_are_called_by_the_name_that_the_container_gives(objects: dict[str, Object], worker: Object) -> None:
    (port,) = worker["ports"]
    (served,) = objects["Service"]["spec"]["ports"]
    backend = objects["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    (monitored,) = objects["PodMonitor"]["spec"]["podMetricsEndpoints"]

    assert port["containerPort"] == Settings().port
    assert served["targetPort"] == monitored["port"] == port["name"]
    assert backend == {"name": objects["Service"]["metadata"]["name"], "port": {"name": served["name"]}}
    assert objects["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"] == port["name"]


def test_probes_and_monitor_ask_paths_that_a_worker_answers(
    objects: dict[str, Object], worker: Object, app_paths: set[str]
) -> None:
    probes = {name: worker[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}

    assert probes == {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
    assert {*probes.values(), objects["PodMonitor"]["spec"]["podMetricsEndpoints"][0]["path"]} <= app_paths


def test_every_variable_is_a_setting(worker: Object) -> None:
    names = {variable["name"] for variable in worker["env"]} - {"PHAROS_CONFIG"}

    assert {name.removeprefix("PHAROS_").lower() for name in names} <= set(Settings.__struct_fields__)


def test_the_pod_meets_the_restricted_standard(objects: dict[str, Object], pod: Object, worker: Object) -> None:
    security = worker["securityContext"]

    assert objects["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert pod["spec"]["securityContext"]["runAsNonRoot"]
    assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert security == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["spec"]["automountServiceAccountToken"] is False


def test_the_user_is_the_one_of_the_image(pod: Object) -> None:
    dockerfile = (KUBERNETES.parent / "image" / "Dockerfile").read_text(encoding="utf-8")

    assert f"USER {pod['spec']['securityContext']['runAsUser']}:" in dockerfile


def test_what_is_mounted_is_a_volume_and_what_is_written_lies_in_scratch(pod: Object, worker: Object) -> None:
    mounts = {mount["name"]: mount for mount in worker["volumeMounts"]}

    assert set(mounts) == {volume["name"] for volume in pod["spec"]["volumes"]}
    assert [name for name, mount in mounts.items() if not mount.get("readOnly")] == ["scratch"]
    assert mounts["scratch"]["mountPath"] == "/tmp"  # PHAROS_STATE_DIR of the image lies below


def test_workers_are_never_more_than_partitions(objects: dict[str, Object]) -> None:
    settings = configure(KUBERNETES / "overlays" / "production" / "pharos.yaml")
    scaling = objects["ScaledObject"]["spec"]

    assert scaling["minReplicaCount"] == objects["Deployment"]["spec"]["replicas"]
    assert scaling["maxReplicaCount"] == settings.cells_partitions


def test_scaling_asks_for_the_lag_that_workers_export(objects: dict[str, Object]) -> None:
    scaling = objects["ScaledObject"]["spec"]
    (trigger,) = scaling["triggers"]

    assert set(re.findall(r"pharos_\w+", trigger["metadata"]["query"])) == {CONSUMER_LAG}
    assert scaling["scaleTargetRef"]["name"] == objects["Deployment"]["metadata"]["name"]


def test_the_job_of_the_monitor_is_named_as_the_app(objects: dict[str, Object], pod: Object) -> None:
    label = objects["PodMonitor"]["spec"]["jobLabel"]

    assert pod["metadata"]["labels"][label] == Settings().app


@pytest.mark.parametrize("place", ["base", "overlays/production"])
def test_the_settings_of_a_folder_are_right(place: str, checked: Callable[..., str]) -> None:
    secrets = {
        "tokens": "viewer 0123456789abcdef",
        "duty-url": "https://oapi.dingtalk.com/robot/send?access_token=1",
        "duty-secret": "SEC1",
        "pagerduty-key": "0" * 32,
    }

    said = checked(KUBERNETES / place / "pharos.yaml", "/run/secrets/pharos", secrets)

    assert "settings are valid" in said


def test_the_host_of_the_ingress_is_allowed_and_its_headers_are_expected(objects: dict[str, Object]) -> None:
    settings = configure(KUBERNETES / "overlays" / "production" / "pharos.yaml")

    assert objects["Ingress"]["spec"]["rules"][0]["host"] in settings.allowed_hosts
    assert settings.behind_proxy
    assert settings.board_url == f"https://{objects['Ingress']['spec']['rules'][0]['host']}/"


def test_kustomize_renders_valid_objects_in_one_namespace(
    tool: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = tool("kubectl", "kustomize", str(KUBERNETES / "overlays" / "production"))

    assert done.returncode == 0, done.stderr
    rendered = list(yaml.safe_load_all(done.stdout))
    assert {found["kind"] for found in rendered} == {_read(file)["kind"] for file in FILES} | {"ConfigMap"}
    for found in rendered:
        if found["kind"] not in CUSTOM:
            kubernetes_validate.validate(found, VERSION, strict=True)
        assert found["kind"] == "Namespace" or found["metadata"]["namespace"] == "pharos"
    (deployment,) = (found for found in rendered if found["kind"] == "Deployment")
    (config,) = (found for found in rendered if found["kind"] == "ConfigMap")
    assert "replicas" not in deployment["spec"]
    assert deployment["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"] == config["metadata"]["name"]
