"""A control group of the test's own, in each hierarchy of the kernel's that it needs."""

import os
from pathlib import Path

from deadline import until

# Of version 1, where that is what this machine has them in.
CONTROLLERS = ("memory", "pids")


def _mounts():
    with open("/proc/self/mounts") as mounts:
        for line in mounts:
            _, place, kind, options, *_ = line.split()
            yield Path(place), kind, options.split(",")


class Cgroup:
    def __init__(self):
        self.folders = []
        self.version_1 = []
        for place, kind, options in _mounts():
            found = [name for name in CONTROLLERS if kind == "cgroup" and name in options]
            self.version_1 += found
            if kind == "cgroup2" or found or kind == "cgroup" and "name=systemd" in options:
                self.folders.append(place / f"echoline-test-{os.getpid()}")

    def create(self):
        if not self.folders:
            raise OSError("no control groups are mounted")
        for folder in self.folders:
            folder.mkdir()

    def enter(self):
        """Puts this process into it."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def enforces_memory(self):
        return bool(self.version_1) or any(
            "memory" in (folder / "cgroup.controllers").read_text().split()
            for folder in self.folders
            if (folder / "cgroup.controllers").exists()
        )

    def remove(self):
        """Once nobody is in it any more."""
        for folder in self.folders:
            until(lambda: self._removed(folder), what=f"the removal of {folder}")

    @staticmethod
    def _removed(folder):
        # One that was never made, or is gone, is nothing to walk.
        for place, _, _ in os.walk(folder, topdown=False):
            try:
                os.rmdir(place)
            except OSError:
                return False  # its last processes are still ending
        return True
