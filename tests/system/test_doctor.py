"""`echoline doctor`: against our own daemon everything passes; its reports, its list, its errors."""

import json
import re
import signal
import socket
import subprocess
import xml.etree.ElementTree as xml

import pytest

from daemon import listener
from examined import doctor, origin, through
from full import FULL
from middle import Proxy
from mutants import EatsHalfCloseOfOrigin, TurnsResetIntoFin
from peer import free_port
from program import ECHOLINE, echoline


@pytest.mark.parametrize("protocol", ["echo", "line"])
def test_everything_passes_against_our_own_daemon(start_daemon, protocol):
    daemon = start_daemon(listener(protocol))
    # Clients that reset are what it examines.
    daemon.sessions_may_fail = True
    done = doctor("--strict", "--quick", "--protocol", protocol, daemon.target(protocol))
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    passed = re.search(r"^(\d+) passed, 0 failed, 0 not strict, \d+ informational, \d+ skipped", done.stdout, re.M)
    assert passed and int(passed[1]) > 10, done.stdout
    skipped = re.findall(r"^  (\S+) +skipped", done.stdout, re.M)
    assert all(number.startswith("13.") or number == "2.14" for number in skipped)


def test_a_failure_is_told_with_what_was_seen_and_its_command_finds_it_again():
    with TurnsResetIntoFin(origin()) as proxy:
        where = "%s:%d" % proxy.origin
        done = doctor("--through", proxy.address, "--origin", where, "--quick", "--only", "4.1")
        assert done.returncode == 1
        assert "broken in 3 of 3 tries" in done.stdout
        assert re.search(r'^ +\d+\.\d{3} ms  near  sent 8 octets "request\\n"$', done.stdout, re.M)
        assert "ms  near  sent RST\n" in done.stdout and "ms  far  saw FIN\n" in done.stdout
        again = re.search(r"^  Again: echoline (.*)$", done.stdout, re.M)[1]
        assert echoline(*again.split(), seconds=120).returncode == 1


@pytest.mark.skipif(not FULL, reason="4 GiB take a minute")
def test_an_echo_of_more_than_32_bits_can_count_is_checked_in_little_memory(start_daemon):
    daemon = start_daemon(listener("echo"))
    done = doctor("--long", "--only", "2.14", daemon.target("echo"), seconds=1200)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout


@pytest.mark.parametrize(
    "config, others",
    [
        ("[access]\nmax_per_source = 7\n" + listener("line"), "another source then"),
        (listener("line", max_connections=7), "no other source then"),
    ],
)
def test_a_limit_of_one_source_is_told_apart_from_a_limit_of_all(start_daemon, config, others):
    daemon = start_daemon(config)
    done = doctor("--only", "8.5", "--protocol", "line", daemon.target("line"))
    assert f"7 of one source are served, and {others}" in " ".join(done.stdout.split())


def test_a_service_that_misses_the_end_fails(start_daemon):
    """discard is no echo."""
    daemon = start_daemon(listener("discard"))
    daemon.sessions_may_fail = True
    done = doctor("--quick", "--only", "3.14", "--only", "3.16", daemon.target("discard"))
    assert done.returncode == 1
    assert "1 passed, 1 failed" in done.stdout


def test_the_reports_for_programs_say_the_same(tmp_path):
    with EatsHalfCloseOfOrigin(origin()) as proxy:
        junit, tap = tmp_path / "junit.xml", tmp_path / "tap"
        done, cases = through(proxy, "--quick", "--only", "3.1", "--only", "3.4", "--junit", junit, "--tap", tap)
    assert done.returncode == 1
    assert {number: case["verdict"] for number, case in cases.items()} == {"3.1": "pass", "3.4": "fail"}
    report = json.loads(done.stdout)
    assert report["format"] == "echoline.doctor/1"
    assert report["counts"]["pass"] == report["counts"]["fail"] == 1
    [suite] = xml.parse(junit).getroot()
    assert suite.attrib["tests"] == "2" and suite.attrib["failures"] == "1"
    assert [case.find("failure") is not None for case in suite] == [False, True]
    lines = tap.read_text().splitlines()
    assert lines[1] == "1..2"
    assert lines[2].startswith("ok 1 - 3.1 ") and lines[3].startswith("not ok 2 - 3.4 ")


def test_the_list_has_the_cases_that_are_asked_for():
    whole = doctor("--list")
    assert whole.returncode == 0 and whole.stderr == ""
    assert re.search(r"^3 half-close$", whole.stdout, re.M)
    numbers = re.findall(r"^  (\d+\.\d+) +(?:MUST|SHOULD|INFO) +\w", whole.stdout, re.M)
    assert len(numbers) >= 60 and len(set(numbers)) == len(numbers)
    group = doctor("--list", "--only", "3.*").stdout
    assert re.findall(r"^\d+ (.*)$", group, re.M) == ["half-close"]
    assert len(doctor("--list", "--only", "3.1", "--only", "4.2").stdout.splitlines()) >= 4


@pytest.mark.parametrize(
    "arguments, why",
    [
        ([], "TARGET is missing"),
        (["localhost:1", "localhost:2"], "one is examined at a time"),
        (["unix:/run/x"], "Unix socket"),
        (["--through", ":1"], "go together"),
        (["--origin", ":1"], "go together"),
        (["--through", ":1", "--origin", ":0"], "port 0"),
        (["--through", ":1", "--origin", ":2", ":3"], "takes the place of TARGET"),
        (["--through", ":1", "--origin", ":2", "--protocol", "echo"], "--protocol is for a service"),
        (["--only", "x", ":1"], '"x" is no case'),
        (["--only", "3.99", ":1"], "no case 3.99"),
        (["--only", "12.1", ":1"], "none of these cases"),
        (["--protocol", "chargen", ":1"], '"chargen" is not one of'),
        (["--json", "-", "--tap", "-", ":1"], "only one of them"),
        (["--json", "x", "--tap", "x", ":1"], 'only one of them can be "x"'),
        (["--through", ":1", "--origin", ":1"], "cannot be for itself"),
        (["--htm", "x", ":1"], "--htm"),
        (["--expect-proxy", ":1"], "needs --through"),
        (["--reload-command", "true", ":1"], "needs --origin"),
        (["--proxy", "v3", ":1"], "not one of v1, v2"),
        (["--through", ":1", "--behind", ":2"], "--behind and --admin go together"),
        (["--through", ":1", "--behind", ":2", "--admin", ":3", "--origin", ":4"], "leave out one"),
        (["--behind", ":2", "--admin", ":3"], "go together"),
    ],
)
def test_a_wrong_command_line_is_one_clear_error(arguments, why):
    done = doctor(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert why in done.stderr and len(done.stderr.splitlines()) == 2, done.stderr


def test_where_nothing_can_be_examined_it_is_said_why(tmp_path):
    nobody = f"127.0.0.1:{free_port()}"
    refused = doctor(nobody)
    assert refused.returncode == 1
    assert refused.stderr == f"echoline doctor: {nobody}: Connection refused\n"
    report = tmp_path / "report.json"
    doctor("--json", report, "--only", "1.8", nobody)
    [case] = json.loads(report.read_text())["cases"]
    assert (case["verdict"], case["finding"]) == ("skipped", f"{nobody}: Connection refused")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = "127.0.0.1:%d" % taken.getsockname()[1]
        busy = doctor("--through", nobody, "--origin", where)
    assert busy.returncode == 1
    assert busy.stderr == f"echoline doctor: cannot be the origin: {where}: Address already in use\n"
    folder = doctor("--json", tmp_path, nobody)
    assert folder.returncode == 1 and f"cannot write {tmp_path}" in folder.stderr


def test_a_proxy_that_forwards_elsewhere_is_told_apart():
    other = origin()
    with socket.create_server(("127.0.0.1", 0)) as elsewhere, Proxy(elsewhere.getsockname()) as proxy:
        done = doctor("--through", proxy.address, "--origin", "%s:%d" % other)
    assert done.returncode == 1
    assert "makes no connection to %s:%d" % other in done.stderr


# timeout(1) signals the program, and then its group.
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_reports_what_there_was(tmp_path, number, times):
    with Proxy(origin()) as proxy:
        report = tmp_path / "report.json"
        command = ["doctor", "--through", proxy.address, "--origin", "%s:%d" % proxy.origin]
        with subprocess.Popen(
            [ECHOLINE, *command, "--only", "1.1", "--only", "3.13", "--only", "6.1", "--json", report],
            stdout=subprocess.PIPE,
            text=True,
        ) as popen:
            # 3.13 takes ten seconds.
            read = iter(popen.stdout.readline, "")
            assert any(line.startswith("3 ") for line in read)
            for _ in range(times):
                popen.send_signal(number)
            rest = popen.stdout.read()
        assert popen.returncode == 130
    assert "Interrupted" in rest and "1 passed, 0 failed, 0 not strict, 0 informational, 2 skipped" in rest
    cases = json.loads(report.read_text())["cases"]
    assert [case["verdict"] for case in cases] == ["pass", "skipped", "skipped"]
    assert cases[1]["finding"] == cases[2]["finding"] == "interrupted"


def test_a_proxy_that_goes_away_while_it_is_examined_has_failed():
    with Proxy(origin()) as proxy:
        command = ["doctor", "--through", proxy.address, "--origin", "%s:%d" % proxy.origin]
        popen = subprocess.Popen(
            [ECHOLINE, *command, "--only", "1.1", "--only", "3.3"], stdout=subprocess.PIPE, text=True
        )
        # 3.3 is silent for a while, and goes past the proxy first.
        assert any(line.startswith("3 ") for line in iter(popen.stdout.readline, ""))
    with popen:
        said = popen.stdout.read()
    assert popen.returncode == 1, said
    assert "no connection: Connection refused (broken in 3 of 3)" in " ".join(said.split())


def test_a_proxy_that_changes_octets_is_not_said_to_make_no_connection():
    class Shouting(Proxy):
        def pass_on(self, link, way, data):
            return data.upper()

    with Shouting(origin()) as proxy:
        done = doctor("--through", proxy.address, "--origin", "%s:%d" % proxy.origin)
    assert done.returncode == 1
    assert 'is not what was sent to it, but begins with "DOCTOR IS HERE' in done.stderr
