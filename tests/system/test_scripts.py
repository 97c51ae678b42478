"""The scripts that a newcomer types: what they say of themselves, and that they wait for their turn."""

import fcntl
import os
import shutil
import subprocess

import pytest

from deadline import until
from installed import SOURCE
from program import run


@pytest.mark.parametrize("script", ["server/run", "client/run", "tests/run"])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_they_explain_themselves_and_do_nothing(script, option, tmp_path):
    done = run(SOURCE / script, option, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(script)


def test_a_preset_that_is_none_is_refused_before_anything_is_installed_or_built():
    done = run(SOURCE / "tests/run", "-R", "streams")
    assert done.returncode == 2
    assert done.stderr == "tests/run: '-R' is no preset: dev, release, asan or tsan\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN, this is not root")
@pytest.mark.skipif(not shutil.which("apt-get"), reason="NOT RUN, there is no apt-get")
def test_installing_waits_while_another_has_the_lock_of_apt_s_lists(tmp_path):
    """On an apt with folders of its own, and for a package that there is not."""
    scripts = shutil.copytree(SOURCE / ".ci", tmp_path / "ci")
    (scripts / "packages").write_text("build no-such-package-of-echoline\n")
    for folder in ("lib/apt/lists/partial", "cache/apt/archives/partial", "lib/dpkg"):
        (tmp_path / "var" / folder).mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").touch()
    (tmp_path / "apt.conf").write_text(
        f'Dir "{tmp_path}"; Dir::State::status "{tmp_path}/var/lib/dpkg/status";'
    )
    said = tmp_path / "said"
    with open(tmp_path / "var/lib/apt/lists/lock", "w") as lock, open(said, "wb") as output:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        script = subprocess.Popen(
            [scripts / "install", "build"],
            env={**os.environ, "APT_CONFIG": str(tmp_path / "apt.conf")},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            until(lambda: "waiting for" in said.read_text() or script.poll() is not None, 30)
            assert script.poll() is None, said.read_text()
            fcntl.lockf(lock, fcntl.LOCK_UN)
            assert script.wait(30) != 0
        finally:
            script.kill()
            script.wait()
    assert "Unable to locate package no-such-package-of-echoline" in said.read_text()
