"""The echo protocol gives back every byte as it came, whoever asks."""

import os
import random
import socket
import threading
from contextlib import ExitStack

import pytest

from daemon import listener
from peer import Peer
from program import pipe_through
from sanitized import scaled

MEGABYTE = 1_000_000


def echoed(address, data):
    """What comes back for `data`, sent at once with a half-close and read at the same time."""
    with Peer(address) as peer:

        def send():
            peer.send(data)
            peer.send_end()

        sender = threading.Thread(target=send)
        sender.start()
        received = peer.read_to_end()
        sender.join(10)
        return received


def test_a_megabyte_with_half_close_comes_back_exactly(daemon, reliability):
    data = os.urandom(MEGABYTE)
    assert echoed(daemon.address("echo"), data) == data
    reliability(12, f"{MEGABYTE} bytes and FIN: all back, then FIN")


def test_nothing_with_half_close_comes_back_as_the_end(daemon):
    assert echoed(daemon.address("echo"), b"") == b""


def test_a_megabyte_through_netcat_comes_back_exactly(daemon, reliability):
    data = os.urandom(MEGABYTE)
    assert pipe_through("nc", "-N", *daemon.address("echo"), input=data) == data
    reliability(12, f"nc -N: {MEGABYTE} bytes, exact")


def test_a_megabyte_through_socat_comes_back_exactly(daemon, reliability):
    data = os.urandom(MEGABYTE)
    host, port = daemon.address("echo")
    assert pipe_through("socat", "-t5", "-", f"TCP:{host}:{port}", input=data) == data
    reliability(12, f"socat: {MEGABYTE} bytes, exact")


def test_every_byte_value_comes_back_before_the_next_is_sent(daemon):
    with Peer(daemon.address("echo")) as peer:
        for value in range(256):
            peer.send(bytes([value]))
            assert peer.read_exactly(1) == bytes([value])


def test_bytes_that_look_like_telnet_come_back_as_they_came(daemon):
    negotiation = b"\xff\xfd\x06\xff\xfb\x01\xff\xff\xff\xf4\xff\xfa\x18\x00xterm\xff\xf0\r\0\r\n"
    with Peer(daemon.address("echo")) as peer:
        peer.send(negotiation)
        assert peer.read_exactly(len(negotiation)) == negotiation


def test_urgent_data_comes_back_in_its_place(daemon):
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"before ")
        peer.socket.send(b"!", socket.MSG_OOB)
        peer.send(b" after")
        peer.send_end()
        assert peer.read_to_end() == b"before ! after"


def test_urgent_data_comes_back_in_its_place_on_a_unix_socket(start_daemon, tmp_path):
    start_daemon(listener("echo", f"unix:{tmp_path}/s"))
    with Peer(f"{tmp_path}/s") as peer:
        peer.send(b"before ")
        try:
            peer.socket.send(b"!", socket.MSG_OOB)
        except OSError as error:
            pytest.skip(f"this kernel has none on Unix sockets: {error}")
        peer.send(b" after")
        peer.send_end()
        assert peer.read_to_end() == b"before ! after"


def test_pieces_of_any_size_come_back_in_order(daemon):
    choice = random.Random(7007)
    data = choice.randbytes(300_000)
    with Peer(daemon.address("echo")) as peer:
        at = 0
        while at < len(data):
            piece = data[at : at + choice.choice((1, 2, 100, 4096, 70_000))]
            peer.send(piece)
            assert peer.read_exactly(len(piece)) == piece
            at += len(piece)


def test_two_hundred_connections_at_once_each_get_their_own_bytes(daemon):
    count = scaled(200, 4)
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("echo"))) for _ in range(count)]
        for turn in range(10):
            messages = [b"%d of %d " % (turn, i) * 200 for i in range(count)]
            for peer, message in zip(peers, messages):
                peer.send(message)
            for peer, message in zip(peers, messages):
                assert peer.read_exactly(len(message)) == message


def test_a_megabyte_over_ipv6_comes_back_exactly(start_daemon):
    daemon = start_daemon(arguments=["--listen", "echo=[::1]:0"])
    data = os.urandom(MEGABYTE)
    assert echoed(daemon.address("echo"), data) == data


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "echo.sock")


def test_a_megabyte_over_a_unix_socket_comes_back_exactly(start_daemon, path):
    daemon = start_daemon(listener("echo", f"unix:{path}"))
    data = os.urandom(MEGABYTE)
    assert echoed(daemon.address("echo"), data) == data
    assert daemon.address("echo") == path


def test_a_unix_socket_is_removed_at_the_stop(start_daemon, path):
    daemon = start_daemon(listener("echo", f"unix:{path}"))
    assert os.path.exists(path)
    assert daemon.stop() == 0
    assert not os.path.exists(path)


def test_a_unix_socket_that_nobody_answers_on_is_replaced(start_daemon, path):
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(path)
    daemon = start_daemon(listener("echo", f"unix:{path}"))
    assert echoed(daemon.address("echo"), b"hello") == b"hello"
