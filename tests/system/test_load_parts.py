"""The rows of `echoline load`: of each stage of a profile, of each target of several."""

import pytest

from daemon import Daemon, listener
from load_run import completed, load, running


@pytest.fixture
def other(tmp_path_factory):
    """A second daemon, which the test may kill."""
    daemon = Daemon(tmp_path_factory.mktemp("other"), listener("echo"))
    yield daemon
    daemon.kill()


def total(rows, name):
    return sum(row[name] for row in rows)


def test_each_stage_of_a_profile_has_what_was_due_in_it(daemon):
    profile = ["--step", "400:250ms", "--ramp", "400:1200:250ms", "--hold", "250ms"]
    results = completed(*profile, "-c", 5, daemon.target("echo")).results
    stages = results["stages"]
    # A request that is due on the border may count on either side of it.
    assert [stage["offered"] for stage in stages] == [
        pytest.approx(count, abs=2) for count in (100, 200, 300)
    ]
    assert [stage["start_s"] for stage in stages] == [0, 0.25, 0.5]
    for name in ("offered", "requests", "unsent"):
        assert total(stages, name) == results[name]
    assert sum(stage["response_ns"]["count"] for stage in stages) == results["response_ns"]["count"]


def test_a_run_that_ends_before_its_profile_has_the_rows_of_what_it_did(daemon):
    profile = ["--step", "400:250ms", "--step", "800:1h", "--step", "1k:1h", "-d", "500ms"]
    results = completed(*profile, "-c", 5, daemon.target("echo")).results
    assert [stage["length_s"] for stage in results["stages"]] == [0.25, 0.25]


@pytest.mark.parametrize("options", [["-n", 600], ["-n", 600, "-r", "3k"], ["-n", 600, "--churn"]], ids=str)
def test_each_target_has_its_row_and_its_share_of_the_connections(daemon, other, options):
    targets = [daemon.target("echo"), other.target("echo")]
    run = completed(*options, "-c", 6, "-t", 3, *targets)
    rows = run.results["targets"]
    assert [row["target"] for row in rows] == run.results["plan"]["targets"] == targets
    assert total(rows, "requests") == 600 - run.results["unsent"]
    assert all(row["requests"] > 0 and row["errors"]["total"] == 0 for row in rows)
    assert f"\n{targets[0]} " in run.summary and f"\n{targets[1]} " in run.summary
    if "--churn" not in options:
        assert run.results["connections_opened"] == 6


@pytest.mark.parametrize("rate", [[], ["-r", "500"]], ids=["closed loop", "open loop"])
def test_a_target_that_dies_is_told_though_the_other_one_serves(daemon, other, rate):
    targets = [daemon.target("echo"), other.target("echo")]
    allowed = ["--expect", "errors<99%"]
    with running("-d", "4s", "-c", "6", *rate, *allowed, *targets) as load_run:
        load_run.wait_for_interval()
        other.kill()
        run = load_run.end()
    assert run.returncode == 1
    assert any(f"no service at {targets[1]} for" in why for why in run.results["failures"])
    assert run.results["outages"] == [] and run.results["availability"] == 1
    alive, dead = run.results["targets"]
    assert alive["outages"] == [] and alive["connects_failed"] == 0
    assert len(dead["outages"]) == 1 and dead["connects_failed"] > 0
    assert f"\nno service   at {targets[1]} for" in run.summary
    assert alive["offered"] + dead["offered"] + run.results["unsent"] == run.results["offered"]


def test_a_target_where_nobody_listens_keeps_the_run_from_beginning(daemon, other):
    targets = [daemon.target("echo"), other.target("echo")]
    other.kill()
    run = load("-n", 10, *targets)
    assert run.returncode == 1 and f"cannot connect to {targets[1]}: Connection refused" in run.stderr
