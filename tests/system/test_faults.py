"""faults of a listener: each against real sockets. For whom they are and what bounds them is
test_faults_bounds, that they are the same for the same seed test_faults_repeat."""

import socket
import time

import pytest

from deadline import until
from faulty import DATA, exchanged, sessions
from peer import PING, PONG, Peer
from sanitized import PATIENCE
from scraper import METRICS, Scraper


@pytest.mark.parametrize(
    ("fault", "expected", "end", "met"),
    [
        ("corrupt at byte 10", DATA[:10] + bytes([DATA[10] ^ 0xFF]) + DATA[11:], "end", "output:10"),
        ("corrupt xor 1 at byte 10 of input", DATA[:10] + bytes([DATA[10] ^ 1]) + DATA[11:], "end", "input:10"),
        ("drop 5B at byte 100", DATA[:100] + DATA[105:], "end", "output:100"),
        ("drop 5B at byte 9398 of input", DATA[:9398], "end", "input:9398"),
        ("duplicate 5B at byte 100", DATA[:105] + DATA[100:], "end", "output:100"),
        ("insert 3B at byte 100", DATA[:100] + b"012" + DATA[100:], "end", "output:100"),
        ("insert 3B at byte 100 of input", DATA[:100] + b"012" + DATA[100:], "end", "input:100"),
        ("fin at byte 4096", DATA[:4096], "end", "output:4096"),
        ("fin at byte 0", b"", "end", "output:0"),
        ("reset at byte 4096", DATA[:4096], "reset", "output:4096"),
        ("reset at byte 0", b"", "reset", "output:0"),
        ("half-close at byte 50", DATA[:50], "end", "output:50"),
        ("silent", b"", "end", "accept"),
        ("close", b"", "end", "accept"),
        ("coalesce 32KiB", DATA, "end", "output:0"),
        ("slice 1000B every 1ms", DATA, "end", "output:0"),
        ("slow-close 50ms", DATA, "end", "end"),
    ],
)
def test_bytes_come_as_the_fault_says(start_faulty, fault, expected, end, met):
    daemon = start_faulty("echo", fault)
    # A reset has come only after all that was sent before it, which no reader has to hurry for.
    assert exchanged(daemon, DATA) == (expected, end)
    [session] = sessions(daemon)
    assert session["faults"] == f"{fault.split()[0]}@{met}"
    assert (session["seed"], session["index"]) == ("7", "1")
    assert (session["end"] == "fault") == fault.startswith(("fin", "reset"))


def test_a_reset_waits_until_all_before_it_is_acknowledged(start_faulty):
    """And so a peer that reads late has all of it."""
    daemon = start_faulty("chargen", "reset at byte 1MiB")
    with Peer(daemon.address("chargen"), receive_buffer=4096) as peer:
        got = 0
        with pytest.raises(ConnectionResetError):
            while part := peer.read():
                got += len(part)
        assert got == 1 << 20


def test_a_slice_is_a_send_of_its_own(start_faulty):
    daemon = start_faulty("echo", "slice 3B every 20ms")
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"abcdefgh")
        assert [peer.read() for _ in range(3)] == [b"abc", b"def", b"gh"]


def test_an_urgent_byte_is_urgent(start_faulty):
    daemon = start_faulty("echo", "urgent 65 at byte 3")
    with Peer(daemon.address("echo")) as peer:
        peer.send(b"abcdef")
        assert peer.read_exactly(3) == b"abc"
        until(lambda: out_of_band(peer) == b"A", what="the urgent byte")
        assert peer.read_exactly(3) == b"def"
    [session] = sessions(daemon)
    assert session["faults"] == "urgent@output:3"


def out_of_band(peer):
    try:
        return peer.socket.recv(1, socket.MSG_OOB)
    except OSError:
        return b""


def test_after_a_half_close_the_peer_is_still_read(start_faulty):
    daemon = start_faulty("line", "half-close after line 1", before=METRICS)
    scraper = Scraper(daemon)
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
        assert peer.read() == b""
        before = scraper.value("echoline_bytes_received_total", listener="line")
        peer.send(PING + b"\r\n")
        until(lambda: scraper.value("echoline_bytes_received_total", listener="line") > before)


def test_a_fin_that_is_ignored_ends_nothing(start_faulty):
    daemon = start_faulty("echo", "ignore-fin", idle_timeout="300ms")
    begin = time.monotonic()
    assert exchanged(daemon, b"all") == (b"all", "end")
    assert time.monotonic() - begin >= 0.25
    [session] = sessions(daemon)
    assert (session["faults"], session["end"]) == ("ignore-fin@end", "idle")


def test_a_peer_that_is_not_read_has_no_room(start_faulty):
    daemon = start_faulty("discard", "stop-reading at byte 64KiB")
    with Peer(daemon.address("discard")) as peer:
        taken = peer.send_while_taken(b"x" * 65536, limit=64 << 20)
        assert (1 << 16) < taken < (64 << 20)
        peer.reset()


def test_a_delay_and_a_stall_take_their_time(start_faulty):
    daemon = start_faulty("line", "delay 100ms after line 2", "stall 150ms after line 3 of input")
    with Peer(daemon.address("line")) as peer:
        times = []
        for _ in range(4):
            begin = time.monotonic()
            assert peer.ask(PING) == PONG
            times.append(time.monotonic() - begin)
    assert times[1] >= 0.1
    # It has begun with the third line, not with the fourth.
    assert times[3] >= 0.1
    assert max(times[0], times[2]) < 0.1 * PATIENCE
    [session] = sessions(daemon)
    assert session["faults"] == "delay@line:2 stall@line:3"


def test_a_rate_is_kept(start_faulty):
    daemon = start_faulty("echo", "rate 20KiB/s")
    begin = time.monotonic()
    assert exchanged(daemon, DATA) == (DATA, "end")
    assert time.monotonic() - begin >= 0.8 * len(DATA) / 20480


def test_replies_are_swallowed_doubled_reordered_and_replaced(start_faulty):
    daemon = start_faulty(
        "line",
        "swallow-reply after line 1",
        "duplicate-reply after line 2",
        'answer "-ERR no" after line 3',
        "reorder-reply after line 4",
    )
    with Peer(daemon.address("line")) as peer:
        peer.send(b"".join(b"ECHO %d\r\n" % number for number in range(1, 7)))
        peer.send_end()
        assert peer.read_to_end() == b"+2\r\n+2\r\n-ERR no\r\n+5\r\n+4\r\n+6\r\n"
    [session] = sessions(daemon)
    assert session["faults"] == (
        "swallow-reply@reply:1 duplicate-reply@reply:2 answer@reply:3 reorder-reply@reply:4"
    )


def test_what_is_placed_by_time_happens_to_an_idle_connection(start_faulty):
    for fault in ("reset after 100ms", "fin after 100ms", "fin after 100ms of input"):
        daemon = start_faulty("line", fault)
        begin = time.monotonic()
        with Peer(daemon.address("line")) as peer:
            if fault.startswith("fin"):
                assert peer.read() == b""
            else:
                with pytest.raises(ConnectionResetError):
                    peer.read()
        assert time.monotonic() - begin >= 0.09
        [session] = sessions(daemon)
        assert session["faults"] == f"{fault.split()[0]}@time:100ms"
