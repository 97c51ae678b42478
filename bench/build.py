"""Brings programs up to date: C ones of bench/ into build/bench, ours into build/release."""

import pathlib
import subprocess
import sys

from failure import Failure

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "build" / "bench"
RELEASE = ROOT / "build" / "release"
ECHOLINED = RELEASE / "server" / "echolined"
ECHOLINE = RELEASE / "client" / "echoline"
BARE_ECHO = RELEASE / "bench" / "bare_echo"
COMPILE = ["cc", "-std=c11", "-O2"]

_BENCH = ROOT / "bench"
_PATIENCE = 1800.0


def older(program: pathlib.Path, inputs: list[pathlib.Path]) -> bool:
    """Whether the program is not there or older than one of the files that it is made from."""
    if not program.exists():
        return True
    return program.stat().st_mtime < max(path.stat().st_mtime for path in inputs)


def generator() -> pathlib.Path:
    program = OUTPUT / "loadgen"
    names = ["loadgen.c", "loadgen_options.c", "loadgen_pattern.c"]
    sources = [_BENCH / name for name in names]
    if older(program, [*sources, *_BENCH.glob("*.h")]):
        OUTPUT.mkdir(parents=True, exist_ok=True)
        execute([*COMPILE, "-o", str(program), *map(str, sources)])
    return program


def ours(*targets: str) -> None:
    """Builds targets of the release preset."""
    execute(["cmake", "--preset", "release"])
    execute(["cmake", "--build", "--preset", "release", "--target", *targets])


def install(*groups: str) -> None:
    """The Debian packages of .ci/packages that are missing."""
    execute([".ci/install", *groups])


def execute(command: list[str], quiet: bool = False) -> None:
    """Raises Failure with the last of what it said. Its output goes to stderr, or with `quiet`
    nowhere."""
    try:
        subprocess.run(
            command,
            cwd=ROOT,
            check=True,
            timeout=_PATIENCE,
            stdout=subprocess.PIPE if quiet else sys.stderr,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        said = (error.stdout or "").strip().splitlines()
        reason = said[-1] if said else f"exit code {error.returncode}"
        raise Failure(f"{command[0]}: {reason}") from None
    except (OSError, subprocess.SubprocessError) as error:
        raise Failure(f"{command[0]}: {error}") from None
