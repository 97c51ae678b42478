"""[access]: who may connect, by address, how many connections of a source, and how fast."""

import os
import select
import time
from contextlib import ExitStack

import pytest

from daemon import listener
from deadline import until
from full import full_or
from peer import Peer
from sanitized import SANITIZED

DENIED = b"-ERR access denied\r\n"
TOO_MANY = b"-ERR too many connections from your address\r\n"
TOO_FAST = b"-ERR too many new connections, try again later\r\n"
# New connections a second, and at once.
RATE, BURST = 100, 20


def access(**keys):
    """The [access] of a configuration."""
    lines = (f"{key} = {repr(value).replace(chr(39), chr(34))}\n" for key, value in keys.items())
    return 'shutdown_grace = "1s"\n[access]\n' + "".join(lines)


def refusals(daemon, what):
    return [line for line in daemon.events("refused") if line.fields.get("what") == what]


def is_served(address, source):
    with Peer(address, source=source) as peer:
        return peer.ask(b"PING") == b"+PONG\r\n"


def answer_to(address, source):
    """What somebody is told who says nothing."""
    with Peer(address, source=source) as peer:
        return peer.read_to_end()


def test_the_lists_say_who_may_connect_and_the_longest_prefix_decides(start_daemon, reliability):
    lists = access(allow=["127.1.0.0/16", "127.2.3.4"], deny=["127.1.2.0/24"])
    daemon = start_daemon(lists + listener("line") + listener("echo"))
    line, echo = daemon.address("line"), daemon.address("echo")
    assert is_served(line, "127.1.1.1")
    assert is_served(line, "127.2.3.4")
    for source in ("127.0.0.1", "127.2.3.5", "127.1.2.3"):
        assert answer_to(line, source) == DENIED
        # It has no words.
        assert answer_to(echo, source) == b""
    with Peer(line, source="127.1.1.1") as peer:
        assert peer.stats()["connections_refused_total"] == 6
    until(lambda: len(refusals(daemon, "denied")) == 6, what="a line for each")
    lines = refusals(daemon, "denied")
    assert (lines[0]["listener"], lines[0]["peer"].rpartition(":")[0]) == ("line", "127.0.0.1")
    reliability("S1", "the longest prefix decides; 6 denied, told and counted")


def test_an_ipv4_address_on_a_socket_for_both_is_the_ipv4_address(start_daemon, reliability):
    daemon = start_daemon(access(deny=["127.0.0.2"]) + listener("line", "[::]:0", ipv6_only=False))
    port = daemon.port("line")
    assert answer_to(("127.0.0.1", port), "127.0.0.2") == DENIED
    assert is_served(("127.0.0.1", port), "127.0.0.3")
    assert is_served(("::1", port), "::1")
    reliability("S1", "v4-mapped addresses are v4")


def test_a_listener_has_lists_of_its_own_and_a_unix_socket_none(start_daemon, tmp_path):
    path = str(tmp_path / "s")
    own = listener("line", name="own") + 'allow = ["127.0.0.2"]\n'
    daemon = start_daemon(
        access(allow=["127.0.0.1"], max_per_source=1)
        + listener("line")
        + own
        + listener("line", f"unix:{path}", name="unix")
    )
    assert is_served(daemon.address("line"), "127.0.0.1")
    assert answer_to(daemon.address("own"), "127.0.0.1") == DENIED
    assert is_served(daemon.address("own"), "127.0.0.2")
    with Peer(path) as first, Peer(path) as second:
        assert first.ask(b"PING") == second.ask(b"PING") == b"+PONG\r\n"


def test_the_fourth_of_three_is_refused_and_another_source_is_unaffected(start_daemon, reliability):
    daemon = start_daemon(access(max_per_source=3) + listener("line"))
    line = daemon.address("line")
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(line, source="127.0.0.2")) for _ in range(3)]
        for peer in peers:
            assert peer.ask(b"PING") == b"+PONG\r\n"
        assert answer_to(line, "127.0.0.2") == TOO_MANY
        assert is_served(line, "127.0.0.3")
        # As soon as one of its own has left it may have another, whichever thread that was on.
        for peer in peers:
            peer.socket.close()
            until(lambda: is_served(line, "127.0.0.2"), what="the place of the one that left")
    until(lambda: refusals(daemon, "source-full"), what="its line in the log")
    reliability(8, "the 4th of 3 told, another source served, a place again as soon as one leaves")


def test_ipv6_addresses_of_one_prefix_are_one_source(start_daemon, own_network, reliability):
    for host in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"):
        assert os.system(f"ip -6 address add {host}/128 dev lo nodad") == 0
    daemon = start_daemon(access(max_per_source=1) + listener("line", "[2001:db8::1]:0"))
    line = daemon.address("line")
    with Peer(line, source="2001:db8::1") as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"
        assert answer_to(line, "2001:db8::2") == TOO_MANY
        assert is_served(line, "2001:db8:0:1::1")
    reliability(8, "IPv6: a /64 is one source")


def connect_for(seconds, address, sources):
    """Connects as fast as that goes, each time from the next source; how often."""
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        with Peer(address, source=sources[count % len(sources)]):
            count += 1
    return count


@pytest.mark.parametrize(
    "keys, sources",
    [
        ({"connect_rate_per_source": RATE, "connect_burst_per_source": BURST}, ["127.0.0.2"]),
        ({"connect_rate": RATE, "connect_burst": BURST}, [f"127.0.1.{n}" for n in range(1, 200)]),
    ],
    ids=["of a source", "of all"],
)
def test_a_rate_is_exact_within_five_percent(start_daemon, reliability, keys, sources):
    seconds = full_or(10, 2)
    daemon = start_daemon(access(**keys) + listener("line") + listener("line", name="ask"))
    line = daemon.address("line")
    with Peer(daemon.address("ask")) as peer:
        # Where a daemon does not run for longer than the burst bridges, fewer are taken.
        for _ in range(5):
            served_before, refused_before = counts(peer)
            start = time.monotonic()
            attempts = connect_for(seconds, line, sources)
            all_before = served_before + refused_before
            until(lambda: sum(counts(peer)) == all_before + attempts, what="the end of the backlog")
            elapsed = time.monotonic() - start
            served = counts(peer)[0] - served_before
            print(f"{served} of {attempts} in {elapsed:.2f} s at {RATE} a second, {BURST} at once")
            assert served <= 1.05 * RATE * elapsed + BURST
            if served >= 0.95 * RATE * seconds:
                break
        else:
            assert SANITIZED or attempts < 2 * RATE * seconds
    reliability(9, f"{served} of {attempts} in {elapsed:.2f} s at {RATE} a second, {BURST} at once")
    what = "source-rate" if len(sources) == 1 else "rate"
    until(lambda: refusals(daemon, what), what="its line in the log")
    assert answer_to_one_of_many(line, sources[0]) == TOO_FAST


def counts(peer):
    """How many were taken, and how many refused."""
    stats = peer.stats()
    return stats["connections_total"], stats["connections_refused_total"]


def answer_to_one_of_many(address, source):
    """What somebody is told who comes with many others."""
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(address, source=source)) for _ in range(60)]
        return until(lambda: select.select(peers, [], [], 0)[0], what="a refusal")[0].read_to_end()


def test_a_reload_brings_new_lists_caps_and_rates_for_connections_that_come(start_daemon):
    lines = listener("line")
    daemon = start_daemon(access() + lines)
    line = daemon.address("line")
    with ExitStack() as stack:
        early = stack.enter_context(Peer(line, source="127.0.0.2"))
        assert early.ask(b"PING") == b"+PONG\r\n"
        assert daemon.reload(access(deny=["127.0.0.2"]) + lines)
        assert answer_to(line, "127.0.0.2") == DENIED
        assert early.ask(b"PING") == b"+PONG\r\n"
        assert daemon.reload(access(max_per_source=1) + lines)
        # Who came while nothing was counted does not count.
        second = stack.enter_context(Peer(line, source="127.0.0.2"))
        assert second.ask(b"PING") == b"+PONG\r\n"
        assert answer_to(line, "127.0.0.2") == TOO_MANY
        assert daemon.reload(access(connect_rate=1, connect_burst=1) + lines)
        assert is_served(line, "127.0.0.2")
        assert answer_to(line, "127.0.0.3") == TOO_FAST
        assert daemon.reload(access() + lines)
        assert is_served(line, "127.0.0.2")
        assert second.ask(b"PING") == b"+PONG\r\n"


def test_who_listens_on_all_interfaces_without_a_list_is_told_once(start_daemon):
    wide = listener("line", "[::]:0", ipv6_only=False)
    daemon = start_daemon(listener("echo") + wide)
    [warning] = daemon.events("open-to-all")  # before `ready`
    assert (warning["listener"], warning["protocol"]) == ("line", "line")
    assert warning["address"] == f"[::]:{daemon.port('line')}"
    lists = '[access]\nallow = ["0.0.0.0/0", "::/0"]\n'
    assert daemon.reload(lists + wide)
    assert daemon.reload(lists + wide)
    assert len(daemon.events("open-to-all")) == 1
    # It has lost its list.
    assert daemon.reload(wide)
    assert daemon.reload(wide)
    assert len(daemon.events("open-to-all")) == 2
    assert not start_daemon(access(deny=["192.0.2.0/24"]) + listener("echo", "0.0.0.0:0")).events("open-to-all")


def test_a_flood_of_refusals_is_ten_lines_a_second_and_all_are_counted(start_daemon):
    daemon = start_daemon(access(deny=["127.0.0.2"]) + listener("echo") + listener("line"))
    start = time.monotonic()
    count = 500
    for _ in range(count):
        with Peer(daemon.address("echo"), source="127.0.0.2"):
            pass
    with Peer(daemon.address("line")) as peer:
        until(lambda: peer.stats()["connections_refused_total"] == count, what="the end of the backlog")
    assert len(refusals(daemon, "denied")) <= 10 * (time.monotonic() - start + 1)
    daemon.stop()
    suppressed = [line for line in daemon.events("refused") if "suppressed" in line.fields]
    assert len(refusals(daemon, "denied")) + sum(int(line["suppressed"]) for line in suppressed) == count


def test_many_sources_take_little_memory(start_daemon, reliability):
    count = full_or(30_000, 2_000)
    daemon = start_daemon(access(max_per_source=2, connect_rate_per_source=1) + listener("echo"))
    echo = daemon.address("echo")
    with Peer(echo) as peer:
        peer.send(b"x")
        assert peer.read() == b"x"
    before = daemon.resident()
    for n in range(count):
        with Peer(echo, source=f"127.{1 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}") as peer:
            peer.reset()
    with Peer(echo) as peer:
        peer.send(b"x")
        assert peer.read() == b"x"
    grown = daemon.resident() - before
    print(f"{count} sources: {grown >> 10} KiB more")
    assert SANITIZED or grown < 16 << 20
    reliability(8, f"{count} sources: memory +{grown >> 10} KiB")
