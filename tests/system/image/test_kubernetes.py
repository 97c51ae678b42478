"""The manifests for Kubernetes: as its API has them, and in agreement with the image."""

import copy
import re

import pytest

from installed import SOURCE
from kubernetes_schema import KINDS

jsonschema = pytest.importorskip("jsonschema", reason="NOT RUN, there is no python3-jsonschema")
yaml = pytest.importorskip("yaml", reason="NOT RUN, there is no python3-yaml")


def read(name, *kinds):
    documents = list(yaml.safe_load_all((SOURCE / "server/image" / name).read_text()))
    assert tuple(document["kind"] for document in documents) == kinds
    return documents


DEPLOYMENT, SERVICE = read("echoline.yaml", "Deployment", "Service")
[JOB] = read("load.yaml", "Job")
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def check(document):
    jsonschema.validate(document, KINDS[document["kind"]])


def pod(document):
    return document["spec"]["template"]["spec"]


def only_container(document):
    [container] = pod(document)["containers"]
    return container


@pytest.mark.parametrize("document", [DEPLOYMENT, SERVICE, JOB], ids=lambda document: document["kind"])
def test_they_are_valid(document):
    check(document)


@pytest.mark.parametrize(
    "fault",
    [
        lambda document: only_container(document)["securityContext"].pop("readOnlyRootFilesystem"),
        lambda document: pod(document)["securityContext"].update(runAsNonRoot=False),
        lambda document: only_container(document).update(readynessProbe={}),
        lambda document: only_container(document)["ports"][0].update(containerPort="7007"),
        lambda document: only_container(document)["resources"]["limits"].update(memory="512MB"),
        lambda document: document["spec"].pop("selector"),
    ],
)
def test_a_fault_would_be_found(fault):
    document = copy.deepcopy(DEPLOYMENT)
    fault(document)
    with pytest.raises(jsonschema.ValidationError):
        check(document)


def test_the_service_finds_the_pods_and_their_ports():
    labels = DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert SERVICE["spec"]["selector"].items() <= labels.items()
    named = {port["name"] for port in only_container(DEPLOYMENT)["ports"]}
    assert {port["targetPort"] for port in SERVICE["spec"]["ports"]} == named


def test_the_ports_are_those_of_the_image_s_configuration(listeners):
    ports = only_container(DEPLOYMENT)["ports"]
    named = {port["name"]: port["containerPort"] for port in ports}
    assert named == {name: port for name, port in listeners.items() if name != "probe"}


@pytest.mark.parametrize("document", [DEPLOYMENT, JOB], ids=lambda document: document["kind"])
def test_image_and_user_are_the_image_s(config, document):
    version = config["Labels"]["org.opencontainers.image.version"]
    assert only_container(document)["image"] == f"echoline:{version}"
    context = pod(document)["securityContext"]
    assert f"{context['runAsUser']}:{context['runAsGroup']}" == config["User"]


def test_what_it_starts_is_what_the_image_starts(config):
    assert only_container(DEPLOYMENT)["args"] == config["Cmd"]


def test_a_stop_has_longer_than_the_daemon_takes_for_it(settings):
    grace = int(re.fullmatch(r"(\d+)s", settings["shutdown_grace"])[1])
    assert pod(DEPLOYMENT)["terminationGracePeriodSeconds"] > grace


def test_a_server_that_is_full_of_clients_is_not_ready_and_is_not_restarted(listeners):
    asked = {name: only_container(DEPLOYMENT)[name]["exec"]["command"][-2] for name in PROBES}
    probe, line = f"127.0.0.1:{listeners['probe']}", f"127.0.0.1:{listeners['line']}"
    assert asked == {"startupProbe": probe, "readinessProbe": line, "livenessProbe": probe}


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_succeeds_while_it_serves_and_gives_up_by_itself(container, name):
    probe = only_container(DEPLOYMENT)[name]
    command = probe["exec"]["command"]
    done = container.run(*command)
    assert (done.returncode, done.stdout) == (0, "+PONG\n")
    patience = int(re.fullmatch(r"(\d+)s", command[command.index("--timeout") + 1])[1])
    assert patience < probe["timeoutSeconds"]


def test_the_load_job_runs_against_the_service(container):
    """For a second, and whatever a busy machine makes of its objectives."""
    job = only_container(JOB)
    target = f"{SERVICE['metadata']['name']}:{SERVICE['spec']['ports'][0]['port']}"
    assert job["args"][-1] == target
    arguments = [re.sub(r"^(--duration)=.*", r"\1=1s", argument) for argument in job["args"]]
    assert arguments != job["args"]
    done = container.run(*job["command"], *arguments)
    assert done.returncode in (0, 1, 4), done.stderr
    assert "requests" in done.stdout
