"""`echoline load --stamped`: what of a response time was the server's, and what the way's."""

import pytest

from load_run import completed, measured

MS = 1_000_000  # ns


def test_a_plain_server_has_the_lesser_part_of_a_response_time(daemon):
    run = completed("-n", 3000, "-c", 5, "--stamped", daemon.target("line"))
    assert run.requests == 3000
    parts, service = run.results["stamped"], run.results["service_ns"]
    assert parts["longer"] == 0
    assert parts["server_ns"]["count"] == parts["way_ns"]["count"] == service["count"] == 3000
    assert parts["server_ns"]["p50"] < service["p50"] / 2
    # Both are parts of the whole.
    assert parts["server_ns"]["mean"] + parts["way_ns"]["mean"] == pytest.approx(
        service["mean"], rel=0.01
    )
    assert run.results["plan"]["payload"]["stamped"]
    assert "\nin server " in run.summary and "\non the way   there and back: " in run.summary


@pytest.mark.parametrize("direction", ["input", "output"])
def test_what_holds_lines_and_replies_up_is_of_the_way(start_faulty, direction):
    daemon = start_faulty("line", f"delay 20ms every line of {direction}")
    run = completed("-n", 40, "-c", 2, "--stamped", daemon.target("line"))
    parts = run.results["stamped"]
    assert parts["way_ns"]["min"] > 19 * MS
    assert parts["server_ns"]["p50"] < 5 * MS


def test_requests_that_wait_for_one_another_in_the_server_are_in_its_time(daemon):
    """A reply is written behind those of the lines that came with its own, one after the other."""
    target = daemon.target("line")
    one = completed("-n", 2000, "-c", 1, "--stamped", target)
    many = completed("-n", 20000, "-c", 1, "-p", 100, "--stamped", target)
    assert many.requests == 20000
    assert many.results["stamped"]["server_ns"]["p50"] > one.results["stamped"]["server_ns"]["p50"]


def test_without_stamps_there_are_none(daemon):
    run = completed("-n", 50, "--protocol", "line", daemon.target("line"))
    assert run.results["stamped"] is None and "in server" not in run.summary


def test_a_service_that_has_no_stamps_has_failed(daemon):
    run = measured("-n", 50, "-c", 1, "--protocol", "line", "--stamped", daemon.target("echo"))
    assert run.returncode == 1 and run.requests == 0
    assert run.errors["mismatch"]
