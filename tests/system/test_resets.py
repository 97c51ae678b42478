"""Clients that break off with a reset, in the middle of whatever they did."""

import random

import pytest

from deadline import steady, until
from peer import Peer
from sanitized import scaled


@pytest.mark.parametrize("protocol", ["echo", "line", "chargen"])
def test_a_thousand_resets_in_mid_write_change_nothing(daemon, reliability, protocol):
    choice = random.Random(13)
    address = daemon.address(protocol)
    with Peer(daemon.address("line")) as watch:
        assert watch.ask(b"PING") == b"+PONG\r\n"
        before = steady(daemon.descriptors)
        data = b"PING\r\n" * 20_000
        for _ in range(scaled(1000)):
            peer = Peer(address)
            peer.socket.setblocking(False)
            peer.socket.send(data[: choice.randrange(1, len(data))])
            peer.reset()
        # The last ones may still be in the backlog, or between two threads.
        until(lambda: daemon.descriptors() == before, what="the close of every descriptor")
        until(lambda: watch.stats()["connections_active"] == 1, what="the end of every session")
        assert steady(daemon.descriptors) == before
        assert watch.stats()["connections_failed_total"] == 0
    reliability(13, f"{protocol}: {scaled(1000)} resets, {before} descriptors before and after")
