"""One image, and one container of it, for the whole run."""

import io
import tarfile
import tomllib
from pathlib import Path

import pytest

from container import Container, OciArchive, build, docker_config, why_not
from sanitized import SANITIZED


def pytest_collection_modifyitems(items):
    reason = "the image is not for sanitizers" if SANITIZED else why_not()
    if reason is not None:
        skip = pytest.mark.skip(reason=f"NOT RUN, no container image: {reason}")
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def archives(tmp_path_factory):
    return build(tmp_path_factory.mktemp("image"))


@pytest.fixture(scope="session")
def image(archives):
    return OciArchive(archives["oci"])


@pytest.fixture(scope="session")
def config(archives):
    """How it is run, as Docker has it."""
    return docker_config(archives["docker"])


@pytest.fixture(scope="session")
def root(image, tmp_path_factory):
    """What is in it, unpacked."""
    root = tmp_path_factory.mktemp("container") / "root"
    for layer in image.manifest["layers"]:
        with tarfile.open(fileobj=io.BytesIO(image.blob(layer))) as files:
            files.extractall(root, numeric_owner=True)
    return root


@pytest.fixture(scope="session")
def container(root, config):
    with Container(root, config) as container:
        yield container


@pytest.fixture(scope="session")
def settings(container, config):
    """The daemon's configuration that is in effect in it."""
    done = container.run(*config["Entrypoint"], *config["Cmd"], "--print-config")
    assert done.returncode == 0, done.stderr
    return tomllib.loads(done.stdout)


@pytest.fixture(scope="session")
def listeners(settings):
    """The port of each listener of it, by name."""
    return {row["name"]: int(row["address"].rpartition(":")[2]) for row in settings["listener"]}
