"""receive_rate and send_rate: bytes a second of each connection, exact in both directions, with every
protocol, and out of the way once the server ends a session."""

import contextlib
import os
import random
import resource
import threading
import time

import pytest

from daemon import limits, listener
from deadline import until
from full import FULL, full_or
from peer import PING, PONG, Peer
from sanitized import PATIENCE, SANITIZED
from test_admin import ADMIN, ask

KIB, MIB = 1 << 10, 1 << 20
SECONDS = full_or(5.0, 1.0)
# The rate is within 2 % where the machine has time for both ends, as in the full run. In the ordinary
# run tests run side by side, and each end may stand still for a part of the second that is looked at;
# what a busy machine cannot send at all says nothing.
FASTEST = full_or(1.02, 1.25)
SLOWEST = full_or(0.98, 0.5)
FOR_AN_IDLE_MACHINE = 10 * MIB
RATES = {"10KiB": 10 * KIB, "1MiB": MIB, "100MiB": 100 * MIB}
if FULL:
    RATES |= {"64KiB": 64 * KIB, "10MiB": 10 * MIB}

rates = pytest.mark.parametrize("rate", RATES)


def check_rate(size, begin, rate):
    seconds = time.monotonic() - begin
    slowest = SLOWEST if FULL or RATES[rate] <= FOR_AN_IDLE_MACHINE else 0.02
    assert slowest <= size / seconds / RATES[rate] <= FASTEST, f"{size} bytes in {seconds:.3f} s"


def read_for(peer, seconds):
    """How much came in that time, and when it began."""
    begin, size = time.monotonic(), 0
    while time.monotonic() - begin < seconds:
        size += len(peer.read(1 << 18))
    return size, begin


@contextlib.contextmanager
def sending(peer, data):
    """Sends `data` again and again meanwhile."""
    over = threading.Event()

    def send():
        with contextlib.suppress(OSError):
            while not over.is_set():
                peer.send(data)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        over.set()
        peer.reset()
        thread.join()


@rates
def test_what_is_sent_keeps_to_its_rate(start_daemon, rate):
    daemon = start_daemon(listener("chargen", send_rate=rate))
    daemon.sessions_may_fail = True
    with Peer(daemon.address("chargen")) as peer:
        size, begin = read_for(peer, SECONDS)
        check_rate(size, begin, rate)


@rates
def test_what_is_received_keeps_to_its_rate(start_daemon, rate):
    daemon = start_daemon("workers = 1\n" + ADMIN + listener("discard", receive_rate=rate))
    daemon.sessions_may_fail = True

    def received():
        [line] = [line for line in ask(daemon, "SESSIONS").splitlines() if "discard" in line]
        return int(dict(f.split("=") for f in line[1:].split() if "=" in f)["received"])

    with Peer(daemon.address("discard")) as peer, sending(peer, bytes(64 * KIB)):
        until(received, 10 * PATIENCE, "the first bytes")
        begin, before = time.monotonic(), received()
        time.sleep(SECONDS)
        check_rate(received() - before, begin, rate)


@rates
@pytest.mark.parametrize("key", ["receive_rate", "send_rate"])
def test_an_echo_comes_at_the_rate_of_either_direction(start_daemon, key, rate):
    daemon = start_daemon(listener("echo", **{key: rate}))
    daemon.sessions_may_fail = True
    with Peer(daemon.address("echo")) as peer, sending(peer, bytes(64 * KIB)):
        peer.read(1)
        size, begin = read_for(peer, SECONDS)
        check_rate(size, begin, rate)


def test_replies_come_at_the_rate(start_daemon):
    daemon = start_daemon(listener("line", send_rate="10KiB"))
    daemon.sessions_may_fail = True
    with Peer(daemon.address("line")) as peer, sending(peer, 1000 * (PING + b"\r\n")):
        peer.read(1)
        size, begin = read_for(peer, SECONDS)
        check_rate(size, begin, "10KiB")


def test_every_connection_has_a_rate_of_its_own(start_daemon):
    daemon = start_daemon("workers = 2\n" + listener("chargen", send_rate="64KiB"))
    daemon.sessions_may_fail = True
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("chargen"))) for _ in range(50)]
        begin, sizes = time.monotonic(), [0] * len(peers)
        while time.monotonic() - begin < SECONDS:
            for number, peer in enumerate(peers):
                with contextlib.suppress(BlockingIOError):
                    peer.socket.setblocking(False)
                    sizes[number] += len(peer.read(1 << 18))
            time.sleep(0.005)
        seconds = time.monotonic() - begin
        for size in sizes:
            assert SLOWEST <= size / seconds / (64 * KIB) <= FASTEST


@pytest.mark.skipif(
    SANITIZED or not FULL, reason="NOT RUN, for a machine that has nothing else to do"
)
def test_a_thousand_paced_connections_leave_the_processor_alone(start_daemon):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    daemon = start_daemon("workers = 1\n" + listener("chargen", send_rate="10KiB"))
    daemon.sessions_may_fail = True
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(Peer(daemon.address("chargen"), receive_buffer=1 << 18))
        spent, begin = processor_seconds(daemon.pid), time.monotonic()
        time.sleep(5)
        share = (processor_seconds(daemon.pid) - spent) / (time.monotonic() - begin)
        print(f"{share:.1%} of a processor for 1,000 connections at 10 KiB/s")
        assert share < 0.8


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_paced_echo_is_whole_and_ends_with_its_input(start_daemon):
    daemon = start_daemon(listener("echo", receive_rate="1MiB", send_rate="1MiB"))
    data = random.randbytes(300_000)
    with Peer(daemon.address("echo")) as peer:
        begin = time.monotonic()
        peer.send(data)
        peer.send_end()
        assert peer.read_to_end() == data
        assert time.monotonic() - begin > len(data) / MIB - 0.05
    until(lambda: daemon.events("session"), 10 * PATIENCE, "the line of the session")
    [session] = daemon.events("session")
    assert (session["end"], session["received"], session["sent"]) == ("peer-closed", "300000", "300000")


def test_a_stop_has_what_is_held_back_sent_at_once(start_daemon):
    daemon = start_daemon('shutdown_grace = "20s"\n' + listener("echo", send_rate="1KiB"))
    data = random.randbytes(100_000)  # a minute and a half
    with Peer(daemon.address("echo")) as peer:
        peer.send(data)
        assert peer.read_exactly(10) == data[:10]
        begin = time.monotonic()
        daemon.signal(15)
        assert peer.read_to_end() == data[10:]
        peer.socket.close()
        assert daemon.stop() == 0
        assert time.monotonic() - begin < 5 * PATIENCE
    [session] = daemon.events("session")
    assert session["end"] == "shutdown"


def test_a_stop_ends_a_paced_stream_that_reads_nothing(start_daemon):
    daemon = start_daemon('shutdown_grace = "20s"\n' + listener("chargen", send_rate="1KiB"))
    with Peer(daemon.address("chargen")) as peer:
        # More than it takes before the protocol reads.
        assert peer.send_while_taken(bytes(64 * KIB), 0.3) > 64 * KIB
        begin = time.monotonic()
        daemon.signal(15)
        with contextlib.suppress(ConnectionResetError):
            peer.read_to_end()
        peer.socket.close()
        assert daemon.stop() == 0
        assert time.monotonic() - begin < 5 * PATIENCE


def test_an_order_to_end_or_reset_holds_at_once(start_daemon):
    daemon = start_daemon("workers = 1\n" + ADMIN + listener("chargen", send_rate="1B"))
    for command, end in (("CLOSE", "closed-by-order"), ("ABORT", "aborted")):
        with Peer(daemon.address("chargen")) as peer:
            peer.read(1)
            [line] = [line for line in ask(daemon, "SESSIONS").splitlines() if "chargen" in line]
            number = dict(f.split("=") for f in line[1:].split() if "=" in f)["id"]
            begin = time.monotonic()
            assert ask(daemon, f"{command} {number}").startswith("+")
            with contextlib.suppress(ConnectionResetError):
                peer.read_to_end()
            assert time.monotonic() - begin < 2 * PATIENCE
        until(lambda: end in [s["end"] for s in daemon.events("session")], 10 * PATIENCE, end)


def test_a_paced_session_is_known_like_any_other(start_daemon):
    daemon = start_daemon(
        "workers = 1\n" + ADMIN + listener("line", receive_rate="1MiB", send_rate="1KiB")
    )
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"WHOAMI") == b"+%s:%d\r\n" % (
            peer.socket.getsockname()[0].encode(),
            peer.socket.getsockname()[1],
        )
        assert peer.ask(PING) == PONG
        peer.send(500 * (PING + b"\r\n"))
        [line] = [line for line in ask(daemon, "SESSIONS").splitlines() if '"line"' in line]
        fields = dict(f.split("=") for f in line[1:].split() if "=" in f)
        assert int(fields["unsent"]) > 1000
        assert peer.read_exactly(7) == PONG


def test_deadlines_of_a_paced_session_hold(start_daemon):
    daemon = start_daemon(
        limits(line_timeout="300ms", idle_timeout="5s") + listener("line", send_rate="1MiB")
    )
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
        peer.send(b"half a li")
        assert peer.read_line() == b"-ERR the line has not ended in time\r\n"
        assert peer.read_to_end() == b""
    until(lambda: daemon.events("session"), 10 * PATIENCE, "the line of the session")
    [session] = daemon.events("session")
    assert session["end"] == "line-timeout"
