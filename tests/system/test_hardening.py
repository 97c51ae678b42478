"""The installed programs are hardened, whoever builds them."""

import re
import subprocess
from pathlib import Path

import pytest

import hardened
from installed import BUILD, install
from sanitized import SANITIZED

if SANITIZED:
    pytest.skip("NOT RUN, sanitizers replace it", allow_module_level=True)

CACHE = (BUILD / "CMakeCache.txt").read_text()
OPTIMISED = "CMAKE_BUILD_TYPE:STRING=Debug\n" not in CACHE
optimised = pytest.mark.skipif(not OPTIMISED, reason="NOT RUN, the compiler hardens what it optimises")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    install("/usr", root)
    return [root / "usr/bin" / name for name in ("echolined", "echoline")]


def test_they_are_linked_hard(programs, reliability):
    for program in programs:
        assert hardened.linked(program) == []
    reliability("S9", "PIE, full RELRO, no executable stack, no writable code")


@optimised
def test_they_are_compiled_hard(programs, reliability):
    for program in programs:
        assert hardened.compiled(program) == []
    reliability("S9", "stack protectors, _FORTIFY_SOURCE=3, stack probes, a shadow stack's code")


@optimised
def test_every_object_is_fit_for_a_shadow_stack_and_fortified_as_far_as_the_compiler_can():
    rooms = ("server", "client", "streams", "config")
    objects = [file for room in rooms for file in (BUILD / room).rglob("*.cpp.o")]
    assert len(objects) > 100
    assert [str(file) for file in objects if not hardened.shadowed(file)] == []
    levels = set(re.findall(r"_FORTIFY_SOURCE=(\d)", (BUILD / "build.ninja").read_text()))
    assert levels == {"3"}


def test_a_program_that_is_not_is_found_out(tmp_path):
    """That the above can fail."""
    source = tmp_path / "soft.c"
    source.write_text("#include <stdio.h>\nint main(int n, char **v) { char c[9]; return sprintf(c, v[n]); }")
    soft = Path(tmp_path, "soft")
    flags = ("-no-pie", "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-fcf-protection=none", "-w")
    layout = ("-Wl,-z,norelro,-z,lazy,-z,execstack", "-Wl,-rpath,/tmp", "-fno-stack-clash-protection")
    subprocess.run(["gcc", "-O2", *flags, *layout, "-o", soft, source], check=True)
    missing = hardened.linked(soft) + hardened.compiled(soft)
    assert {"PIE", "RELRO", "BIND_NOW", "no RPATH", "a stack that is not executable"} <= set(missing)
    assert {"a stack protector", "_FORTIFY_SOURCE", "probes against stack clashes"} <= set(missing)
