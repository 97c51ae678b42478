"""System calls that fail where no client is: at the start, in a reload, for the log and the service
manager. One clear error or none at all, and those who are served notice nothing."""

import errno
import signal
import socket

import pytest

from call_faults import (
    SHORT,
    CallFaults,
    Fault,
    ids,
    is_watched,
    name,
    of_descriptor,
    of_file,
    of_path,
)
from child import Child
from conversation import hold_many
from daemon import EVERY_PROTOCOL, listener
from deadline import steady, until
from full import full_or
from peer import answers
from sanitized import PATIENCE, SANITIZED, scaled

EVERY = "".join(map(listener, EVERY_PROTOCOL))
CONFIG = 'workers = 2\nshutdown_grace = "2s"\n'
CLIENTS = full_or(60, scaled(12, 2))
STDERR = of_descriptor(2)


@pytest.fixture
def daemon(faults, start_daemon):
    return start_daemon(CONFIG + EVERY, before_exec=faults.before_exec)


WRITES = [
    ("write", errno.ENOSPC, 1),
    ("write", errno.EIO, 1),
    ("write", errno.EPIPE, 1),
    ("write", errno.EAGAIN, 2),
    ("write", errno.EINTR, 2),
    ("write", SHORT, 2),
]


@pytest.mark.parametrize("call, what, every", WRITES, ids=ids(WRITES))
def test_a_log_that_cannot_be_written_costs_nobody_anything(daemon, faults, reliability, call, what, every):
    fault = faults.arm(call, Fault(what, every, STDERR))
    assert all(c.is_whole() and not c.was_broken for c in hold_many(daemon, 3, CLIENTS))
    until(lambda: fault.done, 5 * PATIENCE, "a line of the log")
    faults.disarm()
    # It is whole again: what was lost is counted, and no line is spoilt, which log() looks at.
    before = len(daemon.events("counters"))

    def counted():
        daemon.request_counters()
        return len(daemon.events("counters")) > before

    until(counted, 10 * PATIENCE, "a log that takes lines")
    reliability(14, f"write of the log {name(what)} × {fault.done}: every byte right, log goes on")


RELOAD_FAULTS = [
    ("openat", of_path("echoline.toml"), (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES)),
    ("read", of_file("echoline.toml"), (errno.EIO,)),
    ("clone3", None, (errno.EAGAIN, errno.ENOMEM)),
    ("socket", None, (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)),
    ("bind", None, (errno.EADDRINUSE, errno.ENOMEM)),
    ("listen", None, (errno.EADDRINUSE,)),
]


def test_a_reload_whose_calls_fail_changes_nothing_and_says_so(daemon, faults, reliability):
    old, new = CONFIG + EVERY, CONFIG + EVERY + listener("echo", name="another")
    descriptors, done = steady(daemon.descriptors), 0
    for call, where, errors in RELOAD_FAULTS:
        for what in errors:
            fault = faults.arm(call, Fault(what, 1, where))
            assert not daemon.reload(new), (call, name(what))
            faults.disarm()
            assert fault.done, call
            assert daemon.events("reload-failed")
            assert answers(daemon.address("line"))
            done += 1
    assert daemon.descriptors() <= descriptors + 1
    assert daemon.reload(new) and daemon.address("another")
    assert daemon.reload(old)
    reliability(14, f"{done} reloads of which a call failed: the old configuration serves, each is told")


@pytest.mark.parametrize("what, every", [(errno.EINTR, 2), (SHORT, 1)], ids=["EINTR", "short"])
def test_a_file_that_comes_in_pieces_is_read_whole(daemon, faults, what, every):
    fault = faults.arm("read", Fault(what, every, of_file("echoline.toml")))
    assert daemon.reload(CONFIG + EVERY + listener("echo", name="another"))
    assert fault.done
    assert daemon.address("another")


START_CALLS = [
    "socket", "bind", "listen", "epoll_create1", "eventfd2", "timerfd_create", "signalfd4",
    "epoll_ctl", "openat", "read", "clone3", "getsockname", "setsockopt", "fcntl",
]


@pytest.mark.skipif(SANITIZED, reason="the sanitizers make some of these calls, too")
@pytest.mark.parametrize("call", START_CALLS)
def test_a_start_whose_calls_fail_is_a_start_or_one_clear_error(
    tmp_path, calls_can_fail, reliability, call
):
    config = tmp_path / "echoline.toml"
    config.write_text(CONFIG + listener("line"))
    own = {
        "openat": of_path("echoline.toml"),
        "read": of_file("echoline.toml"),
        "epoll_ctl": is_watched,
    }.get(call)
    errors = starts = 0
    for skip in range(full_or(200, 4)):
        log = tmp_path / f"log{skip}"
        with CallFaults() as faults, open(log, "wb") as stderr:
            fault = faults.arm(call, Fault(errno.ENOMEM, 1, own, skip, 1))
            options = {"stderr": stderr, "preexec_fn": faults.before_exec}
            with Child("--config", config, **options) as child:
                until(
                    lambda: child.popen.poll() is not None or b" ready " in log.read_bytes(),
                    20 * PATIENCE,
                    "its start or its end",
                )
                if child.popen.poll() is None:
                    starts += 1
                    child.signal(signal.SIGTERM)
                    assert child.ends_within(10 * PATIENCE) == 0, log.read_text()
                else:
                    errors += 1
                    assert child.popen.returncode in (1, 78), (skip, log.read_text())
                    assert log.read_text().startswith("echolined: "), (skip, log.read_text())
        if not fault.done:
            break  # it is not called so often
    assert errors + starts > 0
    reliability(14, f"{call} fails at the start, {errors + starts} places: {errors} errors, {starts} starts")


def test_a_datagram_to_the_service_manager_that_fails_holds_nobody_up(
    faults, start_daemon, tmp_path, reliability
):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        environment = {"NOTIFY_SOCKET": path}
        daemon = start_daemon(
            CONFIG + listener("line"), before_exec=faults.before_exec, environment=environment
        )
        to_the_manager = lambda _, arguments: arguments[5] != 0  # noqa: E731
        fault = faults.arm("sendto", Fault(errno.ENOBUFS, 1, to_the_manager))
        assert daemon.reload(CONFIG + listener("line"))
        until(lambda: fault.done, 10 * PATIENCE, "a datagram")
        assert answers(daemon.address("line"))
        daemon.signal(signal.SIGTERM)
        assert daemon.wait(10 * PATIENCE) == 0
    reliability(14, f"sendto of sd_notify ENOBUFS × {fault.done}: serves, reloads, stops")


def test_it_never_connects_outward(daemon, faults, reliability):
    families = []

    def is_outward(faults, arguments):
        families.append(int.from_bytes(faults.memory(arguments[1])[:2], "little"))
        return families[-1] != socket.AF_UNIX

    fault = faults.arm("connect", Fault(errno.EPERM, where=is_outward))
    assert all(c.is_whole() for c in hold_many(daemon, 5, CLIENTS))
    assert daemon.reload(CONFIG + EVERY)
    faults.disarm()
    assert fault.done == 0
    reliability("S4", f"{CLIENTS} clients and a reload: no connect(2) but to Unix sockets")
