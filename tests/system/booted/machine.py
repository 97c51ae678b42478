"""A machine of the test's own: a real systemd in private namespaces, over an overlay of this
machine's root file system."""

import ctypes
import os
import shutil
import signal
import subprocess
from pathlib import Path

from cgroup import Cgroup
from deadline import until

INIT = Path(__file__).with_name("init.sh")
SYSTEMD = "/lib/systemd/systemd"
NAMESPACES = ("--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup")
PR_SET_PDEATHSIG = 1


def why_not():
    """Why no machine can be booted here; None where one can."""
    if os.geteuid() != 0:
        return "this is not root"
    for program in ("unshare", "nsenter", "ip", "dpkg", "dh", SYSTEMD):
        if not shutil.which(program):
            return f"there is no {program}"
    trial = ["unshare", *NAMESPACES, "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    done = subprocess.run(trial, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return f"no namespaces and mounts are to be had: {done.stderr.strip()}"
    return None


class Unbootable(Exception):
    """This machine does not let another one begin in it; what it said to that."""


class Machine:
    """Booted when a `with` block is entered, gone when that is left."""

    def __init__(self, folder):
        self._folder = folder
        self._console = folder / "console"
        self._outer = None
        self.cgroup = Cgroup()

    def __enter__(self):
        try:
            self._boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _boot(self):
        try:
            self.cgroup.create()
        except OSError as error:
            raise Unbootable(f"no control group is to be had: {error}") from error
        root = self._folder / "root"
        root.mkdir()
        with open(self._console, "wb") as console:
            self._outer = subprocess.Popen(
                ["unshare", *NAMESPACES, "--fork", "--kill-child", INIT, root]
                + self.cgroup.version_1,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=self._before_exec,
            )
        self.pid = until(self._first_process, 30, "the machine's first process")
        until(lambda: self.systemctl("is-system-running", check=False) == "running", 30, "the boot")

    def __exit__(self, *_):
        if self._outer is not None:
            self._outer.kill()
            self._outer.wait(10)
        self.cgroup.remove()

    def _before_exec(self):
        # With the test the machine ends, however that ends.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        self.cgroup.enter()

    def _first_process(self):
        if self._outer.poll() is not None:
            raise Unbootable(self._console.read_text(errors="replace").strip())
        children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text()
        [child] = children.split() or [None]
        # Until it is systemd, it has the file system of this machine.
        if child and Path(f"/proc/{child}/exe").resolve() == Path(SYSTEMD).resolve():
            return int(child)
        return None

    def enter(self):
        """A command that turns itself, in it, into the one that follows."""
        return ["nsenter", f"--target={self.pid}", *NAMESPACES, "--root", "--wd", "--"]

    def run(self, *command, check=True, **options):
        """Runs a command in it; what it printed, without the last line end."""
        done = subprocess.run(
            [*self.enter(), *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            **options,
        )
        if check:
            what = " ".join(map(str, command))
            assert done.returncode == 0, f"{what} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout.strip("\n")

    def systemctl(self, *arguments, **options):
        return self.run("systemctl", "--no-pager", *arguments, **options)

    def show(self, unit, name):
        """A property of a unit."""
        return self.systemctl("show", "--property", name, "--value", unit)

    def main_pid(self, unit):
        """In the machine's own numbers; 0 for none."""
        return int(self.show(unit, "MainPID"))

    def path(self, name):
        """Where a file of the machine's can be reached from here."""
        return Path(f"/proc/{self.pid}/root") / name.lstrip("/")

    def write(self, name, text):
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def install(self, package):
        """Installs, or upgrades to, a Debian package."""
        shutil.copy(package, self.path("/tmp"))
        # What is pending then is the index of manual pages, which takes seconds.
        return self.run("dpkg", "--no-triggers", "--install", f"/tmp/{package.name}")

    def purge(self):
        self.run("dpkg", "--no-triggers", "--purge", "echoline")

    def drop_in(self, unit, text):
        """Adds to a unit until clear()."""
        self.write(f"/run/systemd/system/{unit}.d/test.conf", text)
        self.systemctl("daemon-reload")

    def journal(self, *arguments):
        return self.run("journalctl", "--no-pager", "--quiet", "--output=cat", *arguments)
