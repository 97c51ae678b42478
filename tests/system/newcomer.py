"""Somebody who does what a document says, block after block, in one shell."""

import os
import re
import select
import shlex
import signal
import subprocess
import time
import warnings
from pathlib import Path

from deadline import until
from documents import matches
from terminal import Terminal

END = "end-of-command"
PATIENCE = 60
# How often a command is given again where another program may have spoiled it.
TRIES = 4
# What is said where other programs had the processors.
BUSY = re.compile("^INVALID|^missed +p[0-9]|: no complete reply from .* within ", re.MULTILINE)
# What a load run says of its figures, and its exit codes then.
VERDICTS = re.compile("^(?:INVALID|missed |as expected ).*\n(?: +.*\n)*", re.MULTILINE)
UNFIT = (3, 4)
ESCAPE = b"\x1d"  # what telnet has once it is ready for typing


class Newcomer:
    """Use it in a `with` block, at whose end everything that was started is gone."""

    def __init__(self, folder, enter=(), environment=None):
        """In `folder`; `enter` is a command that turns itself into the one that follows it."""
        self._folder = folder
        self._goes_on = []
        self._shell = subprocess.Popen(
            [*enter, "bash", "--norc", "--noprofile"],
            cwd=None if enter else folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if enter:
            self.run(f"cd {shlex.quote(str(folder))}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in self._goes_on:
            self._shell.poll() is not None or self.run(f"kill {pid}; wait {pid}")
        self._shell.stdin.close()
        try:
            os.killpg(self._shell.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self._shell.wait(10)

    def run(self, command, seconds=PATIENCE):
        """What a command printed, and its exit code."""
        words = f"eval {shlex.quote(command)} </dev/null\nprintf '{END} %d\\n' $?\n"
        self._shell.stdin.write(words.encode())
        self._shell.stdin.flush()
        printed, end = b"", time.monotonic() + seconds
        while not (printed.endswith(b"\n") and END.encode() in printed):
            left = max(0, end - time.monotonic())
            assert select.select([self._shell.stdout], [], [], left)[0], f"no end of:\n{command}"
            more = os.read(self._shell.stdout.fileno(), 65536)
            assert more, f"the shell has ended in:\n{command}\n{printed.decode()}"
            printed += more
        text, _, code = printed.decode().replace("\r\n", "\n").rpartition(END)
        return text, int(code)

    def follow(self, block):
        """Does what a block says, and checks that it happens."""
        try:
            self._follow(block)
        except AssertionError as error:
            raise AssertionError(f"{block.place}: {error}") from error

    def _follow(self, block):
        expected = int(block.marks.get("exit", 0))
        commands = block.commands()
        for command, shown in commands:
            code = expected if command is commands[-1][0] else 0
            if "goes" in block.marks:
                self._leave_running(command, shown)
            elif "typing" in block.marks:
                self._type(block, command, shown)
            elif shown is None:
                self._paste(command)
            else:
                self._compare(block, command, shown, code)

    def _paste(self, commands):
        # The first that fails ends the shell.
        self.run(f"set -e\n{commands}\nset +e")

    def _compare(self, block, command, shown, code):
        figures = "figures" in block.marks
        for _ in range(TRIES):
            printed, ended = self.run(command)
            if ended == code and matches(shown, printed, figures):
                return
            if not figures and not BUSY.search(printed):
                break
        wanted = "\n".join(shown)
        if figures and ended in (code, *UNFIT) and BUSY.search(printed):
            rest = VERDICTS.sub("", wanted + "\n").splitlines()
            if matches(rest, VERDICTS.sub("", printed), figures):
                warnings.warn(f"{block.place}: this machine is too busy for its figures")
                return
        raise AssertionError(
            f"$ {command}\nexit code {ended} for {code}; shown is\n{wanted}\n"
            f"and printed was\n{printed}"
        )

    def _leave_running(self, command, shown):
        log = Path(self._folder) / f"goes_on{len(self._goes_on)}"
        log.touch()
        pid, _ = self.run(f"( exec {command} ) >{log} 2>&1 & echo $!")
        self._goes_on.append(int(pid))
        try:
            until(lambda: matches(shown + ["…"], log.read_text()), PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{command} printed\n{log.read_text()}") from error

    def _type(self, block, command, shown):
        typed = [line.strip() for line in block.marks["typing"].split("|")]
        path, _ = self.run('printf %s "$PATH"')
        with Terminal("env", f"PATH={path}", "bash", "-c", f"exec {command}") as terminal:
            until(lambda: terminal.takes_commands_after(ESCAPE), what="telnet")
            for line in shown:
                if typed and line == typed[0]:
                    terminal.type(typed.pop(0).encode() + b"\r")
                between = terminal.see(line.encode() + b"\r\n")
                assert not between.strip(), f"{between} before {line}"
            until(terminal.has_ended, what=f"the end of {command}")
        assert typed == [], f"{typed} is typed and not shown"
