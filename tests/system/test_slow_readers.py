"""Peers that read slowly: every byte arrives, however long that takes."""

import pathlib
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
# A window that was shut opens by up to 128 KiB at once: at the slowest nothing moves for 26 s.
RATES = full_or([5 * KB, 20 * KB, 60 * KB, 150 * KB, 300 * KB], [300 * KB, 900 * KB])


SMALL_SEND_BUFFERS = "4096 16384 65536"


@pytest.fixture
def daemon(start_daemon):
    return start_daemon(listener("echo") + listener("line"))


@pytest.fixture
def small_buffers(own_network):
    """A network whose kernel holds little of what is to be sent: the daemon has to keep the rest."""
    pathlib.Path("/proc/sys/net/ipv4/tcp_wmem").write_text(SMALL_SEND_BUFFERS)


@pytest.fixture
def hurried_daemon(small_buffers, start_daemon):
    """With less patience than its peer's window stays shut for; it holds what its kernel does not."""
    limits = {"close_timeout": full_or("5s", "500ms"), "high_water": "1MiB"}
    return start_daemon(listener("echo", **limits) + listener("line", **limits))


def connect(address):
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    peer.settimeout(full_or(1200, 120))
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


def replies_before_a_quit_arrive_whole(daemon, requests, rate):
    with connect(daemon.address("line")) as peer:
        peer.sendall(ECHO * requests + b"QUIT\r\n")
        received = read_at(peer, rate)
    reply = b"e" * 8000 + b"\r\n"
    assert received.count(reply) == requests
    assert received.endswith(b"\r\n")
    assert how_it_ended(daemon) == "done"


def an_echo_after_a_half_close_arrives_whole(daemon, size, rate):
    with connect(daemon.address("echo")) as peer:

        def send():
            peer.sendall(b"x" * size)
            peer.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = read_at(peer, rate)
        sender.join()
    assert len(received) == size
    assert how_it_ended(daemon) == "peer-closed"


def how_it_ended(daemon):
    until(lambda: daemon.events("session"), 5 * PATIENCE, "the end of the session")
    return daemon.events("session")[-1]["end"]


@pytest.mark.parametrize("rate", RATES)
def test_replies_before_a_quit_arrive_whole(daemon, rate):
    replies_before_a_quit_arrive_whole(daemon, scaled(190, 40), rate)


@pytest.mark.parametrize("rate", RATES)
def test_an_echo_after_a_half_close_arrives_whole(daemon, rate):
    size = scaled(full_or(4 * KB * KB, 2 * KB * KB), KB * KB)
    an_echo_after_a_half_close_arrives_whole(daemon, size, rate)


@pytest.mark.parametrize("rate", full_or([5 * KB, 20 * KB], [60 * KB]))
def test_replies_of_which_the_daemon_holds_a_part_arrive_whole(hurried_daemon, rate):
    replies_before_a_quit_arrive_whole(hurried_daemon, full_or(190, 40), rate)


@pytest.mark.parametrize("rate", full_or([5 * KB, 20 * KB], [60 * KB]))
def test_an_echo_of_which_the_daemon_holds_a_part_arrives_whole(hurried_daemon, rate):
    an_echo_after_a_half_close_arrives_whole(hurried_daemon, full_or(4 * KB, 320) * KB, rate)


def test_replies_arrive_whole_at_a_peer_that_does_not_cease_to_send(start_daemon):
    daemon = start_daemon(listener("line", close_timeout="500ms"))
    with connect(daemon.address("line")) as peer:

        def send():
            try:
                peer.sendall(ECHO * 40 + b"QUIT\r\n")
                while True:
                    peer.sendall(b"x" * KB * KB)
            except OSError:
                pass

        sender = threading.Thread(target=send)
        sender.start()
        received = read_at(peer, 500 * KB)
        assert received.count(b"e" * 8000 + b"\r\n") == 40
        assert received.endswith(b"+BYE\r\n")
        assert how_it_ended(daemon) == "sent-too-much"
        sender.join()


def test_a_peer_that_never_reads_is_given_up(small_buffers, start_daemon):
    daemon = start_daemon(listener("line", close_timeout="100ms", high_water="1MiB"))
    with connect(daemon.address("line")) as peer:
        begin = time.monotonic()
        peer.sendall(ECHO * 40 + b"QUIT\r\n")
        assert how_it_ended(daemon) == "Connection timed out"
        assert time.monotonic() - begin > 12 * 0.1
        with pytest.raises(ConnectionResetError):
            read_at(peer, KB * KB)


def test_what_the_kernel_has_is_not_taken_back_when_patience_ends(start_daemon):
    daemon = start_daemon(listener("line", close_timeout="100ms"))
    with connect(daemon.address("line")) as peer:
        peer.sendall(ECHO * 32 + b"QUIT\r\n")
        assert how_it_ended(daemon) == "unacknowledged"
        assert read_at(peer, KB * KB).count(b"e") == 32 * 8000


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
