"""What the package installs is hardened."""

import pytest

import hardened
from test_hardening import OPTIMISED

PROGRAMS = ("/usr/bin/echolined", "/usr/bin/echoline")


def test_the_programs_of_the_package_are_hardened(machine):
    for program in PROGRAMS:
        file = machine.path(program)
        assert hardened.linked(file) == []
        if OPTIMISED:
            assert hardened.compiled(file) == []
    if not OPTIMISED:
        pytest.skip("NOT RUN, the compiler hardens what it optimises")
