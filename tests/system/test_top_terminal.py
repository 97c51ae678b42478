"""`echoline top` on a terminal: what it draws, the keys, and that it gives the terminal back."""

import os
import re
import signal
import socket
import time

import pytest

from daemon import listener
from deadline import until
from program import ECHOLINE
from sanitized import PATIENCE
from service import Service
from terminal import Terminal
from test_top import NOBODY, hang

TAKEN = b"\x1b[?1049h"
GIVEN_BACK = b"\x1b[?1049l"
FRAME, END_OF_FRAME = b"\x1b[H", b"\x1b[J"


def screen(terminal):
    """The lines of the next whole frame, without tones."""
    terminal.see(FRAME)
    frame = terminal.see(END_OF_FRAME).decode()
    for tone in ("0", "1", "2", "31", "32", "33", "36"):
        frame = frame.replace(f"\x1b[{tone}m", "")
    # The terminal makes a line feed a line end, too.
    return [line.removesuffix("\x1b[K") for line in re.split("\r+\n", frame)]


def screen_with(terminal, part):
    """The next frame that shows this."""
    end = time.monotonic() + 10 * PATIENCE
    while time.monotonic() < end:
        lines = screen(terminal)
        if any(part in line for line in lines):
            return lines
    raise AssertionError(f"{part} is not on the screen: {lines}")


END_BY = {
    "q": lambda terminal: terminal.type(b"q"),
    "Ctrl-C": lambda terminal: terminal.type(b"\x03"),
    "SIGTERM": lambda terminal: os.kill(terminal.pid, signal.SIGTERM),
    "SIGHUP": lambda terminal: os.kill(terminal.pid, signal.SIGHUP),
    "SIGQUIT": lambda terminal: os.kill(terminal.pid, signal.SIGQUIT),
}


@pytest.mark.parametrize("end", END_BY.values(), ids=END_BY)
def test_a_terminal_is_given_back_as_it_was_however_it_ends(daemon, end):
    with Terminal(ECHOLINE, "top", "-i", "50ms", daemon.target("line"), NOBODY) as terminal:
        before = terminal.first_modes
        terminal.see(TAKEN)
        lines = screen_with(terminal, "2 targets, 1 up")
        assert any(line.startswith(daemon.target("line")) for line in lines)
        assert terminal.modes() != before
        end(terminal)
        terminal.see(GIVEN_BACK)
        assert terminal.exit_code() == 0
        assert terminal.modes() == before


@pytest.mark.parametrize("end", END_BY.values(), ids=END_BY)
@pytest.mark.parametrize("stop", [b"\x13", b""], ids=["Ctrl-S", "nobody reads"])
def test_a_terminal_that_takes_nothing_holds_up_no_end(daemon, stop, end):
    with Terminal(ECHOLINE, "top", "-i", "10ms", daemon.target("line"), NOBODY) as terminal:
        before = terminal.first_modes
        terminal.see(TAKEN)
        terminal.type(stop)
        until(lambda: not terminal.takes_output(), 20 * PATIENCE, "a terminal that takes nothing")
        end(terminal)
        assert terminal.exit_code() == 0
        assert terminal.modes() == before
        if stop:
            terminal.see(GIVEN_BACK)


def test_a_report_that_a_terminal_does_not_take_holds_up_no_end(daemon):
    many = [daemon.target("line")] * 20
    with Terminal(ECHOLINE, "top", "--json", "-i", "10ms", *many) as terminal:
        terminal.see(b"echoline.top/1")
        until(lambda: not terminal.takes_output(), 20 * PATIENCE, "a terminal that takes nothing")
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.exit_code() == 0


def test_a_target_that_hangs_does_not_hold_up_the_keys(daemon):
    with Service(hang) as hanging:
        command = [ECHOLINE, "top", "-W", "1h", daemon.target("line"), hanging.target]
        with Terminal(*command) as terminal:
            terminal.see(TAKEN)
            screen_with(terminal, "2 targets, 0 up")
            terminal.type(b"c")
            screen_with(terminal, "order: connections")
            terminal.type(b"q")
            assert terminal.exit_code() == 0


def test_keys_change_the_order_and_arrows_do_nothing(start_daemon):
    idle, busy = (start_daemon(listener("line")) for _ in range(2))
    with socket.create_connection(busy.address("line")):
        targets = [daemon.target("line") for daemon in (idle, busy)]
        with Terminal(ECHOLINE, "top", "-i", "50ms", *targets) as terminal:
            terminal.see(TAKEN)
            assert screen_with(terminal, "2 up, every 50ms, order: given")[2].startswith(targets[0])
            terminal.type(b"\x1b[C")
            terminal.type(b"c")
            assert screen_with(terminal, "order: connections")[2].startswith(targets[1])
            terminal.type(b"g")
            assert screen_with(terminal, "order: given")[2].startswith(targets[0])
            terminal.type(b"q")
            assert terminal.exit_code() == 0


@pytest.mark.parametrize("width, height", [(40, 10), (20, 3), (200, 50)])
def test_the_screen_fits_the_window_also_when_it_changes(daemon, width, height):
    with Terminal(ECHOLINE, "top", "-i", "1h", daemon.target("line"), NOBODY) as terminal:
        terminal.see(TAKEN)
        screen_with(terminal, "2 targets, 1 up")
        terminal.resize(width, height)
        lines = screen(terminal)
        assert len(lines) <= height and max(map(len, lines)) < width
        terminal.type(b"q")
        assert terminal.exit_code() == 0


def test_a_suspended_one_gives_the_terminal_back_for_that_time(daemon):
    with Terminal(ECHOLINE, "top", "-i", "50ms", daemon.target("line")) as terminal:
        before = terminal.first_modes
        terminal.see(TAKEN)
        screen_with(terminal, "1 up")
        os.kill(terminal.pid, signal.SIGTSTP)
        terminal.see(GIVEN_BACK)
        until(lambda: terminal.modes() == before, what="the terminal as it was")
        until(
            lambda: os.waitid(os.P_PID, terminal.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT),
            what="the program to be suspended",
        )
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.see(TAKEN)
        screen_with(terminal, "1 up")
        terminal.type(b"q")
        assert terminal.exit_code() == 0
        assert terminal.modes() == before


def test_a_terminal_that_is_closed_ends_it(daemon):
    with Terminal(ECHOLINE, "top", "-i", "50ms", daemon.target("line")) as terminal:
        terminal.see(TAKEN)
        screen_with(terminal, "1 up")
        terminal.close()
        until(terminal.has_ended, 20 * PATIENCE, "the end of the program")
