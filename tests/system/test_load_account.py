"""`echoline load` against services that die, hang or are none: no run passes that should not."""

import os
import re
import signal
import subprocess
import time

import pytest

from daemon import Daemon, listener
from load_run import DONE, measured, running
from program import ECHOLINE
from sanitized import PATIENCE
from service import Service


@pytest.fixture
def mortal(tmp_path):
    """A daemon that is killed in the test."""
    daemon = Daemon(tmp_path, listener("echo"))
    yield daemon
    daemon.kill()


def balanced(run):
    """The run, whose account adds up."""
    results = run.results
    assert results["offered"] == results["requests"] + results["errors"]["total"]
    assert results["errors"]["total"] == results["failed"] + results["unsent"]
    return run


def is_failed(run, reason):
    return run.returncode == 1 and any(reason in why for why in run.results["failures"])


def killed_in_a_run(daemon, *arguments):
    """A run in which the daemon is killed after a second."""
    with running("-d", "4s", "-c", "5", *arguments, daemon.target("echo")) as load_run:
        load_run.wait_for_interval()
        daemon.kill()
        return balanced(load_run.end())


@pytest.mark.parametrize("rate", [[], ["-r", "1k"]], ids=["closed loop", "open loop"])
def test_a_service_that_dies_fails_the_run_and_it_is_said_from_when_on(mortal, rate):
    run = killed_in_a_run(mortal, *rate, "--expect", "errors<99%")
    assert is_failed(run, "there was no service for")
    [outage] = run.results["outages"]
    assert 0.9 < outage["start_s"] < 3 and outage["length_s"] >= 1
    assert run.results["availability"] < 0.9
    assert "no service   for" in run.summary
    assert run.results["connects_failed"] > 5
    assert "Connection refused" in run.results["error_examples"]["connect"]


def test_requests_that_were_due_and_not_sent_are_errors_with_a_name_of_their_own(mortal):
    run = killed_in_a_run(
        mortal, "-r", "1k", "--expect", "availability>=1%", "--expect", "unsent=0"
    )
    assert run.returncode in (3, 4)
    assert run.results["unsent"] == run.errors["unsent"] > 500
    assert run.results["offered"] == 4000
    assert run.results["response_ns"]["count"] == 4000
    assert re.search(r"missed +unsent=0, was [\d,]+\n", run.summary)


def test_a_service_that_hangs_is_an_outage_and_its_requests_are_in_the_times():
    def serve(connection, _):
        for _ in range(100):
            connection.sendall(connection.recv(65536))
        while connection.recv(65536):
            pass

    with Service(serve) as service:
        run = balanced(measured("-r", "200", "-c", 1, "-d", "2s", "-W", "1500ms", service.target))
    assert is_failed(run, "there was no service for")
    assert run.requests == 100 and run.errors.keys() == {"timeout", "unsent"}
    assert run.results["response_ns"]["count"] == 400
    # The first that was not answered waited for its time-out, and the next ones as long.
    assert run.results["response_ns"]["max"] > 1.5e9
    assert run.results["service_ns"]["count"] == 101


def test_a_service_that_loses_more_than_a_tenth_fails_the_run_unless_that_is_allowed():
    def serve(connection, _):
        for _ in range(4):
            connection.sendall(connection.recv(65536))
        connection.recv(65536)

    with Service(serve) as service:
        run = balanced(measured("-n", 100, "-c", 1, service.target))
        assert is_failed(run, "20.0 % of the requests were errors")
        assert run.errors == {"closed": 20}
        run = measured("-n", 100, "-c", 1, "--expect", "success>=80%", service.target)
        assert run.returncode in DONE
        run = measured("-n", 100, "-c", 1, "--expect", "success>80%", service.target)
        assert run.returncode in (3, 4)


def test_another_protocol_ends_the_run_and_what_came_is_shown(daemon):
    start = time.monotonic()
    run = balanced(measured("-d", "1h", "-c", 20, daemon.target("line")))
    assert time.monotonic() - start < 20 * PATIENCE
    assert is_failed(run, "the replies are not those of --protocol echo")
    assert run.results["connections_opened"] < 200
    assert b"-ERR" in bytes.fromhex(run.results["mismatches"][0]["got_hex"])


@pytest.mark.parametrize("limit, reason", [("3", "4 errors"), ("1%", "errors of")])
def test_too_many_errors_end_the_run(limit, reason):
    def serve(connection, _):
        for _ in range(20):
            connection.sendall(connection.recv(65536))
            time.sleep(0.01)
        connection.recv(65536)

    with Service(serve) as service:
        run = balanced(measured("-d", "1h", "-c", 1, "--max-errors", limit, service.target))
    assert is_failed(run, "more than --max-errors allows")


def test_a_service_that_is_gone_for_good_ends_the_run(mortal):
    patience = ["-W", "500ms", "--connect-timeout", "500ms"]
    with running("-d", "1h", "-c", "5", *patience, mortal.target("echo")) as load_run:
        load_run.wait_for_interval()
        mortal.kill()
        run = balanced(load_run.end())
    assert is_failed(run, "ended early: nothing was answered for the last")


def test_a_rate_that_nobody_reaches_keeps_its_time_and_little_memory(daemon):
    command = [ECHOLINE, "load", "-q", "-d", "1s", "-r", "1000M", "-c", "5", daemon.target("echo")]
    start = time.monotonic()
    popen = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    summary = popen.stdout.read()
    _, _, usage = os.wait4(popen.pid, 0)
    popen.stdout.close()
    assert time.monotonic() - start < 3 * PATIENCE
    assert usage.ru_maxrss < 100 * 1024 * PATIENCE
    assert re.search(r"offered 1,000,000,000 = ", summary)


def test_a_rate_that_nobody_reaches_ends_on_a_signal(daemon):
    with running("-d", "1h", "-r", "1000M", "-c", "5", daemon.target("echo")) as load_run:
        load_run.wait_for_interval()
        load_run.send_signal(signal.SIGINT)
        start = time.monotonic()
        run = balanced(load_run.end())
    assert run.returncode == 130
    assert time.monotonic() - start < 3 * PATIENCE
