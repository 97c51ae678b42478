"""A machine for the whole run, with the package of the build under test installed."""

import contextlib
from pathlib import Path

import pytest

from installed import make_package
from machine import Machine, Unbootable, why_not
from namespace import network_of
from sanitized import SANITIZED
from units import INSTANCES, METRICS, SERVICES, SOCKETS


def pytest_collection_modifyitems(items):
    """Where no machine can be booted, all that needs one is skipped, and says why."""
    reason = "the package is not for sanitizers" if SANITIZED else why_not()
    if reason is not None:
        skip = pytest.mark.skip(reason=f"NOT RUN, no systemd is booted: {reason}")
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The Debian package of the build under test."""
    return make_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def booted(tmp_path_factory):
    with contextlib.ExitStack() as stack:
        try:
            machine = stack.enter_context(Machine(tmp_path_factory.mktemp("machine")))
        except Unbootable as error:
            reason = str(error).partition("\n")[0]
            pytest.skip(f"NOT RUN, no systemd is booted: {reason}")
        yield machine


@pytest.fixture(scope="session")
def fresh(booted, package):
    """The machine with the package installed, and nothing else done to it."""
    booted.install(package)
    return booted


@pytest.fixture
def machine(fresh):
    """The same; sockets made in the test are its network's. What the test has started, enabled and
    changed is undone."""
    config = fresh.path("/etc/echoline/echoline.toml").read_text()
    with network_of(fresh.pid):
        yield fresh
    units = " ".join((*SOCKETS, METRICS, *SERVICES))
    fresh.run(
        "sh", "-e", "-c",
        f"systemctl --quiet disable --now {units}; systemctl stop '{INSTANCES}'; "
        "rm -rf /run/systemd/system/echoline*; systemctl daemon-reload; systemctl reset-failed",
    )  # fmt: skip
    fresh.write("/etc/echoline/echoline.toml", config)
