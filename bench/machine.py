"""The machine and the tools that figures depend on, and the choice of cores."""

import os
import pathlib
import re
import resource
import subprocess
import time

import build
from failure import Failure


def pick_cores() -> tuple[int, int]:
    """Two cores this process may use, of different physical cores where the machine has them."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise Failure("two cores are needed, one for the server and one for the generator")
    server = allowed[0]
    siblings = _read(f"/sys/devices/system/cpu/cpu{server}/topology/thread_siblings_list")
    apart = [core for core in allowed[1:] if core not in core_list(siblings)]
    return server, (apart or allowed[1:])[0]


def facts() -> dict[str, str]:
    """Name to text, in the order in which they are printed; what cannot be read is left out."""
    uname = os.uname()
    found = {
        "cpu": _first(r"model name\s*: (.*)", _read("/proc/cpuinfo")),
        "cores": str(os.cpu_count()),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or "not shown",
        "kernel": f"{uname.sysname} {uname.release} {uname.machine}",
        "nofile": str(resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        "c compiler": _output("cc", "--version"),
        "c++ compiler": _output("c++", "--version"),
        "c library": os.confstr("CS_GNU_LIBC_VERSION"),
        "asio": _asio_version(),
        "commit": _commit(),
        "date": time.strftime("%Y-%m-%d %H:%M %Z"),
        "load before": load_average(),
    }
    return {name: text for name, text in found.items() if text}


def load_average() -> str:
    """What else the machine had to do: processes ready or running, over 1, 5 and 15 minutes."""
    return " ".join(f"{average:.2f}" for average in os.getloadavg())


def _read(path: str) -> str:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match.group(1) if match else ""


def _output(*command: str) -> str:
    """First line of what a command prints; empty when it fails."""
    try:
        done = subprocess.run(
            command, cwd=build.ROOT, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.partition("\n")[0]


def core_list(text: str) -> set[int]:
    """The numbers in the kernel's "0-2,8" notation."""
    cores = set()
    for low, high in re.findall(r"(\d+)(?:-(\d+))?", text):
        cores.update(range(int(low), int(high or low) + 1))
    return cores


def _asio_version() -> str:
    number = int(_first(r"define ASIO_VERSION (\d+)", _read("/usr/include/asio/version.hpp")) or 0)
    if number == 0:
        return ""
    return f"{number // 100000}.{number // 100 % 1000}.{number % 100}"


def _commit() -> str:
    commit = _output("git", "rev-parse", "--short", "HEAD")
    changed = _output("git", "status", "--porcelain", "--untracked-files=no")
    return f"{commit} with changes" if commit and changed else commit
