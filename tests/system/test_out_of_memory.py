"""No failing allocation takes more than one session with it, at whatever position it comes."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import time

import pytest

from daemon import listener
from deadline import until
from failing_new import FailingNew
from faulty import faulty
from full import full_or
from peer import Peer
from program import ECHOLINED, echoline
from sanitized import PATIENCE, SANITIZED
from sent_lines import numbers

pytestmark = pytest.mark.skipif(SANITIZED, reason="the sanitizers have an operator new of their own")

SECONDS = 10
CONFIG = 'shutdown_grace = "2s"\nworkers = 2\n' + listener("echo") + listener("line")
FAULTY = CONFIG + faulty("discard", "delay 1ms every 1KiB of input", "reset after 20ms")
LIMITED = 'shutdown_grace = "2s"\nworkers = 1\n' + listener("echo") + listener(
    "line", max_connections=1, at_limit="refuse"
)


def positions(count):
    """Every position up to `count` in a full run, else some fifty, the first ten among them."""
    step = full_or(1, max(1, count // 40))
    return sorted({*range(1, min(count, 10) + 1), *range(1, count + 1, step)})


@pytest.fixture
def failing(tmp_path):
    return FailingNew(tmp_path)


@pytest.fixture
def start(start_daemon, failing):
    def start(config):
        daemon = start_daemon(config, environment=failing.environment)
        daemon.sessions_may_fail = True
        assert failing.calls() > 0
        return daemon

    return start


def quietly(action):
    """Does it; that the connection ends instead is as well, that nothing happens is not."""
    try:
        return action()
    except TimeoutError:
        raise
    except (OSError, EOFError):
        return None


def echo(daemon, data=b"x" * 3000):
    with Peer(daemon.address("echo")) as peer:
        peer.socket.settimeout(SECONDS)
        peer.send(data)
        peer.send_end()
        return peer.read_to_end()


def pipelined_lines(daemon):
    lines = [b"ECHO " + b"y" * 600 for _ in range(100)] + [b"STATS", b"HELP", b"TIME", b"what?"]
    with Peer(daemon.address("line")) as peer:
        peer.socket.settimeout(SECONDS)
        peer.send(b"\n".join(lines) + b"\n\xff\xfd\x06" + b"z" * 9000 + b"\nQUIT\n")
        return peer.read_to_end()


def ended_by_a_fault(daemon):
    with Peer(daemon.address("discard")) as peer:
        peer.socket.settimeout(SECONDS)
        peer.send(b"x" * 3000)
        with contextlib.suppress(ConnectionResetError):
            peer.read()


def beyond_the_limit(daemon):
    with Peer(daemon.address("line")) as first:
        first.socket.settimeout(SECONDS)
        first.send(b"PING\n")
        first.read_line()
        with Peer(daemon.address("line")) as second:
            second.socket.settimeout(SECONDS)
            second.send(b"QUIT\n")  # it is taken where the first has been lost
            return second.read_to_end()


def reload(daemon):
    daemon.request_reload()
    counters(daemon)  # a signal later, the reload may be under way


def counters(daemon):
    daemon.request_counters()
    return echo(daemon, b"counted")


def counted_in_the_log(daemon):
    before = len(daemon.events("counters"))
    counters(daemon)
    time.sleep(0.01)
    return len(daemon.events("counters")) > before


def check_alive(daemon):
    assert daemon.is_running(), daemon.stderr()[-4000:]
    assert echo(daemon, b"alive?") == b"alive?"


def check_at_every_position(daemon, failing, action):
    action(daemon)  # what is allocated once only
    before = failing.calls()
    action(daemon)
    count = failing.calls() - before + 10
    reached = 0
    for position in positions(count):
        failed = failing.failed()
        failing.arm(position)
        quietly(lambda: action(daemon))
        failing.disarm()
        reached += failing.failed() - failed
        check_alive(daemon)
    assert reached > 0


@pytest.mark.parametrize("action", [echo, pipelined_lines, counters, reload, ended_by_a_fault])
def test_a_failing_allocation_costs_one_session_at_most(start, failing, action):
    daemon = start(FAULTY if action == ended_by_a_fault else CONFIG)
    check_at_every_position(daemon, failing, action)
    # Lines that come before the count of those that were lost are lost, too.
    until(lambda: counted_in_the_log(daemon), 20 * PATIENCE, "a log that takes lines")
    assert daemon.reload()
    daemon.stop()


@pytest.mark.parametrize("workers", [1, 2])
def test_who_is_not_served_for_want_of_memory_is_reset(start, failing, workers):
    daemon = start(f'workers = {workers}\n[access]\nmax_per_source = 9\n' + listener("line"))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"  # what is allocated once only
    resets = 0
    for position in range(1, 12):
        failing.arm(position)
        try:
            with Peer(daemon.address("line")) as peer:
                # Silent until it has been accepted: a FIN would say that all is well.
                ready, _, _ = select.select([peer], [], [], 0.05 * PATIENCE)
                if ready:
                    assert peer.read() != b"", f"a FIN, where allocation {position} has failed"
                peer.ask(b"QUIT")
        except (ConnectionResetError, BrokenPipeError):
            resets += 1
        failing.disarm()
    assert resets >= 1
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_a_failing_allocation_at_the_limit_costs_one_session_at_most(start, failing):
    daemon = start(LIMITED)
    check_at_every_position(daemon, failing, beyond_the_limit)
    daemon.stop()


def test_many_failing_allocations_in_a_row_leave_the_daemon_serving(start, failing):
    daemon = start(CONFIG)
    for number in full_or(range(2, 200, 3), range(2, 60, 9)):
        for action in (echo, pipelined_lines, counters):
            failing.arm(1, number)
            quietly(lambda: action(daemon))
            failing.disarm()
            check_alive(daemon)


def is_ready(log):
    """That line may be the one for which there was no memory, which the log tells."""
    return b" ready " in log or b" log-lines-dropped " in log


def start_with(failing, first, folder):
    """Starts echolined, whose `first` allocation fails; waits until it is ready or has ended."""
    log = folder / "stderr"
    failing.arm(first)
    with open(log, "wb") as stderr:
        daemon = subprocess.Popen(
            [ECHOLINED, "--config", folder / "echoline.toml"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=failing.environment,
        )
    try:
        until(
            lambda: daemon.poll() is not None or is_ready(log.read_bytes()),
            SECONDS,
            "the daemon's start or end",
        )
    except AssertionError:
        daemon.kill()
        raise AssertionError(f"at {first}: neither ready nor ended\n{log.read_text()}") from None
    return daemon, log


def test_a_failing_allocation_at_the_start_is_an_error_or_nothing(failing, tmp_path):
    (tmp_path / "echoline.toml").write_text(CONFIG)
    failing.disarm()
    daemon, _ = start_with(failing, 0, tmp_path)
    count = failing.calls()
    assert count > 0
    daemon.terminate()
    assert daemon.wait(SECONDS) == 0
    for position in positions(count):
        daemon, log = start_with(failing, position, tmp_path)
        failing.disarm()
        if daemon.poll() is None:
            daemon.terminate()
            assert daemon.wait(SECONDS) == 0, (position, log.read_text())
        else:
            assert daemon.returncode == 1, (position, daemon.returncode, log.read_text())
            assert "echolined: " in log.read_text(), (position, log.read_text())


def test_a_failing_allocation_at_the_stop_does_not_keep_the_daemon(failing, tmp_path):
    (tmp_path / "echoline.toml").write_text(CONFIG)
    count = None
    first = 1
    while count is None or first <= count:
        failing.disarm()
        daemon, log = start_with(failing, 0, tmp_path)
        addresses = [
            line.split("address=")[1].split()[0].rsplit(":", 1)
            for line in log.read_text().splitlines()
            if " listening " in line
        ]
        peers = [socket.create_connection((host, int(port)), SECONDS) for host, port in addresses * 5]
        for peer in peers:
            peer.sendall(b"PING\n")
            assert peer.recv(100)
        before = failing.calls()
        if count is not None:
            failing.arm(first)
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(SECONDS)
        for peer in peers:
            peer.close()
        if count is None:
            count = failing.calls() - before
            assert code == 0 and count > 0
            continue
        assert code in (0, 1), (first, code, log.read_text())
        first += full_or(1, max(1, count // 20))


def test_a_failing_allocation_ends_send_with_an_error_and_at_once(start_daemon, failing):
    target = start_daemon(listener("echo")).target("echo")

    def send():
        command = ("send", "--protocol", "echo", "-n", 2, "-p", 4, "-w", "1h", target)
        environment = {**os.environ, **failing.environment}
        return echoline(*command, stdin=None, input=numbers(50), env=environment, seconds=SECONDS)

    assert send().returncode == 0
    count = failing.calls()
    errors = 0
    # What comes before the last few hundred is the reading of the command line.
    for position in range(max(1, count - 250), count, full_or(1, 7)):
        failing.arm(position)
        done = send()
        failing.disarm()
        if done.returncode == 0:
            continue  # it did without, or there were fewer
        assert done.returncode == 1 and "echoline: " in done.stderr, (position, done)
        errors += 1
    assert errors > 0
