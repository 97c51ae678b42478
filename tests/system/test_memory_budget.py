"""max_memory: what all buffers together may take. Beyond it sessions are shed, those that hold most
and take least; the daemon lives, answers its administrator, and serves whoever behaves."""

import contextlib
import resource
import time

import pytest

from daemon import limits, listener
from deadline import until
from full import full_or
from peer import Peer
from program import echolined
from sanitized import PATIENCE, SANITIZED

MIB = 1 << 20
ADMIN = '[admin]\naddress = "127.0.0.1:0"\n'
SETTINGS = 'shutdown_grace = "1s"\nworkers = 2\n' + ADMIN
READERS = full_or(5000, 300)
LINES = full_or(18_000, 3600)
ADDRESS_SPACE = full_or(400, 200) * MIB
SHORT_OF_MEMORY = b"-ERR server is short of memory, try again later\r\n"


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < LINES + 100:
        pytest.skip(f"NOT RUN, {LINES} clients need as many descriptors; the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def figure(daemon, name):
    with Peer(daemon.admin_address()) as peer:
        return peer.stats()[name]


def seconds_of(action):
    begin = time.monotonic()
    action()
    return time.monotonic() - begin


def ends(daemon):
    return [line["end"] for line in daemon.events("session")]


def test_slow_readers_are_shed_and_not_the_daemon(start_daemon, many_descriptors, reliability):
    limit = full_or(64, 8) * MIB
    daemon = start_daemon(
        SETTINGS + limits(max_memory=f"{limit // MIB}MiB") + listener("chargen") + listener("line")
    )
    with contextlib.ExitStack() as stack:
        good = stack.enter_context(Peer(daemon.address("line")))
        assert good.ask(b"PING") == b"+PONG\r\n"
        address, slowest, most = daemon.address("chargen"), 0.0, 0
        for number in range(READERS):
            with contextlib.suppress(ConnectionError):
                stack.enter_context(Peer(address, receive_buffer=4096))
            if number % (READERS // 20) == 0:
                slowest = max(slowest, seconds_of(lambda: good.ask(b"PING")))
                slowest = max(slowest, seconds_of(lambda: figure(daemon, "uptime_seconds")))
                most = max(most, figure(daemon, "buffer_memory_bytes"))
        until(lambda: figure(daemon, "sessions_shed_total") > READERS // 10, 20 * PATIENCE)
        until(lambda: figure(daemon, "buffer_memory_bytes") <= limit, 20 * PATIENCE)
        shed = figure(daemon, "sessions_shed_total")
        reliability(
            19,
            f"{READERS} slow readers: {shed} shed, {most / MIB:.1f} MiB of buffers at most with "
            f"max_memory = {limit // MIB} MiB, the slowest answer after {slowest:.3f} s",
        )
        assert most <= 2 * limit
        assert slowest < full_or(10, 2) * PATIENCE
        assert good.ask(b"PING") == b"+PONG\r\n"
        # It is among those that hold nothing.
        assert figure(daemon, "memory_paused_seconds_total") > 0
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"ECHO " + b"x" * 5000) == b"+" + b"x" * 5000 + b"\r\n"
    assert "max-memory" in ends(daemon)
    assert daemon.events("memory-limit-reached")[0]["max_memory"] == str(limit)
    until(lambda: daemon.events("memory-limit-left"), 10 * PATIENCE)


@pytest.mark.skipif(SANITIZED, reason="the sanitizers need an address space of their own")
def test_unfinished_lines_in_a_small_address_space_are_shed_and_told_so(
    start_daemon, many_descriptors, reliability
):
    def limit_address_space():
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))

    config = 'shutdown_grace = "1s"\nworkers = 1\n' + ADMIN
    config += limits(max_connections=2 * LINES) + listener("line")
    daemon = start_daemon(config, before_exec=limit_address_space)
    [told] = daemon.events("memory-limited")
    assert told["by"] == "RLIMIT_AS"
    assert int(told["max_memory"]) == ADDRESS_SPACE // 4 == figure(daemon, "buffer_memory_max_bytes")
    address = daemon.address("line")
    with contextlib.ExitStack() as stack:
        peers = []
        for number in range(LINES):
            peers.append(stack.enter_context(Peer(address)))
            with contextlib.suppress(ConnectionError):
                peers[-1].send(b"x" * 8000)
            if number % (LINES // 20) == 0:
                assert seconds_of(lambda: figure(daemon, "uptime_seconds")) < 2 * PATIENCE
        until(lambda: figure(daemon, "sessions_shed_total") > LINES // 4, 20 * PATIENCE)
        with Peer(address) as peer:
            assert peer.ask(b"PING") == b"+PONG\r\n"
        assert figure(daemon, "buffer_memory_bytes") < 2 * ADDRESS_SPACE // 4
        # Most of them hear why; one whose kernel has no room for that does not.
        shed = ends(daemon).count("max-memory")
        told = 0
        for peer in peers:
            peer.socket.settimeout(0.001)
            with contextlib.suppress(OSError):
                told += peer.read(100) == SHORT_OF_MEMORY
        assert told >= shed * 0.9
        reliability(19, f"{LINES} unfinished lines in {ADDRESS_SPACE // MIB} MiB: {shed} shed, {told} told why")
    assert "Cannot allocate memory" not in daemon.stderr()


def test_a_reload_that_gives_more_memory_lets_everybody_go_on(start_daemon):
    config = SETTINGS + listener("line")
    daemon = start_daemon(config + limits(max_memory="1GiB"))
    assert figure(daemon, "buffer_memory_max_bytes") == 1 << 30
    assert daemon.reload(config + limits(max_memory="2GiB"))
    assert figure(daemon, "buffer_memory_max_bytes") == 2 << 30


def test_the_configuration_is_printed_as_it_is_written(tmp_path):
    file = tmp_path / "echoline.toml"
    file.write_text(limits(max_memory="32MiB"))
    assert 'max_memory = "32MiB"\n' in echolined("--config", file, "--print-config").stdout
    assert 'max_memory = "0B"\n' in echolined("--print-config").stdout
