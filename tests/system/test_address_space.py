"""A daemon with too little memory for its clients sheds some of them, for ever, and goes on."""

import contextlib
import resource

import pytest

from daemon import limits, listener
from full import full_or
from peer import Peer
from sanitized import SANITIZED

pytestmark = pytest.mark.skipif(SANITIZED, reason="the sanitizers need an address space of their own")

LIMIT = 200 << 20  # bytes
CLIENTS = full_or(5700, 3600)  # each has 64 KiB of the daemon's memory
ROUNDS = full_or(10, 2)


def limit_address_space():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < CLIENTS + 100:
        pytest.skip(f"{CLIENTS} clients need as many descriptors; the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_unfinished_lines_beyond_the_address_space_cost_sessions_and_not_the_daemon(
    start_daemon, many_descriptors, reliability
):
    daemon = start_daemon(
        # More than there is, so that max_memory does not shed them first.
        'workers = 1\nshutdown_grace = "1s"\n' + limits(max_memory="1GiB") + listener("line"),
        before_exec=limit_address_space,
    )
    daemon.sessions_may_fail = True
    address = daemon.address("line")  # once: it is read from the log, which will be long
    for _ in range(ROUNDS):
        peers = []
        for _ in range(CLIENTS):
            try:
                peers.append(Peer(address))
                peers[-1].send(b"x" * 8000)
            except OSError:
                pass  # shed while it connects or sends
        assert daemon.is_running(), daemon.stderr()[-2000:]
        # Who comes last is served, or shed, when all the others have been read.
        with contextlib.suppress(OSError), Peer(address) as peer:
            peer.ask(b"PING")
        for peer in peers:
            peer.socket.close()
        with Peer(address) as peer:
            assert peer.ask(b"PING") == b"+PONG\r\n"
    assert "Cannot allocate memory" in daemon.stderr()
    reliability(19, f"{LIMIT >> 20} MiB of address space, {ROUNDS} × {CLIENTS} unfinished lines: sheds, serves")
