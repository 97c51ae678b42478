"""A peer that takes less than it gives is read no faster than it takes."""

import hashlib
import threading
from contextlib import ExitStack

import pytest

from daemon import listener
from deadline import steady
from peer import Peer
from sanitized import PATIENCE, check_growth, scaled

MIB = 1 << 20
SIZE = scaled(1024, 16) * MIB


@pytest.fixture
def daemon(start_daemon):
    return start_daemon('shutdown_grace = "1s"\n' + listener("echo") + listener("line"))


class Sender(threading.Thread):
    """Sends SIZE bytes, each megabyte different, then half-closes."""

    def __init__(self, peer):
        super().__init__(daemon=True)
        self.digest = hashlib.blake2b()
        self.sent = 0
        self._peer = peer
        # What stands still is not yet stuck for good.
        peer.socket.settimeout(120 * PATIENCE)
        self.start()

    def run(self):
        block = bytearray(range(256)) * (MIB // 256)
        while self.sent < SIZE:
            block[:8] = self.sent.to_bytes(8, "big")
            self.digest.update(block)
            view = memoryview(block)
            while view:
                taken = self._peer.socket.send(view)
                self.sent += taken
                view = view[taken:]
        self._peer.send_end()


def test_a_gigabyte_to_a_slow_reader_comes_back_exactly_in_flat_memory(daemon, reliability):
    with Peer(daemon.address("echo")) as peer, Peer(daemon.address("line")) as other:
        peer.send(b"warm")
        peer.read_exactly(4)
        before = highest = daemon.resident()
        sender = Sender(peer)
        digest, received = hashlib.blake2b(), 0

        def read_until(target):
            nonlocal received, highest
            while received < target:
                data = peer.read(MIB)
                assert data, "the end came too early"
                digest.update(data)
                if received // (64 * MIB) != (received + len(data)) // (64 * MIB):
                    highest = max(highest, daemon.resident())
                received += len(data)

        # Slow: it takes a piece only once everything on the way is full.
        for turn in range(1, 6):
            steady(lambda: sender.sent, within=60 * PATIENCE)
            assert sender.sent - received < 64 * MIB
            highest = max(highest, daemon.resident())
            assert other.ask(b"PING") == b"+PONG\r\n"
            read_until(turn * SIZE // 32)
        read_until(SIZE)
        assert peer.read() == b""
        sender.join(10)
        assert digest.digest() == sender.digest.digest()
        check_growth(before, highest, 2 * MIB)
    reliability(5, f"{SIZE // MIB} MiB to a slow reader, exact; memory +{(highest - before) // 1024} KiB")


@pytest.mark.parametrize("request_line", [b"PING\n", b"HELP\n", b"STATS\n", b"?\n"])
def test_a_client_that_never_reads_its_replies_stops_being_read(daemon, request_line):
    with Peer(daemon.address("line")) as peer, Peer(daemon.address("line")) as other:
        other.stats()
        before = daemon.resident()
        taken = peer.send_while_taken(request_line * 10_000, limit=256 * MIB)
        assert taken < 256 * MIB
        received = other.stats()["bytes_received_total"]
        check_growth(before, daemon.resident(), MIB)
        assert other.stats()["bytes_received_total"] == received + len(b"STATS\r\n")
        # Whatever it had asked by then is answered once it reads.
        assert peer.read_line()[:1] in b"+-*"


def stuff(peers):
    """Sends to each of `peers` until none takes any more."""
    block = bytes(MIB)
    total = 0

    def push():
        nonlocal total
        for peer in peers:
            try:
                while True:
                    total += peer.socket.send(block)
            except BlockingIOError:
                pass
        return total

    steady(push, within=60 * PATIENCE)


@pytest.mark.parametrize("high_water", [16, 64, 1024])
def test_clients_that_never_read_cost_their_high_water_and_little_more(
    start_daemon, reliability, high_water
):
    count = scaled(50, 5)
    limits = f'[limits]\nhigh_water = "{high_water}KiB"\nlow_water = "1KiB"\n'
    echo, line = listener("echo"), listener("line")
    daemon = start_daemon('shutdown_grace = "1s"\n' + limits + echo + line)
    with Peer(daemon.address("line")) as other, ExitStack() as stack:
        other.ask(b"PING")
        before = daemon.resident()
        peers = [Peer(daemon.address("echo"), receive_buffer=4096) for _ in range(count)]
        for peer in peers:
            stack.callback(peer.reset)
            peer.socket.setblocking(False)
        stuff(peers)
        # Beside its high water, the piece that passed it and the block it was read into.
        each = (high_water + 2 * 64) * 1024
        grown = daemon.resident() - before
        check_growth(0, grown, count * each * 11 // 10 + MIB)
        reliability(5, f"{count} that never read: {grown // 1024 // count} KiB each at {high_water} KiB")
        assert other.ask(b"PING") == b"+PONG\r\n"
