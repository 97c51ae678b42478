"""`echoline doctor --behind`: a daemon behind a proxy tells what it has seen of each connection."""

import pytest

from daemon import listener
from examined import doctor
from middle import Proxy
from mutants import TurnsResetIntoFin
from octet_mutants import CorruptsAnOctet
from test_admin import ADMIN

KEPT = ADMIN + listener("echo", keep_ended=True)


@pytest.fixture(name="daemon")
def keeping(start_daemon):
    daemon = start_daemon(KEPT)
    daemon.sessions_may_fail = True
    return daemon


def behind(proxy, daemon, *arguments):
    admin = "%s:%d" % daemon.admin_address()
    where = ["--through", proxy.address, "--behind", daemon.target("echo"), "--admin", admin]
    return doctor(*where, "--quick", "--strict", *arguments)


def test_a_right_proxy_in_front_of_a_daemon_passes(daemon):
    with Proxy(daemon.address("echo")) as proxy:
        done = behind(proxy, daemon, *(f"--only={case}" for case in ("1.8", "3.14", "4.12", "7.*", "14.*")))
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    assert " 0 failed, 0 not strict" in done.stdout
    for case in ("3.14", "4.12", "14.1", "14.2", "14.3", "14.4"):
        assert f"  {case} " in done.stdout


@pytest.mark.parametrize("mutant, case, why", [
    (TurnsResetIntoFin, "14.3", "the service saw fin in place of reset"),
    (CorruptsAnOctet, "14.1", "no connection has ended that had received what was sent"),
])
def test_what_the_daemon_saw_tells_what_a_proxy_does_wrong(daemon, mutant, case, why):
    with mutant(daemon.address("echo")) as proxy:
        done = behind(proxy, daemon, "--only", case)
    assert done.returncode == 1
    assert why in " ".join(done.stdout.split())


@pytest.mark.parametrize("config, why", [
    (ADMIN + listener("echo"), "no listener has keep_ended"),
    (ADMIN + listener("echo", keep_ended=True) + listener("line"), "is no admin's address"),
])
def test_who_cannot_tell_is_named(start_daemon, config, why):
    daemon = start_daemon(config)
    admin = "%s:%d" % daemon.admin_address() if "line" not in config else daemon.target("line")
    echo = daemon.target("echo")
    done = doctor("--through", echo, "--behind", echo, "--admin", admin)
    assert done.returncode == 1
    assert why in done.stderr and admin in done.stderr
