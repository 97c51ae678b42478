"""`echoline load` against the real daemon: it sends and receives what it was asked to."""

import os
import resource
import time

import pytest

from deadline import until
from load_run import completed
from sanitized import PATIENCE, scaled


@pytest.mark.parametrize("threads", [1, 2])
def test_every_request_of_a_fixed_number_is_answered(daemon, threads):
    count = scaled(20000)
    run = completed("-n", count, "-c", 20, "-t", threads, daemon.target("echo"))
    assert run.requests == count


def test_a_run_lasts_as_long_as_is_asked(daemon):
    start = time.monotonic()
    run = completed("-d", "500ms", "-c", 5, daemon.target("echo"))
    assert 0.5 <= time.monotonic() - start < 0.5 + 5 * PATIENCE
    assert run.requests > 100 and run.results["length_s"] >= 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        ["-s", "1"],
        ["-s", "1..3000", "-p", "20"],
        ["-s", "100KiB", "-p", "3"],
        ["--warmup", "100ms"],
        ["--connect-rate", "200"],
        ["--bind", "127.0.0.2,127.0.0.3"],
        ["--nodelay", "off"],
        ["--busy-poll", "50us"],
        ["--no-verify"],
    ],
    ids=" ".join,
)
def test_echo_in_many_ways(daemon, arguments):
    assert completed("-n", 1000, "-c", 10, *arguments, daemon.target("echo")).requests == 1000


@pytest.mark.parametrize(
    "arguments, microseconds",
    [
        (["--busy-poll", "50us"], 50),
        (["--busy-poll", "0s"], 0),
        (["--threads", os.cpu_count(), "-c", os.cpu_count()], 0),
    ],
    ids=["as it is told", "not at all", "not with every processor"],
)
def test_before_a_request_is_due_a_thread_spins(daemon, arguments, microseconds):
    run = completed("-r", 500, "-n", 50, *arguments, daemon.target("echo"))
    assert run.requests == 50
    assert run.results["plan"]["awake_before_due_us"] == microseconds


def test_a_file_is_sent_as_it_is(daemon, tmp_path):
    payload = tmp_path / "payload"
    payload.write_bytes(bytes(range(256)) * 300)
    run = completed("-n", 100, "-c", 5, "--payload", payload, daemon.target("echo"))
    assert run.requests == 100
    assert run.results["bytes_sent"] == run.results["bytes_received"] == 100 * 76800


@pytest.mark.parametrize(
    "arguments",
    [
        ["--protocol", "line"],
        ["--protocol", "line", "-s", "3000"],
        ["--line", "ECHO {seq} {random:32}"],
        ["--line", "ping {connection}"],
        ["--line", "HELP"],
    ],
    ids=" ".join,
)
def test_lines(daemon, arguments):
    run = completed("-n", 500, "-c", 5, "-p", 4, *arguments, daemon.target("line"))
    assert run.requests == 500


def test_a_rate_is_kept(daemon):
    run = completed("-r", "1k", "-n", 1000, "-c", 10, daemon.target("echo"))
    assert run.requests == 1000
    assert 0.99 <= run.results["length_s"] < 1 + 2 * PATIENCE
    assert run.results["response_ns"]["count"] == run.results["service_ns"]["count"] == 1000


@pytest.mark.parametrize(
    "stages",
    [
        ["--ramp", "0:2k:500ms"],
        ["--step", "1k:250ms", "--hold", "250ms"],
        ["--ramp", "0:1200:200ms", "--step", "1900:100ms", "--ramp", "1900:0:200ms"],
    ],
    ids=" ".join,
)
def test_stages_last_as_long_as_they_say(daemon, stages):
    run = completed(*stages, "-c", 5, daemon.target("echo"))
    # The last one is due at the very end, or just behind it.
    assert run.requests + run.results["unsent"] in (500, 501)
    assert run.results["asked_rate"] == pytest.approx(1000)


def test_ramps_steps_and_holds_come_in_the_order_given(daemon):
    profile = ["--step", "100:50ms", "--ramp", "100:900:100ms", "--hold", "50ms", "--step", "1k:50ms"]
    plan = completed(*profile, "-c", 5, daemon.target("echo")).results["plan"]
    assert [(s["from"], s["to"], s["time_s"]) for s in plan["stages"]] == [
        (100, 100, 0.05),
        (100, 900, 0.1),
        (900, 900, 0.05),
        (1000, 1000, 0.05),
    ]
    assert plan["duration_s"] == 0.25


def test_churn_takes_a_number_of_requests_for_each_connection(daemon):
    run = completed("-n", 500, "-c", 10, "--churn", 10, daemon.target("echo"))
    assert run.requests == 500
    # Each of the ten may be in the midst of one at the end.
    assert 50 <= run.results["connections_opened"] <= 59
    assert run.results["plan"]["requests_per_connection"] == 10


def test_connections_may_end_with_a_reset(daemon):
    run = completed("-n", 20, "-c", 2, "--close", "reset", "--churn", daemon.target("echo"))
    assert (run.requests, run.results["errors"]["total"]) == (20, 0)
    assert run.results["plan"]["requests_per_connection"] == 1
    until(
        lambda: sum("reset" in str(event) for event in daemon.events("session")) >= 20,
        10 * PATIENCE,
        "20 sessions that were reset",
    )


def test_churn_connects_for_each_request(daemon):
    run = completed("--churn", "-n", 500, "-c", 10, daemon.target("echo"))
    assert run.requests == run.results["connections_opened"] == 500
    # One more looked whether anybody is there, and said nothing.
    until(lambda: len(daemon.events("session")) == 500, 10 * PATIENCE, "the end of 500 sessions")


def test_discard_takes_what_is_sent(daemon):
    run = completed(
        "--protocol", "discard", "-n", 1000, "-s", 1000, "-c", 5, daemon.target("discard")
    )
    assert run.requests == 1000
    assert run.results["bytes_sent"] == 1000000 and run.results["bytes_received"] == 0


def test_chargen_is_received_and_verified(daemon):
    run = completed("--protocol", "chargen", "-d", "200ms", "-c", 2, daemon.target("chargen"))
    assert run.requests > 0 and not any("RFC 864" in note for note in run.results["notes"])


def test_over_a_unix_socket(start_daemon, tmp_path):
    start_daemon(arguments=["--listen", f"echo=unix:{tmp_path}/echo"])
    assert completed("-n", 100, "-c", 5, f"unix:{tmp_path}/echo").requests == 100


def test_a_soft_limit_on_files_is_raised(daemon):
    def limit():
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (128, hard))

    run = completed("-c", 300, "-n", 300, daemon.target("echo"), preexec_fn=limit)
    assert run.requests == 300
