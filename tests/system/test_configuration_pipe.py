"""A configuration that is no regular file, or whose reading does not end."""

import array
import fcntl
import os
import signal
import socket
import subprocess
import termios

import pytest

from child import Child
from daemon import listener
from deadline import until
from peer import Peer
from program import ECHOLINED
from sanitized import PATIENCE


class FromPipe(Child):
    """Its configuration comes once, from a pipe; its log goes to a file."""

    def __init__(self, folder, how):
        self._path = folder / "log"
        self._config = listener("line", f"unix:{folder}/line")
        self.address = f"{folder}/line"
        reading, writing = os.pipe()
        with open(self._path, "wb") as log:
            if how == "/dev/stdin":
                options = {"stdin": reading}
            else:
                options = {"pass_fds": (reading,)}
                how = f"/dev/fd/{reading}"
            super().__init__("--config", how, stderr=log, **options)
        os.close(reading)
        os.write(writing, self._config.encode())
        os.close(writing)
        until(lambda: " ready " in self.text(), 20 * PATIENCE, "the log line `ready`")

    def text(self):
        return self._path.read_text()


@pytest.mark.parametrize("how", ["/dev/stdin", "/dev/fd"])
def test_what_cannot_be_read_again_is_not_and_the_configuration_kept(tmp_path, how):
    with FromPipe(tmp_path, how) as child:
        for number in (1, 2):
            child.signal(signal.SIGHUP)
            until(lambda: child.text().count(" reload-failed ") == number, 20 * PATIENCE)
        assert "cannot be read a second time" in child.text()
        assert " not-listening " not in child.text()
        with Peer(child.address) as peer:
            assert peer.ask(b"PING") == b"+PONG\r\n"
        child.signal(signal.SIGTERM)
        assert child.ends_within() == 0


def test_a_regular_file_on_standard_input_can_be_read_again(tmp_path):
    config = tmp_path / "c.toml"
    config.write_text(listener("line"))
    with open(config, "rb") as stdin, open(tmp_path / "log", "wb") as log:
        with Child("--config", "/dev/stdin", stdin=stdin, stderr=log) as child:
            text = (tmp_path / "log").read_text
            until(lambda: " ready " in text(), 20 * PATIENCE)
            config.write_text(listener("line") + listener("echo"))
            child.signal(signal.SIGHUP)
            until(lambda: " reloaded listeners=2 " in text(), 20 * PATIENCE)
            child.signal(signal.SIGTERM)
            assert child.ends_within() == 0


@pytest.fixture
def reading_a_pipe(start_daemon):
    """A daemon whose configuration has become a pipe."""
    daemon = start_daemon(listener("line"))
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    return daemon


def threads(daemon):
    return len(os.listdir(f"/proc/{daemon.pid}/task"))


def unread(pipe):
    """How many bytes are in it."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def accepts(address):
    with socket.socket() as client:
        return client.connect_ex(address) == 0


def supersede(daemon):
    """Has the reload that waits for its file give way to another, and waits for that one."""
    number = len(daemon.events("reloading"))
    daemon.request_reload()
    until(lambda: len(daemon.events("reloading")) == number + 1, 20 * PATIENCE, "the next reload")


def test_a_reload_that_gave_way_ends_and_takes_nothing_from_the_next(reading_a_pipe):
    daemon = reading_a_pipe
    before = threads(daemon)
    daemon.request_reload()
    until(lambda: daemon.events("reloading"), 20 * PATIENCE, "the first reload")
    until(lambda: threads(daemon) == before + 1, 20 * PATIENCE, "its thread")
    for _ in range(2):
        supersede(daemon)
    assert len(daemon.events("reload-superseded")) == 2
    until(lambda: threads(daemon) == before + 1, 20 * PATIENCE, "the end of the earlier threads")
    daemon.config_file.write_text(listener("line") + listener("echo"))
    until(lambda: daemon.events("reloaded"), 20 * PATIENCE, "the end of the reload")
    assert daemon.events("reloaded")[0]["listeners"] == "2"
    assert not daemon.events("reload-error")


def test_a_reload_that_is_being_written_to_does_not_give_way(reading_a_pipe):
    daemon = reading_a_pipe
    daemon.request_reload()
    with open(daemon.config_file, "w") as pipe:
        pipe.write(listener("line"))
        pipe.flush()
        daemon.request_reload()
        # It tries to give way ten times a second, and may once it has waited for two.
        tried = daemon.waits() + 30
        until(lambda: daemon.waits() >= tried, 20 * PATIENCE, "its attempts to give way")
        pipe.write(listener("echo"))
    until(lambda: daemon.events("reloaded"), 20 * PATIENCE, "the end of the reload")
    assert daemon.events("reloaded")[0]["listeners"] == "2"
    assert not daemon.events("reload-superseded")


def test_after_a_stop_the_rest_is_read_and_nothing_is_bound(start_daemon, tmp_path):
    daemon = start_daemon("workers = 1\n" + listener("chargen"))
    daemon.config_file.unlink()
    os.mkfifo(daemon.config_file)
    before = threads(daemon)
    added = tmp_path / "added"
    added.mkdir()
    untouched = added.stat().st_mtime_ns
    with Peer(daemon.address("chargen")) as peer:  # it never reads, which is waited for
        assert peer.read()
        daemon.request_reload()
        with open(daemon.config_file, "w") as pipe:
            pipe.write(listener("chargen"))
            pipe.flush()
            until(lambda: unread(pipe) == 0, 20 * PATIENCE, "the reading of the first part")
            daemon.signal(signal.SIGTERM)
            until(lambda: daemon.events("stopping"), 20 * PATIENCE, "the stop")
            until(lambda: not accepts(daemon.address("chargen")), 20 * PATIENCE)
            pipe.write(listener("echo", f"unix:{added}/echo"))
        until(lambda: threads(daemon) == before, 20 * PATIENCE, "the end of its thread")
        assert daemon.is_running()
        assert added.stat().st_mtime_ns == untouched
        peer.reset()


def test_a_pipe_to_which_nothing_was_written_is_no_configuration(reading_a_pipe):
    daemon = reading_a_pipe
    daemon.request_reload()
    open(daemon.config_file, "w").close()
    until(lambda: daemon.events("reload-failed"), 20 * PATIENCE, "the end of the reload")
    assert "before anything was written" in daemon.events("reload-error")[0]["what"]
    assert not daemon.events("not-listening")
    done = subprocess.run(
        ["bash", "-c", '"$0" --config <(true)', ECHOLINED], stderr=subprocess.PIPE, timeout=60
    )
    assert done.returncode == 78
    assert b"before anything was written" in done.stderr


def test_an_empty_configuration_from_nowhere_is_the_default_each_time(tmp_path):
    # Not a file, and yet the same whenever it is read.
    done = subprocess.run(
        [ECHOLINED, "--config", "/dev/null", "--check-config"], stdout=subprocess.PIPE, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, b"OK\n")
