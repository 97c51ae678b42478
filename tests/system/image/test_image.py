"""The container image: what is in it, and that it runs where nothing may be written."""

import os
import re
import shutil

import pytest

from container import Container, OciArchive, build
from program import ECHOLINE, ECHOLINED, run


def test_it_is_small(archives):
    assert os.path.getsize(archives["oci"]) < 15_000_000


def test_the_same_programs_make_the_same_image_wherever_they_are(image, tmp_path):
    folder = tmp_path / "my.sources"
    folder.mkdir()
    shutil.copy(ECHOLINED, folder / "echolined")
    shutil.copy(ECHOLINE, folder / "echoline")
    of_copies = OciArchive(build(folder, "echolined", "./echoline")["oci"])
    assert of_copies.descriptor == image.descriptor


def test_each_library_in_it_comes_with_its_licence(root):
    libraries = [path for path in root.glob("**/*.so*") if path.is_file()]
    assert len(libraries) > 5
    for library in libraries:
        path = f"/{library.relative_to(root)}"
        owner = run("dpkg-query", "--search", path, f"/usr{path}").stdout.partition(":")[0]
        assert (root / "usr/share/doc" / owner / "copyright").is_file(), path
    texts = [path.read_text() for path in (root / "usr/share/doc").glob("*/copyright")]
    named = set(re.findall(r"/(usr/share/common-licenses/[\w.-]*\w)", "".join(texts)))
    assert [name for name in named if not (root / name).is_file()] == []


def test_both_formats_say_the_same_of_how_it_is_run(image, config):
    of_oci = image.config["config"]
    for key in ("User", "Entrypoint", "Cmd", "ExposedPorts", "StopSignal", "Labels"):
        assert of_oci[key] == config[key]
    labels = config["Labels"]
    assert labels["org.opencontainers.image.title"] == "echoline"
    assert re.fullmatch(r"[0-9.]+", labels["org.opencontainers.image.version"])


def test_nothing_in_it_can_be_written_or_runs_as_another_user(root):
    for folder, _, files in os.walk(root):
        for name in (".", *files):
            status = os.lstat(os.path.join(folder, name))
            assert (status.st_uid, status.st_gid, status.st_mode & 0o6022) == (0, 0, 0)


def test_it_has_two_programs_and_no_shell(root):
    assert sorted(os.listdir(root / "usr/bin")) == ["echoline", "echolined"]


def test_its_user_is_not_root_and_can_do_nothing_more_than_others(container):
    status = open(f"/proc/{container.pid}/status").read()
    assert re.search(r"^Uid:\t65532\t65532\t65532\t65532$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)


def test_its_root_is_read_only(container):
    mounts = open(f"/proc/{container.pid}/mountinfo").read().splitlines()
    [options] = [line.split()[5] for line in mounts if line.split()[4] == "/"]
    assert "ro" in options.split(",")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_it_answers_on_all_interfaces(container, host):
    done = container.run("/usr/bin/echoline", "ask", f"{host}:7008", "PING")
    assert (done.returncode, done.stdout) == (0, "+PONG\n")
    done = container.run("/usr/bin/echoline", "ask", "--protocol", "echo", f"{host}:7007", "hello")
    assert (done.returncode, done.stdout) == (0, "hello\n")


def test_it_can_look_up_names(container):
    done = container.run("/usr/bin/echoline", "ask", "echoline:7008", "PING")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_ports_that_it_names_are_those_of_its_configuration(config, listeners):
    ports = {f"{port}/tcp" for name, port in listeners.items() if name != "probe"}
    assert ports == set(config["ExposedPorts"])


def test_clients_cannot_take_the_places_of_the_probe(settings):
    [probe] = [row for row in settings["listener"] if row["name"] == "probe"]
    assert probe["address"].startswith("127.0.0.1:")
    places = [row["max_connections"] for row in settings["listener"]]
    assert sum(places) <= settings["limits"]["max_connections"]


def test_the_health_check_succeeds_while_it_serves(container, config):
    kind, *command = config["Healthcheck"]["Test"]
    assert kind == "CMD"
    done = container.run(*command)
    assert (done.returncode, done.stdout) == (0, "+PONG\n")


def test_it_stops_when_it_is_told_to(root, config):
    with Container(root, config) as container:
        assert container.stop() == 0
