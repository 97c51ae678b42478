"""A running echolined: started with what a test wants of it, asked for its ports, stopped."""

import os
import re
import signal
import subprocess

import log_line
from deadline import until
from process import Process
from program import ECHOLINED, echolined
from sanitized import PATIENCE

RELOADS = ("reloaded", "reload-failed")
# What the daemon says that it knows, in the order of its table.
EVERY_PROTOCOL = tuple(re.findall(r'"(\w+)"', echolined("--listen", "=").stderr.split("allowed are")[1]))


def listener(protocol, address="127.0.0.1:0", name=None, **settings):
    """A [[listener]] of a configuration."""
    text = f'[[listener]]\nname = "{name or protocol}"\nprotocol = "{protocol}"\n'
    text += f'address = "{address}"\n'
    for key, value in settings.items():
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, str):
            value = f'"{value}"'
        text += f"{key} = {value}\n"
    return text


def limits(**settings):
    """The [limits] of a configuration."""
    lines = (f"{key} = {repr(value).replace(chr(39), chr(34))}\n" for key, value in settings.items())
    return "[limits]\n" + "".join(lines)


class Daemon(Process):
    """Made by the fixture `start_daemon`, which also stops it."""

    def __init__(
        self, folder, config=None, arguments=(), before_exec=None, environment=None, launcher=(), fds=()
    ):
        """`environment` is added to the test's own; `launcher` is a command that turns itself into
        the one that follows it and `fds` are the descriptors that it passes on."""
        self.config_file = folder / "echoline.toml"
        self._log_file = folder / "stderr"
        command = [*launcher, ECHOLINED, *arguments]
        if config is not None:
            self.config_file.write_text(config)
            command += ["--config", str(self.config_file)]
        with open(self._log_file, "wb") as stderr:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                preexec_fn=before_exec,
                env={**os.environ, **(environment or {})},
                pass_fds=fds,
            )
        super().__init__(self._popen.pid)
        self._is_asked_to_end = False
        self.sessions_may_fail = False
        until(self._is_ready, 20 * PATIENCE, "the log line `ready`")

    def _is_ready(self):
        if self._popen.poll() is not None:
            raise AssertionError(f"echolined ended at its start:\n{self.stderr()}")
        return self.events("ready")

    def stderr(self):
        return self._log_file.read_text(errors="backslashreplace")

    def log(self):
        """The whole log so far. Fails where something else than the log was written."""
        lines = []
        for text in self.stderr().splitlines(keepends=True):
            if not text.endswith("\n"):
                break  # still being written
            line = log_line.parse(text[:-1])
            assert line is not None, f"not a log line: {text!r}, in\n{self.stderr()[:4000]}"
            lines.append(line)
        return lines

    def events(self, name):
        return [line for line in self.log() if line.event == name]

    def address(self, name):
        """Where the listener called `name` listens: (host, port), or a Unix path."""
        line = [line for line in self.events("listening") if line["listener"] == name][-1]
        host, _, port = line["address"].rpartition(":")
        return port if host == "unix" else (host.strip("[]"), int(port))

    def admin_address(self):
        """Where it is administered, in the same form."""
        host, _, port = self.events("admin-listening")[-1]["address"].rpartition(":")
        return port if host == "unix" else (host.strip("[]"), int(port))

    def port(self, name):
        return self.address(name)[1]

    def target(self, name):
        """The same as `echoline` takes it."""
        return "%s:%d" % self.address(name)

    def is_running(self):
        return self._popen.poll() is None

    def signal(self, number):
        self._is_asked_to_end = True
        self._popen.send_signal(number)

    def reload(self, config=None):
        """Has it read its file again, with this in it, and waits until it has; whether it took it."""
        if config is not None:
            self.config_file.write_text(config)
        before = self._reloads()
        self.request_reload()
        until(lambda: self._reloads() > before, 20 * PATIENCE, "the end of the reload")
        return [line for line in self.log() if line.event in RELOADS][-1].event == "reloaded"

    def _reloads(self):
        return sum(len(self.events(name)) for name in RELOADS)

    def request_reload(self):
        self._popen.send_signal(signal.SIGHUP)

    def request_counters(self):
        self._popen.send_signal(signal.SIGUSR1)

    def suspend(self):
        """Stops its clock; what arrives meanwhile waits in the kernel."""
        self._popen.send_signal(signal.SIGSTOP)
        until(lambda: self.state() == "T", what="the stop of every thread")

    def resume(self):
        self._popen.send_signal(signal.SIGCONT)

    def state(self):
        """Of its main thread, as proc(5) has it: S is asleep, T is stopped."""
        with open(f"/proc/{self.pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0]

    def wait(self, seconds):
        """Its exit code, once it has ended."""
        return self._popen.wait(seconds)

    def stop(self):
        """Asks it to end, unless the test has, and waits for that; its exit code."""
        if not self._is_asked_to_end and self.is_running():
            self.signal(signal.SIGTERM)
        return self.wait(30 * PATIENCE)

    def check_end(self):
        """That it has ended well and has reported no failure of its own."""
        assert self._popen.poll() == 0, f"exit code {self._popen.poll()}:\n{self.stderr()[-4000:]}"
        failed = [] if self.sessions_may_fail else self.events("session-failed")
        assert not failed, failed
        # What a flood lacks is told when the log ends.
        lines = [line for line in self.log() if "suppressed" not in line.fields]
        assert lines[-1].event == "stopped"

    def kill(self):
        if self.is_running():
            self._popen.kill()
            self._popen.wait(10)
