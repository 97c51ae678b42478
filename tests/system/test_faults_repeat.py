"""The same seed has the same faults, whatever the network cuts, how fast it is and how many workers
there are; and what a client asks for in band is the same however its lines come."""

import contextlib
import hashlib
import random
import socket
import time

import pytest

from deadline import until
from faulty import faulty, sessions
from full import full_or
from peer import PING, PONG, Peer
from sanitized import PATIENCE

# Every kind that is placed by byte, line or accept.
PLAN = (
    "close for 8% of connections",
    "refuse 1ms for 4% of connections",
    "backlog-full 1ms for 4% of connections",
    "silent for 4% of connections",
    "corrupt every 700B with 50%",
    "corrupt xor 1 every 900B of input with 20%",
    "drop 10B every 1KiB of input with 30%",
    "drop 3B at byte 3000",
    "duplicate 7B at byte 2000 with 50%",
    "duplicate 5B at byte 500 of input",
    "insert 5B at byte 99",
    "insert 5B after line 30 of input",
    "delay 1ms every line with 5%",
    "delay normal 500us 100us every 1KiB with 50%",
    "rate 10MiB/s after line 20",
    "stall 1ms at byte 4000 for 50% of connections",
    "stop-reading for 1ms at byte 3KiB",
    "slice 33B at byte 500 for every 5th connection",
    "coalesce 1000B within 1ms at byte 1500 for every 6th connection",
    "swallow-reply every line with 10%",
    "duplicate-reply every line with 10%",
    "reorder-reply every line with 10%",
    'answer "-ERR no" every line with 5%',
    "urgent 33 after line 60 for every 7th connection",
    "half-close after line 100 for every 11th connection",
    "fin at byte 5000 for every 9th connection",
    "fin after line 70 of input for every 13th connection",
    "reset at byte 6000 for every 4th connection",
    "reset at byte 2KiB of input for every 17th connection",
    "slow-close 1ms",
)
CONNECTIONS = 24


def connected(daemon, randoms, source=None):
    """It may be refused, for a moment."""

    def connect():
        with contextlib.suppress(ConnectionRefusedError):
            size = randoms.choice([4096, 65536])
            return Peer(daemon.address("line"), source=source, receive_buffer=size)

    return until(connect, 5 * PATIENCE, "the listening socket")


def lines_of(connection):
    """What a client sends, the same each time."""
    words = random.Random(connection)
    return b"".join(
        b"ECHO " + words.randbytes(words.randrange(40)).hex().encode() + b"\r\n" for _ in range(150)
    )


def converse(daemon, lines, randoms, source=None):
    """Sends them, cut at random, for as long as there is a connection."""
    with connected(daemon, randoms, source) as peer:
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # What a fault has ended is not sent to its end.
        with contextlib.suppress(OSError):
            while lines:
                size = randoms.choice([1, 7, 100, 5000])
                peer.send(lines[:size])
                lines = lines[size:]
            peer.send_end()
            while peer.read(randoms.choice([1000, 65536])):
                pass


def one_run(start_daemon, workers, randoms):
    daemon = start_daemon(f"workers = {workers}\n" + faulty("line", *PLAN))
    for connection in range(CONNECTIONS):
        converse(daemon, lines_of(connection), randoms)
        sessions(daemon, connection + 1)
    met = sorted((int(one["index"]), one["faults"]) for one in sessions(daemon, CONNECTIONS))
    assert daemon.stop() == 0
    assert [index for index, _ in met] == list(range(1, CONNECTIONS + 1))
    return met


def test_one_seed_has_the_same_faults_whatever_the_cuts_and_the_workers(start_daemon):
    found = {}
    for run in range(full_or(1000, 30)):
        met = one_run(start_daemon, (1, 2, 8)[run % 3], random.Random(run))
        digest = hashlib.sha256(repr(met).encode()).hexdigest()
        if found and digest not in found:
            [other] = found.values()
            differing = [pair for pair in zip(other, met) if pair[0] != pair[1]]
            raise AssertionError(f"run {run}: {differing}")
        found[digest] = met
    [met] = found.values()
    told = {word.split("@")[0] for _, faults in met for word in faults.split()}
    # Beyond the first 32 of a connection there is a digest.
    for kind in ("close", "refuse", "backlog-full", "silent", "corrupt", "drop", "duplicate", "insert"):
        assert kind in told, f"{kind} is not among {told}"


def test_another_seed_has_others(start_daemon):
    found = set()
    for seed in (7, 8):
        daemon = start_daemon(faulty("line", "swallow-reply every line with 10%", seed=seed))
        with Peer(daemon.address("line")) as peer:
            peer.send(100 * (PING + b"\r\n"))
            peer.send_end()
            peer.read_to_end()
        [session] = sessions(daemon)
        found.add(session["faults"])
    assert len(found) == 2


@pytest.fixture(name="asked")
def listener_with_commands(start_daemon):
    return start_daemon(faulty("line", fault_in_band=True))


def test_commands_for_faults_do_what_they_say(asked):
    with Peer(asked.address("line")) as peer:
        begin = time.monotonic()
        assert peer.ask(b"SLEEP 100ms") == b"+OK\r\n"
        assert time.monotonic() - begin >= 0.1
        assert peer.ask(b"FILL 100KiB") == b"+" + fill(100 * 1024) + b"\r\n"
        begin = time.monotonic()
        assert peer.ask(b"DRIP 10 5ms") == b"+" + fill(10) + b"\r\n"
        assert time.monotonic() - begin >= 0.045
        assert peer.ask(b"FAULT SHOW") == []
        assert peer.ask(b"FAULT swallow-reply after line 2") == b"+OK\r\n"
        assert peer.ask(b"FAULT SHOW") == [b"+swallow-reply after line 2\r\n"]
        peer.send(b"ECHO swallowed\r\n")
        assert peer.ask(b"ECHO told") == b"+told\r\n"
        assert peer.ask(b"FAULT stall forever at byte 3") == b"+OK\r\n"
        peer.send(PING + b"\r\n")
        assert peer.read_exactly(3) == PONG[:3]
        peer.send(b"FAULT OFF\r\n")
        assert peer.read_exactly(len(PONG) - 3 + 5) == PONG[3:] + b"+OK\r\n"
        assert peer.ask(b"FAULT delay 2ms at bite 3").startswith(b"-ERR fault, column 14: ")
        assert peer.ask(b"CLOSE") == b"+OK\r\n"
        assert peer.read() == b""
    with Peer(asked.address("line")) as peer:
        assert peer.ask(b"RESET") == b"+OK\r\n"
        with pytest.raises(ConnectionResetError):
            peer.read()


def fill(size):
    pattern = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"
    return (pattern * (size // len(pattern) + 1))[:size]


# Each with its reply.
SCRIPT = [
    (b"FAULT swallow-reply every line", b"+OK\r\n"),
    (b"ECHO swallowed", b""),
    (b"FAULT SHOW", b""),
    (b"FAULT OFF", b"+OK\r\n"),
    (b"FAULT corrupt at byte 3", b"+OK\r\n"),
    (b"FAULT SHOW", b"*1\r\xf5+corrupt at byte 3\r\n"),
    (b"ECHO abc", b"+abc\r\n"),
    (b"FAULT OFF", b"+OK\r\n"),
    (b"SLEEP 1ms", b"+OK\r\n"),
    (b"FAULT SHOW", b"*0\r\n"),
    (b"FAULT fin at byte 12", b"+OK\r\n"),
    (b"SLEEP 1ms", b"+OK\r\n"),
    (b"ECHO abcdefghijkl", b"+abcdef"),
    (b"PING", b""),
]


def test_commands_mean_the_same_together_and_one_by_one(asked):
    got = set()
    for run in range(full_or(500, 50)):
        randoms = random.Random(run)
        text = b"".join(line + b"\r\n" for line, _ in SCRIPT)
        with Peer(asked.address("line")) as peer:
            peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with contextlib.suppress(OSError):
                while text:
                    size = randoms.choice([1, 20, 1000]) if run else len(text)
                    peer.send(text[:size])
                    text = text[size:]
                    if randoms.random() < 0.1:
                        time.sleep(0.001)
            got.add(peer.read_to_end())
    assert got == {b"".join(reply for _, reply in SCRIPT)}


@pytest.mark.parametrize(
    "fault, replies, met",
    [
        ("duplicate-reply every line", b"+OK\r\n+a\r\n+a\r\n+OK\r\n+b\r\n", "duplicate-reply@reply:2"),
        ("insert 3 after line 1 of output", b"+OK\r\n+a\r\n012+OK\r\n+b\r\n", "insert@reply:2"),
        ("fin at byte 4", b"+OK\r\n+a\r\n", "fin@output:9"),
        ("corrupt at byte 4", b"+OK\r\n+a\r\n+OK\r\n+b\r\n", ""),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_an_end_of_faults_comes_behind_what_happens_at_its_place(asked, fault, replies, met, together):
    lines = [f"FAULT {fault}".encode(), b"ECHO a", b"FAULT OFF", b"ECHO b"]
    with Peer(asked.address("line")) as peer:
        if together:
            peer.send(b"\r\n".join(lines) + b"\r\n")
        else:
            for line in lines:
                with contextlib.suppress(ConnectionError):
                    peer.send(line + b"\r\n")
                time.sleep(0.02)  # any time will do: what comes must be the same
        with contextlib.suppress(OSError):  # its end has been answered with FIN or RST by now
            peer.send_end()
        assert peer.read_to_end() == replies
    assert sessions(asked)[-1]["faults"] == met


@pytest.mark.parametrize("together", [True, False])
def test_as_many_are_in_force_as_a_plan_has_however_many_have_yet_to_happen(asked, together):
    lines = 300 * [b"SLEEP 10us\r\n"] + 65 * [b"FAULT corrupt at byte 1MiB\r\n"]
    with Peer(asked.address("line")) as peer:
        if together:
            peer.send(b"".join(lines))
            replies = [peer.read_line() for _ in lines]
        else:
            replies = [peer.ask(line.strip()) for line in lines]
        assert replies[:-1] == 364 * [b"+OK\r\n"]
        assert replies[-1] == b"-ERR there are too many faults already\r\n"
        peer.send(b"FAULT OFF\r\n" + b"".join(300 * [b"SLEEP 10us\r\n"]) + b"PING\r\n")
        assert [peer.read_line() for _ in range(302)] == 301 * [b"+OK\r\n"] + [b"+PONG\r\n"]


def test_commands_are_only_where_the_listener_has_them(start_daemon, reliability):
    daemon = start_daemon(
        faulty("line", fault_in_band=True, fault_sources=["127.0.0.2"])
        + faulty("line", "swallow-reply after line 99", name="plain")
    )
    for name, source in (("line", "127.0.0.1"), ("plain", "127.0.0.1")):
        with Peer(daemon.address(name), source=source) as peer:
            assert peer.ask(b"SLEEP 1ms").startswith(b"-ERR unknown command 'SLEEP'")
            assert not any(b"SLEEP" in line for line in peer.ask(b"HELP"))
    with Peer(daemon.address("line"), source="127.0.0.2") as peer:
        assert peer.ask(b"SLEEP 1ms") == b"+OK\r\n"
        assert any(b"SLEEP" in line for line in peer.ask(b"HELP"))
    reliability("S7", "unknown where the listener does not have them for the source; served where it does")
