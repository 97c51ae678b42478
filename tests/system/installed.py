"""What `cmake --install` makes of the build under test."""

import os
import shutil
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
    "echoline-metrics.socket",
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
    """The Debian package of the programs, made in `folder`, quickly: debian/ packs what is built."""
    source = folder / "source"
    shutil.copytree(SOURCE / "debian", source / "debian")
    shutil.copy(SOURCE / "CHANGELOG.md", source)
    # A build tree that is not a package's has no folder for each architecture.
    library = source / "debian/libecholine-streams-dev.install"
    library.write_text(library.read_text().replace("usr/lib/*/", "usr/lib/"))
    # For debhelper the build is done.
    (source / "debian/debhelper-build-stamp").write_text("echoline\nlibecholine-streams-dev\n")
    subprocess.run(
        ["debian/rules", "binary", f"BUILD={BUILD}"],
        cwd=source,
        env={
            **os.environ,
            "DEB_BUILD_OPTIONS": "noautodbgsym",
            "DEB_RULES_REQUIRES_ROOT": "no",
            "DPKG_DEB_COMPRESSOR_TYPE": "gzip",
            **environment,
        },
        stdout=subprocess.DEVNULL,
        check=True,
    )
    [file] = folder.glob("echoline_*.deb")
    return file


def files_below(folder):
    """Every file and link, as paths that start at `folder`."""
    return {
        str(Path("/", path.relative_to(folder)))
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
