"""What the daemon tells its service manager, and when: sd_notify(3)."""

import os
import signal
import socket
import time

import pytest

from daemon import listener
from deadline import until
from manager import Manager
from peer import Peer
from program import echolined
from sanitized import PATIENCE

TWO = 'shutdown_grace = "20s"\n' + listener("echo") + listener("line")


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    names = {"path": str(tmp_path / "notify"), "abstract": f"@echoline-test-{os.getpid()}"}
    with Manager(names[request.param]) as manager:
        yield manager


def status_of(daemon, connections):
    places = [f"{name} 127.0.0.1:{daemon.port(name)}" for name in ("echo", "line")]
    return f"{', '.join(places)}; {connections}"


def test_ready_is_told_once_and_with_every_port_open(start_daemon, manager):
    daemon = start_daemon(TWO, environment=manager.environment)
    manager.await_value("READY", "1")
    for name in ("echo", "line"):
        with Peer(daemon.address(name)):
            pass
    assert manager.told()[:2] == ["READY=1", "STATUS=" + status_of(daemon, "0 connections")]
    assert daemon.stop() == 0
    assert manager.values("READY") == ["1"]


def test_a_daemon_that_cannot_listen_is_never_ready(start_daemon, tmp_path):
    port = start_daemon(listener("echo")).port("echo")
    with Manager(str(tmp_path / "notify")) as manager:
        arguments = ("--listen", "line=127.0.0.1:0", "--listen", f"echo=127.0.0.1:{port}")
        environment = {**os.environ, **manager.environment}
        assert echolined(*arguments, env=environment).returncode == 1
        time.sleep(0.2)  # for what must not come
        assert manager.told() == []


def test_the_status_follows_the_connections(start_daemon, manager):
    daemon = start_daemon(TWO, environment=manager.environment)
    with Peer(daemon.address("echo")):
        manager.await_value("STATUS", status_of(daemon, "1 connection"))
        with Peer(daemon.address("line")):
            manager.await_value("STATUS", status_of(daemon, "2 connections"))
    until(lambda: manager.values("STATUS")[-1] == status_of(daemon, "0 connections"), 20 * PATIENCE)


def test_a_status_that_stays_the_same_is_told_once(start_daemon, manager):
    daemon = start_daemon(TWO, environment=manager.environment)
    time.sleep(2.5)
    assert daemon.stop() == 0
    unchanged = [value for value in manager.values("STATUS") if not value.startswith("stopping")]
    assert unchanged == [status_of(daemon, "0 connections")]


def test_stopping_is_told_at_once_and_time_is_asked_for_while_it_lasts(start_daemon, manager):
    daemon = start_daemon(TWO + listener("chargen"), environment=manager.environment)
    # One who reads no more is waited for; one who is idle would not be.
    with Peer(daemon.address("chargen")) as peer:
        assert peer.read_exactly(1)
        assert manager.values("EXTEND_TIMEOUT_USEC") == []
        daemon.signal(signal.SIGTERM)
        manager.await_value("STOPPING", "1")
        assert "stopping; 1 connection" in manager.values("STATUS")
        until(
            lambda: len(manager.values("EXTEND_TIMEOUT_USEC")) >= 3, 20 * PATIENCE, "three requests"
        )
        # Each is longer than the time to the next.
        assert min(map(int, manager.values("EXTEND_TIMEOUT_USEC"))) >= 2_000_000
    assert daemon.wait(30 * PATIENCE) == 0
    assert manager.values("READY") == ["1"]


def test_no_more_time_is_asked_for_than_the_grace(start_daemon, manager):
    config = TWO.replace("20s", "2500ms")
    daemon = start_daemon(config, environment=manager.environment)
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"x")
        daemon.signal(signal.SIGTERM)
        assert daemon.wait(30 * PATIENCE) == 0
    # At the stop, and after a second and two.
    assert 1 <= len(manager.values("EXTEND_TIMEOUT_USEC")) <= 3


@pytest.mark.parametrize(
    "name, warnings",
    [
        ("/no/such/socket", ["cannot be notified: No such file or directory"]),
        ("relative", ["NOTIFY_SOCKET=relative is neither a path that begins with / nor @NAME"]),
        ("@", ["NOTIFY_SOCKET=@ names no socket: it is a path that begins with /, or @NAME"]),
        ("/", ["NOTIFY_SOCKET=/ names no socket: it is a path that begins with /, or @NAME"]),
        ("", []),
        ("/" + 200 * "x", [f"NOTIFY_SOCKET=/{200 * 'x'} is longer than a socket's name can be"]),
    ],
    ids=["missing", "relative", "no name", "no path", "empty", "long"],
)
def test_a_service_manager_that_cannot_be_reached_is_a_warning(start_daemon, name, warnings):
    daemon = start_daemon(TWO, environment={"NOTIFY_SOCKET": name})
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"
    assert daemon.reload()
    assert daemon.stop() == 0
    # Once, however often it would have been told something.
    assert [line["what"] for line in daemon.events("service-manager")] == warnings


def test_a_service_manager_that_comes_back_is_told_how_things_are(start_daemon, tmp_path):
    path = str(tmp_path / "notify")
    daemon = start_daemon(TWO, environment={"NOTIFY_SOCKET": path})
    until(lambda: daemon.events("service-manager"), 20 * PATIENCE, "the warning")
    with Manager(path) as manager:
        manager.await_value("READY", "1")
    assert daemon.reload()
    assert [line.level for line in daemon.events("service-manager")] == 2 * ["warning"]


class Sleeping:
    """A service manager that reads nothing, and whose queue is full but for `room` messages."""

    def __init__(self, path, room):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        self._filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._filler.setblocking(False)
        self.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "20000"}
        try:
            while True:
                self._filler.sendto(b"", path)
        except BlockingIOError:
            pass
        for _ in range(room):
            self._socket.recv(100)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._filler.close()
        self._socket.close()

    def wake(self):
        """Reads from here on; the lines it was told, so far or within a moment."""
        self._socket.settimeout(20 * PATIENCE)
        while True:
            yield from self._socket.recv(1 << 16).decode().splitlines()


@pytest.mark.parametrize("room", [0, 1], ids=["from the start", "after READY=1"])
def test_a_service_manager_that_does_not_read_holds_up_nothing(start_daemon, tmp_path, room):
    with Sleeping(str(tmp_path / "notify"), room) as manager:
        daemon = start_daemon(TWO, environment=manager.environment)
        for _ in range(10):
            with Peer(daemon.address("line")) as peer:
                assert peer.ask(b"PING") == b"+PONG\r\n"
        assert daemon.reload()
        daemon.signal(signal.SIGTERM)
        assert daemon.wait(0.3 + PATIENCE) == 0


def test_a_service_manager_that_wakes_up_is_told_how_things_are(start_daemon, tmp_path):
    with Sleeping(str(tmp_path / "notify"), 0) as manager:
        daemon = start_daemon(TWO, environment=manager.environment)
        assert daemon.reload()
        lines = manager.wake()
        told = (line for line in lines if not line.startswith(("WATCHDOG", "MONOTONIC")))
        # Each in its turn: a manager that has asked for the reload waits for RELOADING=1.
        assert [next(told) for _ in range(3)] == ["READY=1", "RELOADING=1", "READY=1"]
        assert next(told) == "STATUS=" + status_of(daemon, "0 connections")
