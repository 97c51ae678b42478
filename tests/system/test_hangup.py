"""SIGHUP on a terminal: a closed window ends the daemon, a signal sent by hand reloads it."""

import os
import signal

from daemon import listener
from program import ECHOLINED
from terminal import Terminal


def on_terminal(tmp_path):
    config = tmp_path / "echoline.toml"
    config.write_text(listener("echo"))
    return Terminal(ECHOLINED, "--config", config)


def test_a_daemon_whose_terminal_is_closed_ends(tmp_path):
    with on_terminal(tmp_path) as terminal:
        terminal.see(b"ready")
        terminal.close()
        assert terminal.exit_code() == 0


def test_a_daemon_on_a_terminal_reloads_when_it_is_asked_to(tmp_path):
    with on_terminal(tmp_path) as terminal:
        terminal.see(b"ready")
        os.kill(terminal.pid, signal.SIGHUP)
        terminal.see(b"reloaded")
        terminal.type(b"\x03")
        assert terminal.exit_code() == 0
