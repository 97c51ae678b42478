"""What the tests of chaos and of failing calls take for right: it can be wrong."""

import struct
import time

import pytest

from conversation import ENOUGH, RING, SINCE_1900, Conversation

NOW = 1_700_000_000  # a Tuesday
DAY = b"Tuesday, November 14, 2023 22:13:20-UTC\r\n"
LINES = b"+12\r\n+3456\r\n"


def held(protocol, got, wanted=b"", began=NOW):
    conversation = Conversation(protocol, 0)
    conversation.got[:] = got
    conversation.wanted, conversation.began = wanted, began
    return conversation


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: NOW)


RIGHT = [
    ("echo", b"", b"abc"),
    ("echo", b"ab", b"abc"),
    ("discard", b"", b""),
    ("line", b"", LINES),
    ("line", b"+1", LINES),
    ("line", b"+12\r\n", LINES),
    ("line", b"-ERR unknown command\r\n", LINES),  # the first line was cut off
    ("line", b"-E", LINES),
    ("line", b"+\r\n", LINES),
    ("line", b"+1\r\n", LINES),
    ("line", b"+1\r", LINES),
    ("line", b"+12\r\n-ERR unknown command\r\n", LINES),
    ("line", b"+12\r\n+34\r\n", LINES),
    ("chargen", RING[:1000], b""),
    ("daytime", b"", b""),
    ("daytime", DAY[:30], b""),
    ("time", struct.pack(">I", NOW + SINCE_1900)[:3], b""),
]
WRONG = [
    ("echo", b"b", b"abc"),
    ("echo", b"abcd", b"abc"),
    ("discard", b"a", b""),
    ("line", b"?", LINES),
    ("line", b"+2\r\n", LINES),
    ("line", b"+1\r\n+3456\r\n", LINES),  # a cut line is the last one
    ("line", b"-ERR unknown command\r\n+3456\r\n", LINES),
    ("line", b"+12\r\n+35\r\n", LINES),
    ("line", b"+12\r\n+3456\r\n-ERR unknown command\r\n", LINES),
    ("line", b"+12\r\n\r\n", LINES),
    ("chargen", RING[1:1000], b""),
    ("daytime", b"Tuesday, November 14, 2023 22:13:29", b""),
    ("daytime", DAY + DAY, b""),
    ("time", struct.pack("<I", NOW + SINCE_1900), b""),
    ("time", struct.pack(">I", NOW), b""),
    ("time", struct.pack(">Q", NOW + SINCE_1900), b""),
]


@pytest.mark.parametrize("protocol, got, wanted", RIGHT)
def test_what_came_is_right_as_far_as_it_goes(protocol, got, wanted):
    assert held(protocol, got, wanted).is_right()
    assert not held(protocol, got, wanted).is_whole() or got == wanted


@pytest.mark.parametrize("protocol, got, wanted", WRONG)
def test_what_came_is_wrong(protocol, got, wanted):
    assert not held(protocol, got, wanted).is_right()
    assert not held(protocol, got, wanted).is_whole()


@pytest.mark.parametrize(
    "protocol, got, wanted",
    [
        ("echo", b"abc", b"abc"),
        ("line", LINES, LINES),
        ("chargen", (RING * 10)[:ENOUGH], b""),
        ("daytime", DAY, b""),
        ("time", struct.pack(">I", NOW + SINCE_1900), b""),
    ],
)
def test_all_of_it_is_whole(protocol, got, wanted):
    conversation = held(protocol, got, wanted)
    assert conversation.is_right() and conversation.is_whole()


def test_a_clock_may_be_of_any_second_since_the_beginning():
    assert held("daytime", DAY, began=NOW - 1000).is_whole()
    assert not held("daytime", DAY, began=NOW + 100).is_whole()
