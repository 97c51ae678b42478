"""What was never meant for the line protocol costs it neither its life nor its memory."""

import random
import ssl

import pytest

from daemon import listener
from deadline import until
from full import full_or
from peer import Peer
from sanitized import check_growth, scaled

MIB = 1 << 20
TOO_LONG = b"-ERR line longer than 8192 bytes\r\n"


@pytest.fixture
def daemon(start_daemon):
    return start_daemon('shutdown_grace = "1s"\n' + listener("line"))


def send_all_it_takes(peer, data):
    """Sends `data`, and reads at the same time, until all is sent or the daemon ends it; what it
    has read."""
    replies = []
    peer.socket.setblocking(False)
    at = 0
    ended = False
    while at < len(data) and not ended:
        try:
            at += peer.socket.send(data[at : at + 65536])
        except BlockingIOError:
            pass
        except ConnectionError:
            break
        try:
            while part := peer.socket.recv(MIB):
                replies.append(part)
            ended = True
        except BlockingIOError:
            pass
        except ConnectionError:
            break
    peer.socket.settimeout(20)
    return b"".join(replies)


def check_alive(daemon):
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"


def test_megabytes_without_a_line_feed_leave_memory_flat(daemon, reliability):
    size = scaled(full_or(1024, 100))
    with Peer(daemon.address("line")) as peer:
        block = b"x" * MIB
        peer.send(block)
        assert peer.ask(b"") == TOO_LONG
        assert peer.ask(b"PING") == b"+PONG\r\n"
        before = daemon.resident()
        highest = before
        for _ in range(size):
            peer.send(block)
            highest = max(highest, daemon.resident())
        check_growth(before, highest, 128 * 1024)
        peer.send(b"\nPING\n")
        peer.send_end()
        assert peer.read_to_end() == TOO_LONG + b"+PONG\r\n"
    reliability(10, f"{size} MiB without a line feed: memory +{(highest - before) // 1024} KiB")


def test_an_http_request_gets_an_error_a_line(daemon, reliability):
    with Peer(daemon.address("line")) as peer:
        peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n")
        assert peer.read_line() == b"-ERR unknown command 'GET', try HELP\r\n"
        assert peer.read_line() == b"-ERR unknown command 'Host:', try HELP\r\n"
        assert peer.read_line() == b"-ERR unknown command 'Accept:', try HELP\r\n"
        assert peer.ask(b"PING") == b"+PONG\r\n"
    reliability(11, "an HTTP request: an error a line, alive")


def test_a_tls_client_fails_to_shake_hands_and_nothing_else_happens(daemon, reliability):
    context = ssl.create_default_context()
    with Peer(daemon.address("line")) as peer:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with pytest.raises(ssl.SSLWantReadError):
            client.do_handshake()
        peer.send(outgoing.read())
        peer.send_end()
        incoming.write(peer.read_to_end())
        incoming.write_eof()
        with pytest.raises(ssl.SSLError):
            client.do_handshake()
    check_alive(daemon)
    reliability(11, "a TLS hello: errors, alive")


@pytest.mark.parametrize("seed", range(3))
def test_ten_megabytes_of_random_bytes_leave_it_alive_and_bounded(daemon, reliability, seed):
    data = random.Random(seed).randbytes(scaled(10) * MIB)
    # IAC IP would end the session.
    data = data.replace(b"\xff\xf4", b"\xff\xf5")
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"
        before = daemon.resident()
        replies = send_all_it_takes(peer, data)
        grown = daemon.resident() - before
        check_growth(0, grown, 1 * MIB)
        peer.send_end()
        replies += peer.read_to_end()
    assert replies.count(b"-ERR ") > data.count(b"\n") * 0.9
    [session] = until(lambda: daemon.events("session"))
    assert int(session["received"]) == len(b"PING\r\n") + len(data)
    check_alive(daemon)
    reliability(11, f"{len(data) // MIB} MiB of random bytes, seed {seed}: memory +{grown // 1024} KiB, alive")


def test_random_bytes_with_an_interrupt_among_them_end_their_session_only(daemon):
    choice = random.Random(244)
    for _ in range(20):
        with Peer(daemon.address("line")) as peer:
            replies = send_all_it_takes(peer, choice.randbytes(200_000) + b"\xff\xf4")
            assert (replies + peer.read_to_end()).endswith(b"+BYE\r\n")
    check_alive(daemon)


def test_a_megabyte_of_short_lines_that_mean_nothing_gets_an_error_each(daemon):
    count = scaled(200_000)
    with Peer(daemon.address("line")) as peer:
        replies = send_all_it_takes(peer, b"?\n" * count)
        peer.send_end()
        replies += peer.read_to_end()
        assert replies == b"-ERR unknown command '?', try HELP\r\n" * count
