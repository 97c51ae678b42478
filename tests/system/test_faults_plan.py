"""A fault_plan that is no regular file, or none that can be read: neither a start nor a check nor a
reload waits for it, and each says what is wrong."""

import os
import re
import socket

import pytest

from daemon import listener
from faulty import LOOPBACK, toml
from peer import answers
from program import echolined
from test_admin import ADMIN, ask

REGULAR = "give the path of a regular file"


def pipe(path):
    os.mkfifo(path)


def socket_at(path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def loop(path):
    path.symlink_to(path)


def unreadable(path):
    path.write_text("fin\n")
    path.chmod(0)


def huge(path):
    with open(path, "wb") as file:
        file.truncate(1 << 30)


def endless(path):
    path.symlink_to("/dev/zero")


def full(path):
    path.symlink_to("/dev/full")


def terminal(path):
    path.symlink_to("/dev/tty")


KINDS = [
    (pipe, "it is a pipe; " + REGULAR),
    (socket_at, "it is a socket; " + REGULAR),
    (os.mkdir, "it is a directory; " + REGULAR),
    (endless, "it is a device; " + REGULAR),
    (full, "it is a device; " + REGULAR),
    (terminal, "it is a device; " + REGULAR),
    (loop, "Too many levels of symbolic links"),
    (unreadable, "let the daemon's user read it"),
    (huge, "it is larger than 1MiB"),
    (lambda path: None, "give the path of an existing file, or leave the key out"),
    (lambda path: path.write_bytes(b"fin\n\0\n"), "line 2, column 1: "),
]
kinds = pytest.mark.parametrize(
    ("make", "why"), KINDS, ids=[re.sub(r"\W+", "-", why)[:30] for _, why in KINDS]
)


def planned(plan):
    return listener("line", fault_plan=str(plan)) + f"fault_sources = {toml(LOOPBACK)}\n"


def skip_where_all_is_readable(make):
    if make is unreadable and os.geteuid() == 0:
        pytest.skip("NOT RUN, root reads every file")


@kinds
def test_a_plan_that_cannot_be_read_is_an_error_at_once(tmp_path, make, why):
    skip_where_all_is_readable(make)
    plan = tmp_path / "plan"
    make(plan)
    config = tmp_path / "echoline.toml"
    config.write_text(planned(plan))
    for arguments in (["--check-config"], ["--print-config"], []):
        done = echolined("--config", str(config), *arguments)
        assert done.returncode == 78
        assert f"{config}:5:14: 'fault_plan': " in done.stderr
        assert why in done.stderr and str(plan) in done.stderr


@kinds
def test_a_reload_whose_plan_cannot_be_read_keeps_what_it_had(start_daemon, tmp_path, make, why):
    skip_where_all_is_readable(make)
    plan = tmp_path / "plan"
    plan.write_text("fin after line 100\n")
    daemon = start_daemon(ADMIN + planned(plan))
    before = threads(daemon)
    plan.unlink()
    make(plan)
    assert not daemon.reload()
    [error] = daemon.events("reload-error")
    assert why in error["what"]
    assert answers(daemon.address("line"))
    # Nobody is left to wait for it.
    assert ask(daemon, "STATS")
    assert threads(daemon) == before
    if plan.is_dir() and not plan.is_symlink():
        plan.rmdir()
    elif plan.is_symlink() or plan.exists():
        plan.unlink()
    plan.write_text("swallow-reply after line 1\n")
    assert daemon.reload()


def threads(daemon):
    return len(os.listdir(f"/proc/{daemon.pid}/task"))
