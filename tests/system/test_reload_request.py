"""The request for a reload, or for the counters: who is told, what meanwhile, what wins."""

import os
import signal
import time

import pytest

from daemon import listener
from deadline import until
from manager import Manager
from peer import PING, PONG, Peer, answers
from sanitized import PATIENCE


def test_reloading_is_told_before_it_begins_and_ready_when_it_is_over(start_daemon, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        daemon = start_daemon(listener("line"), environment=manager.environment)
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        assert daemon.reload(listener("line"))
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        names = [line.partition("=")[0] for line in manager.told()]
        assert names == ["READY", "STATUS", "RELOADING", "MONOTONIC_USEC", "STATUS", "READY", "STATUS"]
        [when] = map(int, manager.values("MONOTONIC_USEC"))
        assert before <= when <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def test_without_a_file_there_is_nothing_to_reload(start_daemon, tmp_path):
    with Manager(str(tmp_path / "notify")) as manager:
        arguments = ["--listen", "line=127.0.0.1:0"]
        daemon = start_daemon(arguments=arguments, environment=manager.environment)
        daemon.request_reload()
        until(lambda: daemon.events("nothing-to-reload"), 20 * PATIENCE)
        # Who asked for it is not left waiting.
        until(lambda: manager.values("READY") == ["1", "1"], 20 * PATIENCE)
        assert manager.values("RELOADING") == ["1"]
        assert answers(daemon.address("line"))


@pytest.fixture
def slow_file(start_daemon):
    """A daemon whose file takes until it is written to be read."""
    daemon = start_daemon('shutdown_grace = "20s"\n' + listener("line"))
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    return daemon


def test_a_file_that_takes_long_to_read_holds_nobody_up(slow_file):
    with Peer(slow_file.address("line")) as peer:
        slow_file.request_reload()
        until(lambda: slow_file.events("reloading"), 20 * PATIENCE)
        assert [peer.ask(PING) for _ in range(10)] == [PONG] * 10
        assert answers(slow_file.address("line"))
        slow_file.config_file.write_text(listener("line"))
        until(lambda: slow_file.events("reloaded"), 20 * PATIENCE)


def test_a_stop_during_a_reload_wins(slow_file, reliability):
    slow_file.request_reload()
    until(lambda: slow_file.events("reloading"), 20 * PATIENCE)
    with Peer(slow_file.address("line")) as peer:
        assert peer.ask(PING) == PONG
        slow_file.signal(signal.SIGTERM)
        assert peer.read_to_end() == b""
        asked = time.monotonic()
    # Nobody ever writes the file.
    assert slow_file.wait(0.3 + 0.7 * PATIENCE) == 0
    seconds = time.monotonic() - asked
    assert not slow_file.events("reloaded")
    reliability(15, f"TERM during a reload: the end after {seconds * 1000:.0f} ms, exit 0")


def test_requests_during_a_reload_are_one_more_reload(slow_file):
    slow_file.request_reload()
    until(lambda: slow_file.events("reloading"), 20 * PATIENCE)
    for _ in range(10):
        slow_file.request_reload()
        assert answers(slow_file.address("line"))  # so that each has been seen
    slow_file.config_file.write_text(listener("line"))
    until(lambda: len(slow_file.events("reloading")) == 2, 20 * PATIENCE)
    slow_file.config_file.write_text(listener("line"))
    until(lambda: len(slow_file.events("reloaded")) == 2, 20 * PATIENCE)
    time.sleep(0.5)  # for what must not come
    assert len(slow_file.events("reloading")) == 2


def test_the_counters_are_logged_on_request(start_daemon):
    daemon = start_daemon(listener("line"))
    with Peer(daemon.address("line")) as peer:
        names = list(peer.stats())
        daemon.request_counters()
        until(lambda: daemon.events("counters"), 20 * PATIENCE)
    [line] = daemon.events("counters")
    assert list(line.fields) == names
    assert line["connections_active"] == "1"
