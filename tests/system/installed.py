"""What `cmake --install` makes of the build under test."""

import os
import subprocess
from pathlib import Path

from program import ECHOLINED

SOURCE = Path(__file__).resolve().parents[2]
BUILD = Path(ECHOLINED).resolve().parents[1]

UNITS = (
    "echoline.service",
    "echoline@.service",
    "echoline-activated.service",
    "echoline-echo.socket",
    "echoline-line.socket",
)


def install(prefix, destdir="", build=BUILD):
    """Installs below `destdir`, as if that were /."""
    subprocess.run(
        ["cmake", "--install", build, "--prefix", prefix],
        env={**os.environ, "DESTDIR": str(destdir)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def make_package(folder, **environment):
    """The Debian package, made in `folder`, quickly."""
    subprocess.run(
        ["cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder]
        + ["-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    [file] = folder.glob("*.deb")
    return file


def files_below(folder):
    """Every file and link, as paths that start at `folder`."""
    return {
        str(Path("/", path.relative_to(folder)))
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
