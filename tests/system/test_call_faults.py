"""Whatever a system call comes to, under load, at every place that makes one: each byte that a client
gets is right and it gets all of them, or it is told of a reset. The daemon lives and serves on."""

import errno
import time

import pytest

from call_faults import SHORT, Fault, ids, is_watched, name
from conversation import hold_many
from daemon import EVERY_PROTOCOL, listener
from deadline import steady, until
from full import full_or
from peer import PING, PONG, Peer
from sanitized import PATIENCE, scaled

EVERY = "".join(map(listener, EVERY_PROTOCOL))
CONFIG = 'workers = 2\nshutdown_grace = "2s"\n'
CLIENTS = full_or(300, scaled(18, 3))
STEADY = full_or(0.3, 0.1)  # seconds

# Of one call to the kernel in so many. Nobody may notice these ...
NOTICED_BY_NOBODY = [
    ("recvfrom", errno.EINTR, 2),
    ("recvfrom", errno.ENOMEM, 5),
    ("recvfrom", errno.ENOBUFS, 5),
    ("sendto", SHORT, 2),
    ("sendto", errno.EINTR, 2),
    ("sendto", errno.ENOBUFS, 5),
    ("sendto", errno.ENOMEM, 5),
    ("accept4", errno.EINTR, 2),
    ("accept4", errno.ECONNABORTED, 2),
    ("accept4", errno.EMFILE, full_or(3, 6)),
    ("accept4", errno.ENFILE, full_or(3, 6)),
    ("accept4", errno.ENOBUFS, full_or(3, 6)),
    ("accept4", errno.ENOMEM, full_or(3, 6)),
    ("epoll_wait", errno.EINTR, 3),  # of each two, one is Asio's
    ("shutdown", errno.ENOTCONN, 1),
    ("setsockopt", errno.ENOMEM, 1),  # SO_OOBINLINE, which few need
]
# ... and these cost a connection, which is told.
COSTS_A_CONNECTION = [
    ("recvfrom", errno.ECONNRESET, 3),
    ("recvfrom", errno.ETIMEDOUT, 3),
    ("recvfrom", errno.EHOSTUNREACH, 3),
    ("sendto", errno.ECONNRESET, 7),
    ("sendto", errno.EPIPE, 7),
    ("sendto", errno.ETIMEDOUT, 7),
    ("epoll_ctl", errno.ENOMEM, 3),
    ("epoll_ctl", errno.ENOSPC, 3),
]


@pytest.fixture
def daemon(faults, start_daemon):
    daemon = start_daemon(CONFIG + EVERY, before_exec=faults.before_exec)
    daemon.sessions_may_fail = True
    return daemon


def check_serves(daemon, descriptors):
    assert daemon.is_running(), daemon.stderr()[-4000:]
    assert [c.protocol for c in hold_many(daemon, 7, len(EVERY_PROTOCOL)) if not c.is_whole()] == []
    until(lambda: daemon.descriptors() <= descriptors, 20 * PATIENCE, "the close of every descriptor")


@pytest.mark.parametrize("call, what, every", NOTICED_BY_NOBODY, ids=ids(NOTICED_BY_NOBODY))
def test_a_call_that_is_to_be_tried_again_is(daemon, faults, reliability, call, what, every):
    descriptors = steady(daemon.descriptors, STEADY)
    fault = faults.arm(call, Fault(what, every))
    conversations = hold_many(daemon, every, CLIENTS)
    faults.disarm()
    assert fault.done
    broken = [c.protocol for c in conversations if c.was_broken or not c.is_whole()]
    assert broken == []
    check_serves(daemon, descriptors)
    reliability(14, f"{call} {name(what)} × {fault.done}: {CLIENTS} clients, every byte right")


@pytest.mark.parametrize("call, what, every", COSTS_A_CONNECTION, ids=ids(COSTS_A_CONNECTION))
def test_a_call_that_fails_costs_its_connection_which_is_told(
    daemon, faults, reliability, call, what, every
):
    descriptors = steady(daemon.descriptors, STEADY)
    fault = faults.arm(call, Fault(what, every, is_watched if call == "epoll_ctl" else None))
    conversations = hold_many(daemon, every, CLIENTS)
    faults.disarm()
    assert fault.done
    for conversation in conversations:
        assert conversation.is_right(), conversation.protocol
        assert conversation.was_broken or conversation.is_whole(), conversation.protocol
    told = sum(conversation.was_broken for conversation in conversations)
    assert 0 < told <= fault.done
    check_serves(daemon, descriptors)
    reliability(
        14,
        f"{call} {name(what)} × {fault.done}: {told} of {CLIENTS} clients reset, none cut short",
    )


def echo_with_nudges(address, faults, size=full_or(40_000, 20_000)):
    """Whether a pattern comes back of which a byte more is sent whenever nothing moves: the kernel
    tells of room, and of data, by an event, and who only pretends that there is none sends none."""
    pattern = bytes(range(251)) * (size // 100)
    sent, got = 0, b""
    with Peer(address) as peer:
        peer.socket.settimeout(0.03)
        while len(got) < size:
            piece = pattern[sent : sent + (997 if sent < size else 1)]
            peer.send(piece)
            sent += len(piece)
            try:
                got += peer.read()
            except TimeoutError:
                pass
        faults.disarm()
        peer.socket.settimeout(20 * PATIENCE)
        peer.send_end()
        got += peer.read_to_end()
    return got == pattern[:sent]


@pytest.mark.parametrize("call", ["recvfrom", "sendto"])
def test_a_call_that_would_block_is_made_again_when_the_next_event_comes(
    daemon, faults, reliability, call
):
    fault = faults.arm(call, Fault(errno.EAGAIN, 3))
    assert echo_with_nudges(daemon.address("echo"), faults)
    assert fault.done
    reliability(14, f"{call} EAGAIN × {fault.done}: every byte right")


@pytest.mark.parametrize("what", [errno.ENFILE, errno.ENOBUFS, errno.ENOMEM], ids=name)
def test_accepting_that_fails_for_good_neither_spins_nor_floods(daemon, faults, reliability, what):
    with Peer(daemon.address("line")) as served, Peer(daemon.address("line")) as warm:
        assert served.ask(PING) == warm.ask(PING) == PONG
        faults.arm("accept4", Fault(what))
        with Peer(daemon.address("line")) as waiting:
            waiting.send(PING + b"\r\n")
            until(lambda: daemon.events("cannot-accept"), what="the complaint")
            start, before = time.monotonic(), served.stats()["accept_errors_total"]
            assert daemon.cpu_share(full_or(1.0, 0.6)) < 0.1
            tries = served.stats()["accept_errors_total"] - before
            seconds = time.monotonic() - start
            complaints = len(daemon.events("cannot-accept"))
            faults.disarm()
            start = time.monotonic()
            assert waiting.read_line() == PONG
            back = time.monotonic() - start
    assert 1 <= tries <= 20 * seconds and complaints <= seconds + 2
    assert back < 0.2 + 0.3 * PATIENCE
    reliability(
        3,
        f"{name(what)}: {tries / seconds:.1f} tries a second, {complaints} lines of the log in "
        f"{seconds:.1f} s, service {back * 1000:.0f} ms after recovery",
    )
