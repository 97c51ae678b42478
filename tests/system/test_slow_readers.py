"""Peers that read slowly: every byte arrives, however long that takes."""

import socket
import threading
import time

import pytest

from daemon import listener
from deadline import until
from full import full_or
from peer import Peer
from sanitized import PATIENCE, scaled

KB = 1000
ECHO = b"ECHO " + b"e" * 8000 + b"\r\n"
# A window that was closed opens in steps of 95 kB: at the slowest there is nothing for 26 s.
RATES = full_or([5 * KB, 20 * KB, 60 * KB, 150 * KB, 300 * KB], [300 * KB, 900 * KB])


@pytest.fixture
def daemon(start_daemon):
    return start_daemon(listener("echo") + listener("line"))


def connect(address):
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    peer.settimeout(120)
    peer.connect(address)
    return peer


def read_at(peer, rate):
    """All that comes, at so many bytes a second."""
    begin = time.monotonic()
    received = bytearray()
    while True:
        due = int((time.monotonic() - begin) * rate) - len(received)
        if due <= 0:
            time.sleep(0.01)
            continue
        piece = peer.recv(min(due, 65536))
        if not piece:
            return bytes(received)
        received += piece


@pytest.mark.parametrize("rate", RATES)
def test_replies_before_a_quit_arrive_whole(daemon, rate):
    requests = scaled(190, 40)
    with connect(daemon.address("line")) as peer:
        peer.sendall(ECHO * requests + b"QUIT\r\n")
        received = read_at(peer, rate)
    reply = b"e" * 8000 + b"\r\n"
    assert received.count(reply) == requests
    assert received.endswith(b"\r\n")


@pytest.mark.parametrize("rate", RATES)
def test_an_echo_after_a_half_close_arrives_whole(daemon, rate):
    size = scaled(full_or(4 * KB * KB, 2 * KB * KB), KB * KB)
    with connect(daemon.address("echo")) as peer:

        def send():
            peer.sendall(b"x" * size)
            peer.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = read_at(peer, rate)
        sender.join()
    assert len(received) == size


def test_a_listener_says_how_long_it_waits_for_a_peer_that_keeps_its_end_open(start_daemon):
    daemon = start_daemon(
        listener("line", close_timeout="100ms") + listener("line", name="patient", close_timeout="1h")
    )
    with Peer(daemon.address("patient")) as watch, connect(daemon.address("line")) as short:
        with connect(daemon.address("patient")) as patient:
            for peer in (short, patient):
                peer.sendall(b"QUIT\r\n")
                assert peer.recv(100)
                assert peer.recv(100) == b""
            # Both have our end; only one of them is still waited for.
            until(
                lambda: watch.stats()["connections_active"] == 2,
                5 * PATIENCE,
                "the end of the one that has little time",
            )
        until(lambda: watch.stats()["connections_active"] == 1, 5 * PATIENCE, "the other's end")
