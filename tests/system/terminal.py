"""A program on a terminal of its own, and the person who types at it."""

import os
import pty
import select
import signal
import termios
import time

from deadline import until
from process import Process
from sanitized import PATIENCE


class Terminal:
    """Use it in a `with` block, at whose end the program is gone."""

    def __init__(self, *command):
        self._screen = b""
        self._exit_code = None
        go, told = os.pipe()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            try:
                os.read(go, 1)
                os.execvp(command[0], [str(part) for part in command])
            finally:
                os._exit(127)
        # Of termios(3), as the program finds them.
        self.first_modes = self.modes()
        os.write(told, b".")
        os.close(go)
        os.close(told)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
        if not self.has_ended():
            os.kill(self.pid, signal.SIGKILL)
            until(self.has_ended, what="the end of the program")

    def takes_commands_after(self, key):
        """Whether the program has set up its terminal: to be handed a line at `key`, and to be
        interrupted without dying of it."""
        end_of_line = termios.tcgetattr(self._terminal)[6][termios.VEOL]
        return end_of_line == key and Process(self.pid).catches(signal.SIGINT)

    def resize(self, width, height):
        """Gives it so many columns and lines, and tells the program."""
        termios.tcsetwinsize(self._terminal, (height, width))

    def modes(self):
        """What termios(3) knows of it: echo, whole lines or keys, and so on."""
        return termios.tcgetattr(self._terminal)

    def takes_output(self):
        """Whether it would take more from the program: nobody has stopped it, and it is not full."""
        output = os.open(f"/proc/{self.pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            return bool(select.select([], [output], [], 0)[1])
        finally:
            os.close(output)

    def type(self, keys):
        os.write(self._terminal, keys)

    def see(self, expected, seconds=10 * PATIENCE):
        """Waits until `expected` is on the screen, after what was waited for before; what stood
        between them."""
        end = time.monotonic() + seconds
        while expected not in self._screen:
            left = end - time.monotonic()
            assert left > 0, f"{expected} is not on the screen: {self._screen}"
            if not select.select([self._terminal], [], [], left)[0]:
                continue
            try:
                self._screen += os.read(self._terminal, 4096)
            except OSError:  # the program has left its terminal
                assert expected in self._screen, f"{expected} never came: {self._screen}"
        before, _, self._screen = self._screen.partition(expected)
        return before

    def close(self):
        """Closes the terminal, as its window's button does."""
        if self._terminal is not None:
            os.close(self._terminal)
            self._terminal = None

    def has_ended(self):
        if self._exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self._exit_code = os.waitstatus_to_exitcode(status)
        return self._exit_code is not None

    def exit_code(self):
        """Of the program, once it has ended."""
        until(self.has_ended, what="the end of the program")
        return self._exit_code
