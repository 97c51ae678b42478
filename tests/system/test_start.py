"""The start: whatever it waits for, and whatever it was started with, signals are heard."""

import os
import resource
import signal
import subprocess

import pytest

from child import Child
from daemon import listener
from deadline import until
from peer import Peer, peer_at
from program import ECHOLINED, echolined
from sanitized import PATIENCE, scaled

ECHO = ("--listen", "echo=127.0.0.1:0")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])
def test_a_stop_in_its_first_milliseconds_is_a_clean_one(number):
    for _ in range(scaled(20)):
        with Child(*ECHO, stderr=subprocess.DEVNULL) as child:
            child.await_signals()
            child.signal(number)
            assert child.ends_within(20 * PATIENCE) == 0


def test_a_hang_up_or_a_wish_for_counters_in_its_first_milliseconds_is_kept(tmp_path):
    config = tmp_path / "c.toml"
    config.write_text(listener("echo"))
    for _ in range(scaled(10)):
        with open(tmp_path / "log", "wb") as log:
            with Child("--config", config, stderr=log) as child:
                child.await_signals()
                child.signal(signal.SIGHUP)
                child.signal(signal.SIGUSR1)
                text = (tmp_path / "log").read_text
                until(lambda: " reloaded " in text() and " counters " in text(), 20 * PATIENCE)
                child.signal(signal.SIGTERM)
                assert child.ends_within(20 * PATIENCE) == 0


def test_a_configuration_that_nobody_writes_does_not_hold_up_a_stop(tmp_path):
    os.mkfifo(tmp_path / "c.toml")
    with Child("--config", tmp_path / "c.toml", stderr=subprocess.PIPE, text=True) as child:
        child.await_signals()
        child.signal(signal.SIGUSR1)
        child.signal(signal.SIGTERM)
        assert child.ends_within() == 0
        assert child.popen.stderr.read().endswith(" info stopped\n")


@pytest.mark.parametrize("option", ["--check-config", "--print-config"])
def test_a_check_that_waits_for_its_file_is_interrupted_like_any_other_program(tmp_path, option):
    os.mkfifo(tmp_path / "c.toml")
    with Child("--config", tmp_path / "c.toml", option) as child:
        child.signal(signal.SIGINT)
        assert child.ends_within() == -signal.SIGINT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["INT", "HUP"])
def test_what_was_ignored_at_its_start_stays_ignored(start_daemon, number):
    def ignore():
        signal.signal(number, signal.SIG_IGN)

    daemon = start_daemon(listener("line"), before_exec=ignore)
    daemon.signal(number)
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"
    daemon.request_counters()
    until(lambda: daemon.events("counters"), 20 * PATIENCE)
    assert not daemon.events("stopping")
    assert not daemon.events("reloading")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait(30 * PATIENCE) == 0


def test_a_stop_is_heard_even_where_it_was_ignored_at_the_start(start_daemon):
    def ignore():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    assert start_daemon(listener("echo"), before_exec=ignore).stop() == 0


def limit_descriptors(number):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


def test_with_few_descriptors_it_serves_or_says_that_they_are_too_few(tmp_path):
    ends = set()
    for number in range(4, 40):
        with open(tmp_path / "log", "wb") as log:
            with Child(*ECHO, stderr=log, preexec_fn=limit_descriptors(number)) as child:
                text = (tmp_path / "log").read_text
                until(lambda: " ready " in text() or child.popen.poll() is not None, 20 * PATIENCE)
                if child.popen.poll() is None:
                    line = text().partition(" listening ")[2]
                    port = int(line.partition("address=127.0.0.1:")[2].split()[0])
                    with Peer(("127.0.0.1", port)) as peer:
                        peer.send(b"x")
                        assert peer.read_exactly(1) == b"x"
                    child.signal(signal.SIGTERM)
                    assert child.ends_within(20 * PATIENCE) == 0
                    ends.add("served")
                else:
                    assert child.popen.poll() == 1
                    [error] = [line for line in text().splitlines() if line.startswith("echolined:")]
                    assert "too few descriptors" in error
                    assert "ulimit -n" in error
                    ends.add("refused")
    assert ends == {"served", "refused"}


def test_a_file_for_which_there_is_no_descriptor_is_not_a_wrong_configuration(tmp_path):
    config = tmp_path / "c.toml"
    config.write_text(listener("echo"))
    for number in range(4, 10):
        with open(tmp_path / "log", "wb") as log:
            limit = limit_descriptors(number)
            with Child("--config", config, stderr=log, preexec_fn=limit) as child:
                assert child.ends_within(20 * PATIENCE) == 1
        lines = (tmp_path / "log").read_text().splitlines()
        [error] = [line for line in lines if line.startswith("echolined:")]
        assert "too few descriptors" in error
        assert "ulimit -n" in error


def test_it_hears_signals_while_it_has_no_descriptor_left(start_daemon):
    daemon = start_daemon(listener("echo"))
    before = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (4, before[1]))
    daemon.request_counters()
    until(lambda: len(daemon.events("counters")) == 1, 20 * PATIENCE)
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)
    daemon.request_counters()
    until(lambda: len(daemon.events("counters")) == 2, 20 * PATIENCE)


def close_standard_descriptors():
    for number in range(3):
        os.close(number)


def test_no_client_gets_a_standard_descriptor(tmp_path):
    path = tmp_path / "socket"
    with Child("--listen", f"echo=unix:{path}", preexec_fn=close_standard_descriptors) as child:
        with until(lambda: peer_at(str(path)), 20 * PATIENCE, "the listener") as peer:
            peer.send(b"x")
            assert peer.read_exactly(1) == b"x"
            for number in range(3):
                assert os.readlink(f"/proc/{child.pid}/fd/{number}") == "/dev/null"
        child.signal(signal.SIGTERM)
        assert child.ends_within(20 * PATIENCE) == 0


PRINTING = ["--print-config", "--check-config", "--help", "--version"]


@pytest.mark.parametrize("option", PRINTING)
def test_what_could_not_be_printed_is_a_failure(option):
    for redirection, reason in ((">/dev/full", "No space left"), (">&-", "Bad file descriptor")):
        done = subprocess.run(
            ["sh", "-c", f'exec "$0" {option} {redirection}', ECHOLINED],
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        assert done.returncode == 1
        assert done.stderr.startswith("echolined: cannot write to standard output: " + reason)


@pytest.mark.parametrize("option", ["-c", "--config", "-l", "--listen", "--log-level"])
@pytest.mark.parametrize("more", [[], ["--check-config"]], ids=["serving", "checking"])
def test_an_empty_name_is_called_one(option, more):
    forms = [[option, ""], [option + "="]] if option.startswith("--") else [[option, ""]]
    for form in forms:
        done = echolined(*form, *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert "the name is empty" in done.stderr


def test_an_activation_with_closed_descriptors_is_refused():
    # Two are promised, one is there: what the daemon opens itself must not be taken for the other.
    command = 'LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b exec "$0" 3<&- 4<&-'
    done = subprocess.run(
        ["sh", "-c", command, ECHOLINED], stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert done.returncode == 78
    assert 'the socket "a"' in done.stderr
