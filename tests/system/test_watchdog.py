"""The watchdog's pings: they come while every loop turns, and cease when any of them hangs."""

import signal
import time

import pytest

from daemon import listener
from deadline import until
from manager import Manager
from peer import Peer
from sanitized import PATIENCE
from thread import HungThread, threads

PING = "WATCHDOG=1"
TIMEOUT = 0.4 * min(PATIENCE, 4)  # seconds
WORKERS = 3


@pytest.fixture
def manager(tmp_path):
    with Manager(str(tmp_path / "notify"), WATCHDOG_USEC=str(int(TIMEOUT * 1e6))) as manager:
        yield manager


@pytest.fixture
def daemon(start_daemon, manager):
    return start_daemon(f"workers = {WORKERS}\n" + listener("line"), environment=manager.environment)


def pings_within(manager, seconds):
    """How many come in the next `seconds`."""
    before = len(manager.times(PING))
    time.sleep(seconds)
    return len(manager.times(PING)) - before


def worker_thread(daemon, number):
    """The thread of worker 1, which is the process's first, or of another."""
    if number == 1:
        return daemon.pid

    def named():
        return [id for id, name in threads(daemon.pid).items() if name == f"worker-{number}"]

    # It names itself, which may be after the daemon has said that it is ready.
    [thread] = until(named, 20 * PATIENCE, "the worker's name")
    return thread


def test_a_daemon_that_is_well_pings_twice_in_each_timeout(daemon, manager):
    until(lambda: len(manager.times(PING)) >= 6, 60 * PATIENCE, "six pings")
    times = manager.times(PING)
    # None early, however late some may be on a busy machine.
    assert times[-1] - times[0] > (len(times) - 1) * TIMEOUT / 2 * 0.9


@pytest.mark.parametrize("number", range(1, WORKERS + 1))
def test_the_pings_cease_while_a_worker_hangs_and_come_back_with_it(daemon, manager, number):
    until(lambda: len(manager.times(PING)) >= 2, 20 * PATIENCE, "two pings")
    with HungThread(worker_thread(daemon, number)):
        # One may have been earned before it hung.
        assert pings_within(manager, 3 * TIMEOUT) <= 1
        assert pings_within(manager, 2 * TIMEOUT) == 0
        if number != 1:
            # The log says which; the first worker cannot, as it would be the one to say so.
            assert [line["worker"] for line in daemon.events("worker-hangs")] == [str(number)]
    until(lambda: pings_within(manager, TIMEOUT) >= 1, 20 * PATIENCE, "a ping")


def test_a_connection_that_is_busy_does_not_hold_up_the_pings(daemon, manager):
    with Peer(daemon.address("line")) as peer:
        for _ in range(20):
            peer.send(b"PING\r\n" * 10_000)
            peer.read_exactly(len(b"+PONG\r\n") * 10_000)
    until(lambda: pings_within(manager, TIMEOUT) >= 1, 20 * PATIENCE, "a ping")


def test_a_stop_that_hangs_is_given_no_more_time_than_the_grace(start_daemon, manager):
    config = f'workers = {WORKERS}\nshutdown_grace = "1500ms"\n' + listener("line")
    daemon = start_daemon(config, environment=manager.environment)
    with HungThread(worker_thread(daemon, WORKERS)):
        daemon.signal(signal.SIGTERM)
        manager.await_value("STOPPING", "1")
        time.sleep(4)
        # At once and after a second; the loop that is well goes on for as long as the other hangs.
        assert 1 <= len(manager.values("EXTEND_TIMEOUT_USEC")) <= 2
        assert daemon.is_running()
    assert daemon.wait(30 * PATIENCE) == 0


def test_a_timeout_too_short_to_be_kept_does_not_make_it_spin(start_daemon, manager):
    daemon = start_daemon(
        listener("line"), environment={**manager.environment, "WATCHDOG_USEC": "1"}
    )
    until(lambda: len(manager.times(PING)) >= 50, 60 * PATIENCE, "fifty pings")
    times = manager.times(PING)
    # One in 10 ms, however unevenly they are read here.
    assert times[-1] - times[0] > (len(times) - 1) * 0.005
    [warning] = daemon.events("watchdog")
    assert warning["what"] == "WATCHDOG_USEC=1 is too short: a watchdog ping is sent every 10 ms"


@pytest.mark.parametrize(
    "environment",
    [{"WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "soon"}],
    ids=lambda environment: "".join(map("=".join, environment.items())),
)
def test_there_are_no_pings_where_nobody_asked_for_them(start_daemon, manager, environment):
    start_daemon(listener("line"), environment={**manager.environment, **environment})
    manager.await_value("READY", "1")
    assert pings_within(manager, 2 * TIMEOUT) == 0
