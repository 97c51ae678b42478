"""The programs that take part: compiles the C ones into build/bench, builds echolined."""

import pathlib
import subprocess
import sys

from failure import Failure

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "bench"
ECHOLINED = ROOT / "build" / "release" / "server" / "echolined"
COMPILE = ["cc", "-std=c11", "-O2"]

_BENCH = ROOT / "bench"
_BUILD_ECHOLINED = [
    [".ci/install", "build", "bench"],
    ["cmake", "--preset", "release"],
    ["cmake", "--build", "--preset", "release", "--target", "echolined"],
]


def compiled(name, sources):
    """Path of the program, compiled from bench/`sources` when one of them or a header is newer."""
    program = OUTPUT / name
    inputs = [_BENCH / source for source in sources]
    newest = max(path.stat().st_mtime for path in [*inputs, *_BENCH.glob("*.h")])
    if not program.exists() or program.stat().st_mtime < newest:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        _execute([*COMPILE, "-o", str(program), *map(str, inputs)])
    return program


def generator():
    return compiled("loadgen", ["loadgen.c", "loadgen_options.c", "loadgen_pattern.c"])


def epoll_echo():
    return compiled("epoll_echo", ["peers/epoll_echo.c"])


def echolined(path):
    """`path` if given, else the release build, brought up to date."""
    if path is not None:
        if not path.is_file():
            raise Failure(f"{path}: no such program")
        return path.resolve()
    for command in _BUILD_ECHOLINED:
        _execute(command)
    return ECHOLINED


def _execute(command):
    try:
        subprocess.run(command, cwd=ROOT, check=True, timeout=1800, stdout=sys.stderr)
    except (OSError, subprocess.SubprocessError) as error:
        raise Failure(f"{' '.join(command)}: {error}") from None
