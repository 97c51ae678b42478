"""Threads that are not to be had: an error before anything is served."""

import os
import resource
import shutil
import subprocess
import tempfile

import pytest

from daemon import listener
from manager import Manager
from program import ECHOLINED
from sanitized import PATIENCE

NOBODY_ELSE = 54321  # a user id with no process of its own


@pytest.fixture
def for_everybody():
    """A folder that other users can read, with the daemon in it."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process as a user who has no others")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(ECHOLINED, folder)
        yield folder


def test_a_daemon_without_its_threads_says_so_and_is_never_ready(for_everybody, tmp_path):
    def three_processes():
        resource.setrlimit(resource.RLIMIT_NPROC, (3, 3))
        os.setgroups([])
        os.setgid(NOBODY_ELSE)
        os.setuid(NOBODY_ELSE)

    config = os.path.join(for_everybody, "echoline.toml")
    with open(config, "w") as file:
        file.write("workers = 8\n" + listener("echo"))
    os.chmod(config, 0o644)
    with Manager(f"@echoline-threads-{os.getpid()}") as manager:
        ended = subprocess.run(
            [os.path.join(for_everybody, os.path.basename(ECHOLINED)), "--config", config],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env={**os.environ, **manager.environment},
            preexec_fn=three_processes,
            timeout=20 * PATIENCE,
        )
        assert manager.told() == []
    assert ended.returncode == 1
    assert "workers" in ended.stderr or "cannot start" in ended.stderr
    assert "TasksMax= or ulimit -u" in ended.stderr
    assert " ready " not in ended.stderr
