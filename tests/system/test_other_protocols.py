"""Discard, chargen, daytime and time."""

import calendar
import re
import struct
import time

import pytest

from deadline import steady, until
from peer import Peer
from sanitized import check_growth, scaled

SECONDS_FROM_1900_TO_1970 = 2_208_988_800  # RFC 868


def chargen_line(number):
    return bytes(32 + (number + column) % 95 for column in range(72)) + b"\r\n"


def test_discard_takes_everything_and_answers_nothing(daemon):
    size = scaled(50_000_000)
    with Peer(daemon.address("discard")) as peer:
        peer.send(b"x" * size)
        peer.send_end()
        assert peer.read_to_end() == b""
    [line] = until(lambda: daemon.events("session"))
    assert int(line["received"]) == size and int(line["sent"]) == 0


def test_chargen_begins_with_the_pattern_of_rfc_864(daemon):
    first = b"".join(chargen_line(number) for number in range(200))
    assert first.startswith(b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFG")
    with Peer(daemon.address("chargen")) as peer:
        assert peer.read_exactly(len(first)) == first


def test_chargen_keeps_its_pattern_through_megabytes(daemon):
    ring = b"".join(chargen_line(number) for number in range(95))
    with Peer(daemon.address("chargen")) as peer:
        count = scaled(3000)
        assert peer.read_exactly(len(ring) * count) == ring * count


def test_chargen_waits_for_a_slow_reader(daemon):
    with Peer(daemon.address("line")) as watch, Peer(daemon.address("chargen"), 65536) as peer:
        # It rests once the kernel's buffers and its own are full.
        sent = steady(lambda: watch.stats()["bytes_sent_total"] // 1_000_000)
        resident = daemon.resident()
        peer.read_exactly(20_000_000)
        until(lambda: watch.stats()["bytes_sent_total"] // 1_000_000 > sent)
        check_growth(resident, daemon.resident(), 2 << 20)


def test_chargen_ends_when_its_reader_goes(daemon):
    with Peer(daemon.address("chargen")) as peer:
        peer.read_exactly(1000)
    until(lambda: daemon.events("session"), what="the end of the session")


def test_daytime_says_one_line_about_now_and_closes(daemon):
    with Peer(daemon.address("daytime")) as peer:
        text = peer.read_to_end().decode("ascii")
    assert re.fullmatch(r"[A-Z][a-z]+, [A-Z][a-z]+ \d\d, \d{4} \d\d:\d\d:\d\d-UTC\r\n", text)
    told = calendar.timegm(time.strptime(text.strip(), "%A, %B %d, %Y %H:%M:%S-UTC"))
    assert abs(told - time.time()) <= 2


def test_time_says_four_bytes_about_now_and_closes(daemon):
    with Peer(daemon.address("time")) as peer:
        [seconds] = struct.unpack(">I", peer.read_to_end())
    assert abs(seconds - SECONDS_FROM_1900_TO_1970 - time.time()) <= 2


@pytest.mark.parametrize("protocol", ["daytime", "time"])
def test_an_answer_is_not_lost_when_the_client_sends_something(daemon, protocol):
    with Peer(daemon.address(protocol)) as peer:
        peer.send(b"what time is it?\r\n" * 1000)
        assert len(peer.read_to_end()) >= 4
