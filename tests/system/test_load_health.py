"""`echoline load` knows what it has measured: the service, or itself."""

import signal
import time

import pytest

from load_run import completed, running


@pytest.mark.parametrize("loop", [[], ["-r", "500"]], ids=["closed loop", "open loop"])
def test_a_generator_that_was_stopped_is_found_out(daemon, loop):
    with running("-c", "5", "-d", "3s", *loop, daemon.target("echo")) as load:
        load.wait_for_interval()
        load.send_signal(signal.SIGSTOP)
        time.sleep(0.7)
        load.send_signal(signal.SIGCONT)
        run = load.end()
    assert run.returncode == 4
    assert any("stood still for" in reason for reason in run.results["invalid"])
    assert run.results["generator"]["standstills"]["longest_s"] >= 0.6


def test_time_on_a_processor_is_time_on_a_processor(daemon):
    run = completed("-c", 5, "-d", "1s", "--busy-poll", "1s", daemon.target("echo"))
    generator = run.results["generator"]
    assert generator["thread_spun"][0] <= generator["thread_busy"][0] <= 1
    assert generator["thread_busy"][0] > 0.05
    assert generator["local_target"] and generator["processors"]["online"] >= 1
