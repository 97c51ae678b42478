"""The line protocol: every request its one reply, whatever the splitting, whatever is sent."""

import random
import re
import threading
import time

import pytest

from daemon import listener
from peer import Peer
from program import pipe_through, run
from sanitized import scaled

MAX_LINE = 8192
TOO_LONG = b"-ERR line longer than 8192 bytes\r\n"


@pytest.fixture
def daemon(start_daemon):
    return start_daemon('shutdown_grace = "1s"\n' + listener("line"))


@pytest.fixture
def peer(daemon):
    with Peer(daemon.address("line")) as peer:
        yield peer


def random_request(choice):
    """A request without its line end, and its reply."""
    # Not CR, LF or IAC, which have a meaning of their own.
    text = bytes(b for b in choice.randbytes(choice.randrange(1, 60)) if b not in b"\r\n\xff")
    return choice.choice(
        [
            (b"PING", b"+PONG\r\n"),
            (b"ping " + b"x" + text, b"+x" + text + b"\r\n"),
            (b"ECHO " + text, b"+" + text + b"\r\n"),
            (b"echo", b"+\r\n"),
            (b"", b""),
            (b"frob 1", b"-ERR unknown command 'frob', try HELP\r\n"),
        ]
    )


def test_ten_thousand_pipelined_lines_split_anywhere_get_the_exact_replies(peer):
    choice = random.Random(7008)
    pairs = [random_request(choice) for _ in range(scaled(10_000, 2))]
    stream = b"".join(request + choice.choice((b"\n", b"\r\n", b"\r\0")) for request, _ in pairs)

    def send():
        at = 0
        while at < len(stream):
            size = choice.choice((1, 2, 7, 50, 1000, 20_000))
            peer.send(stream[at : at + size])
            at += size
        peer.send_end()

    sender = threading.Thread(target=send)
    sender.start()
    received = peer.read_to_end()
    sender.join(10)
    assert received == b"".join(reply for _, reply in pairs)


def test_the_last_line_needs_no_line_feed_before_the_end(daemon):
    assert pipe_through("nc", "-N", *daemon.address("line"), input=b"PING") == b"+PONG\r\n"


def test_a_last_line_that_is_too_long_gets_its_error_before_the_end(peer):
    peer.send(b"x" * (MAX_LINE + 1))
    peer.send_end()
    assert peer.read_to_end() == TOO_LONG


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\0"], ids=["LF", "CR LF", "CR NUL"])
def test_a_line_of_exactly_the_limit_is_accepted(peer, end):
    text = b"x" * (MAX_LINE - len(b"ECHO "))
    peer.send(b"ECHO " + text + end)
    assert peer.read_line() == b"+" + text + b"\r\n"


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\0"], ids=["LF", "CR LF", "CR NUL"])
@pytest.mark.parametrize("excess", [1, 2, 3, 10_000, 100_000])
def test_a_longer_line_gets_one_error_and_the_next_line_works(peer, reliability, excess, end):
    peer.send(b"x" * (MAX_LINE + excess) + end + b"PING" + end)
    assert peer.read_line() == TOO_LONG
    assert peer.read_line() == b"+PONG\r\n"
    if excess == 1 and end == b"\n":
        reliability(10, f"a line of {MAX_LINE + excess} bytes: one error, the next line works")


def test_a_longer_line_gets_its_error_before_its_end(peer):
    peer.send(b"x" * (MAX_LINE + 2))
    assert peer.read_line() == TOO_LONG
    peer.send(b"still the same line\nPING\n")
    assert peer.read_line() == b"+PONG\r\n"


def test_a_listener_has_a_limit_of_its_own(start_daemon):
    daemon = start_daemon(listener("line", max_line="64B"))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"ECHO " + b"x" * 59) == b"+" + b"x" * 59 + b"\r\n"
        assert peer.ask(b"ECHO " + b"x" * 60) == b"-ERR line longer than 64 bytes\r\n"


REPLIES = [
    (b"PING", rb"\+PONG"),
    (b"pInG  two  spaces ", rb"\+ two  spaces "),
    (b"ECHO \xc3\xa9\t\x01\x00", rb"\+\xc3\xa9\t\x01\x00"),
    (b"ECHO", rb"\+"),
    (b"ECHO ", rb"\+"),
    (b"ECHO a\rb", rb"\+a\\rb"),
    (b"TIME", rb"\+\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
    (b"STAMP", rb"\+\d+ \d+"),
    (b"STAMP  two  spaces ", rb"\+\d+ \d+  two  spaces "),
    (b"stamp a\rb", rb"\+\d+ \d+ a\\rb"),
    (b"WHOAMI", rb"\+127\.0\.0\.1:\d+"),
    (b"VERSION", rb"\+echoline \d+\.\d+\.\d+"),
    (b"nonsense", rb"-ERR unknown command 'nonsense', try HELP"),
    (b"x" * 40, rb"-ERR unknown command '" + b"x" * 32 + rb"', try HELP"),
    (b"\x1b[2J'\\", rb"-ERR unknown command '\\x1b\[2J\\'\\\\', try HELP"),
    (b" PING", rb"-ERR unknown command '', try HELP"),
    (b"HELP nonsense", rb"-ERR unknown command 'nonsense', try HELP"),
    (b"TIME now", rb"-ERR TIME takes no argument"),
    (b"QUIT", rb"\+BYE"),
]


@pytest.mark.parametrize("request_line, pattern", REPLIES, ids=[repr(r)[2:24] for r, _ in REPLIES])
def test_a_command_has_a_reply_of_this_shape(peer, request_line, pattern):
    assert re.fullmatch(pattern + rb"\r\n", peer.ask(request_line))


def test_help_has_a_line_for_each_command_and_each_for_itself(peer):
    lines = peer.ask(b"HELP")
    names = [re.match(rb"\+([A-Z]+)[^:]*: \S.*\r\n", line)[1] for line in lines]
    known = "PING ECHO TIME STAMP WHOAMI STATS VERSION HELP QUIT"
    assert names == known.encode().split()
    for name, line in zip(names, lines):
        assert peer.ask(b"HELP " + name) == [line]


def test_a_stamp_is_of_the_monotonic_clock_and_lies_between_question_and_answer(peer):
    for number in range(20):
        asked = time.monotonic_ns()
        reply = peer.ask(b"STAMP %d" % number)
        answered = time.monotonic_ns()
        received, sent, text = re.fullmatch(rb"\+(\d+) (\d+) (\d+)\r\n", reply).groups()
        assert asked < int(received) < int(sent) < answered
        assert int(text) == number


def test_whoami_tells_the_client_its_own_address(start_daemon):
    arguments = ["--listen", "line=127.0.0.1:0", "--listen", "line=[::1]:0"]
    daemon = start_daemon(arguments=arguments)
    for line in daemon.events("listening"):
        host, _, port = line["address"].rpartition(":")
        with Peer((host.strip("[]"), int(port))) as peer:
            own = peer.socket.getsockname()[1]
            assert peer.ask(b"WHOAMI") == f"+{host}:{own}\r\n".encode()


def test_stats_counts_connections_and_bytes(start_daemon):
    # One worker: another one may count a reply a moment after its peer has it.
    daemon = start_daemon("workers = 1\n" + listener("line"))
    with Peer(daemon.address("line")) as peer, Peer(daemon.address("line")) as other:
        other.ask(b"PING")
        stats = peer.stats()
        assert stats["connections_active"] == 2
        assert stats["connections_total"] == 2
        assert stats["bytes_received_total"] == len(b"PING\r\n" b"STATS\r\n")
        assert stats["bytes_sent_total"] == len(b"+PONG\r\n")


def test_quit_ends_the_connection_and_what_follows_is_not_executed(peer):
    peer.send(b"PING\r\nQUIT\r\nPING\r\n")
    assert peer.read_to_end() == b"+PONG\r\n+BYE\r\n"


def test_replies_to_lines_that_came_together_leave_together(peer):
    peer.send(b"PING\n" * 100)
    assert peer.read_exactly(1) == b"+"
    assert len(peer.read()) == 100 * len(b"+PONG\r\n") - 1


def test_redis_benchmark_runs_against_it(daemon):
    _, port = daemon.address("line")
    requests = scaled(100_000)
    done = run(
        *("redis-benchmark", "-p", port, "-t", "ping_inline", "-P", 16),
        *("-n", requests, "-c", 50, "-q"),
        seconds=120,
    )
    assert done.returncode == 0
    rate = re.search(r"PING_INLINE: ([0-9.]+) requests per second", done.stdout)
    assert rate and float(rate[1]) > 0
    with Peer(daemon.address("line")) as peer:
        assert peer.stats()["bytes_received_total"] >= requests * len(b"PING\r\n")
