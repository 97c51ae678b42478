"""`echoline doctor`: what it examines only where it is told of it: a proxy's reload, and the headers of the
PROXY protocol that a proxy sends or takes."""

import pytest

from daemon import listener
from examined import check_that_it_is_found, doctor, origin, through, verdicts
from header_mutants import Introduces, TakesHeader, TellsHeaderOfVersion2On, TellsHeaderOn
from middle import Proxy
from mutants import faults
from reload_mutants import Reloads


@pytest.mark.parametrize("kind, cases", faults("9.", "10.", "13."))
def test_a_fault_is_found_by_the_case_that_is_for_it(kind, cases, found):
    check_that_it_is_found(cases, found(kind, cases))


OTHERS = ("1.1", "1.2", "1.3", "1.4", "1.10", "2.5", "3.1", "3.12", "4.1", "4.4", "11.*")


@pytest.mark.parametrize("kind, cases", [
    (Introduces, (*OTHERS, "10.*")),
    (TakesHeader, (*OTHERS, "13.*")),
    (TellsHeaderOn, (*OTHERS, "10.*", "13.*")),
    (TellsHeaderOfVersion2On, ("10.*", "13.*")),
    (Reloads, ("9.1", "9.2", "9.3")),
    (Reloads, ("9.4", "9.5", "9.6")),
])
def test_a_right_proxy_passes_what_is_asked_of_it(kind, cases, found):
    done, results = found(kind, cases)
    assert done.returncode == 0
    assert not verdicts(results, "fail", "not strict")
    passed = verdicts(results, "pass")
    for group in cases:
        if group.endswith(".*"):
            assert len([number for number in passed if number.startswith(group[:-1])]) >= 1, results
    # Of another version of the header, or where it is its own.
    assert set(verdicts(results, "skipped")) <= {"10.8", "13.2", "13.5"}


def test_a_reload_that_fails_is_told():
    with Proxy(origin()) as proxy:
        command = "echo no such; echo configuration >&2; exit 3"
        done, cases = through(proxy, "--quick", "--only", "9.1", "--reload-command", command)
    assert done.returncode == 1
    assert cases["9.1"]["verdict"] == "fail"
    assert cases["9.1"]["finding"] == "the reload command ended with exit code 3: configuration"
    assert f"--reload-command '{command}'" in cases["9.1"]["again"]


def test_what_was_not_asked_for_is_skipped_and_says_by_which_option():
    with Proxy(origin()) as proxy:
        _, cases = through(proxy, "--quick", "--only", "1.1", "--only", "9.1", "--only", "10.1", "--only", "13.1")
    skipped = verdicts(cases, "skipped")
    assert list(skipped) == ["9.1", "10.1", "13.1"]
    for number, option in {"9.1": "--reload-command", "10.1": "--expect-proxy", "13.1": "--proxy"}.items():
        assert option in skipped[number]


def test_a_header_that_comes_or_not_otherwise_than_it_was_said_is_told_at_once():
    with Introduces(origin()) as proxy:
        where = "%s:%d" % proxy.origin
        unsaid = doctor("--through", proxy.address, "--origin", where, "--only", "1.1")
    assert unsaid.returncode == 1 and "begin with a PROXY header; give --expect-proxy" in unsaid.stderr
    with Proxy(origin()) as proxy:
        where = "%s:%d" % proxy.origin
        missing = doctor("--through", proxy.address, "--origin", where, "--only", "1.1", "--expect-proxy")
    assert missing.returncode == 1 and "sends no PROXY header" in missing.stderr


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_our_own_daemon_takes_headers_as_it_must(start_daemon, version):
    daemon = start_daemon(listener("line", proxy=["127.0.0.1"]))
    daemon.sessions_may_fail = True
    target = daemon.target("line")
    done = doctor("--strict", "--quick", "--protocol", "line", "--proxy", version, "--only=12.*", "--only=13.*", target)
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    assert "0 failed" in done.stdout
