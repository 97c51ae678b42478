"""What slow readers can make the service hold, and what happens when they were given too much."""

import contextlib

import pytest

from daemon import listener
from deadline import steady, until
from full import full_or
from peer import Peer
from units import OWN_PORTS

ECHO = ("127.0.0.1", 7007)
LINE = ("127.0.0.1", 7008)
READERS = 100
TOO_MANY = full_or(5000, 400)
MIB = 1 << 20


@pytest.fixture
def limited(machine):
    if not machine.cgroup.enforces_memory():
        pytest.skip("NOT RUN, control groups do not enforce memory here")
    machine.drop_in(OWN_PORTS, "[Service]\nMemoryMax=96M\nMemorySwapMax=0\n")
    return machine


@contextlib.contextmanager
def slow_readers(count):
    """Peers that send as much as is taken, and read nothing."""
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(Peer(ECHO, receive_buffer=4096)) for _ in range(count)]
        for peer in peers:
            peer.socket.setblocking(False)
        yield peers


def send_to_all(peers, block=bytes(MIB)):
    """As much as each takes at the moment; how much all took together."""
    sent = 0
    for peer in peers:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            sent += peer.socket.send(block)
    return sent


def test_as_many_slow_readers_as_there_may_be_fit_under_memory_max(limited, reliability):
    config = f"[limits]\nmax_connections = {READERS + 1}\n" + listener("echo", "127.0.0.1:7007")
    limited.write("/etc/echoline/echoline.toml", config)
    limited.systemctl("start", OWN_PORTS)
    before = limited.main_pid(OWN_PORTS)
    with slow_readers(READERS) as peers:
        total = 0

        def taken():
            nonlocal total
            total += send_to_all(peers)
            return total

        steady(taken, 1.0)
        with Peer(ECHO) as peer:
            peer.send(b"still there")
            assert peer.read_exactly(11) == b"still there"
    assert limited.main_pid(OWN_PORTS) == before
    assert limited.show(OWN_PORTS, "NRestarts") == "0"
    reliability(19, f"MemoryMax=96M and {READERS} slow readers: not killed, serves")


def test_beyond_what_fits_slow_readers_are_shed_and_it_is_not_killed(limited):
    limited.drop_in(OWN_PORTS, "[Service]\nMemoryMax=64M\nMemorySwapMax=0\n")
    config = listener("echo", "127.0.0.1:7007") + listener("line", "127.0.0.1:7008")
    limited.write("/etc/echoline/echoline.toml", config)
    limited.systemctl("start", OWN_PORTS)
    before = limited.main_pid(OWN_PORTS)
    with Peer(LINE) as watch:
        assert watch.stats()["buffer_memory_max_bytes"] == 16 * MIB
        with slow_readers(TOO_MANY) as peers:

            def shed():
                send_to_all(peers)
                return watch.stats()["sessions_shed_total"]

            # Each that takes more than its part is one of many.
            until(lambda: shed() > TOO_MANY // 4, 60, "the end of those that hold most")
            with Peer(ECHO) as peer:
                peer.send(b"still there")
                assert peer.read_exactly(11) == b"still there"
    assert limited.main_pid(OWN_PORTS) == before
    assert limited.show(OWN_PORTS, "NRestarts") == "0"


def test_given_too_much_it_alone_is_killed_and_comes_back(limited):
    config = '[limits]\nhigh_water = "64MiB"\nmax_memory = "1GiB"\n' + listener("echo", "127.0.0.1:7007")
    limited.write("/etc/echoline/echoline.toml", config)
    limited.systemctl("start", OWN_PORTS)
    before = limited.main_pid(OWN_PORTS)
    with slow_readers(READERS) as peers:

        def killed():
            send_to_all(peers)
            return limited.main_pid(OWN_PORTS) != before

        until(killed, 60, "the end of a service that takes more than MemoryMax=")
    until(lambda: limited.show(OWN_PORTS, "ActiveState") == "active", 20)
    assert limited.show(OWN_PORTS, "NRestarts") == "1"
    assert limited.systemctl("is-system-running") == "running"
    with Peer(ECHO) as peer:
        peer.send(b"back")
        assert peer.read_exactly(4) == b"back"
