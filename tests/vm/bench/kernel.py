# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest's kernels: Debian packages, unpacked into the cache, not installed.

A kernel is asked for by its series ("6.1"); a symbolic link in the cache says
which package that is, so that the same kernel is used until setup is told to
look for a newer one. The newest series comes from a newer Debian suite, which
not every mirror has: then it is not there, and a file in the link's place says why.
"""

import lzma
import pathlib
import re
import subprocess

from . import cache, debian

SERIES = ("6.1", "6.12")        # of the guest's own Debian
NEWEST = "7.x"                  # the newest that there is, from 7.0 on
ALL = (*SERIES, NEWEST)


class Kernel:
    """One unpacked kernel package: its image, and its modules by name."""

    def __init__(self, series):
        self.series = series
        self.link = link(series)
        if not self.link.is_dir():
            raise RuntimeError(f"no kernel {series} in the cache: run tests/vm/setup")
        self.path = self.link.resolve()
        [self.modules] = (self.path / "lib/modules").iterdir()
        self.release = self.modules.name
        [self.image] = [*self.path.glob("boot/vmlinuz-*"), *self.modules.glob("vmlinuz")]
        self._dependencies = None

    def dependencies(self):
        """Module name to its file and the files it needs, nearest first."""
        if self._dependencies is None:
            self._dependencies = dict(self._read_dependencies())
        return self._dependencies

    def _read_dependencies(self):
        text = (self.modules / "modules.dep").read_text()
        for line in text.splitlines():
            file, needs = line.split(":")
            yield module_name(file), [file, *needs.split()]

    def with_dependencies(self, names):
        """The files of the named modules and of what they need, in insertion order."""
        files = []
        for name in names:
            for file in reversed(self.dependencies().get(module_name(name), [])):
                if file not in files:
                    files.append(file)
        return files

    def module_bytes(self, file):
        data = (self.modules / file).read_bytes()
        return lzma.decompress(data) if file.endswith(".xz") else data


def module_name(file):
    return pathlib.PurePath(file).name.split(".ko")[0].replace("-", "_")


def link(series):
    return cache.root() / "kernels" / series


def available():
    """The series there are: all, or all but the newest."""
    return [series for series in ALL if series != NEWEST or link(series).is_dir()]


def why_not(series):
    """Why a series is not there, in setup's words."""
    return link(series).read_text() if link(series).is_file() else "run tests/vm/setup"


def fetch(series):
    """Unpack the newest kernel of a series and let the series' link name it."""
    number = re.escape(series)
    package = debian.newest(rf"^linux-image-{number}\.[0-9]+(-[0-9]+|\+deb[0-9]+)-{debian.ARCH}$")
    keep(series, unpacked(package))


def fetch_newest():
    """The same from the newer suite; where that cannot be had, note why."""
    try:
        apt = debian.Newer()
        apt.update()
        package = debian.newest(
            rf"^linux-image-([7-9]|[1-9][0-9])\.[0-9.]+\+deb[0-9]+-{debian.ARCH}$", apt)
        keep(NEWEST, unpacked(package, apt))
    except (RuntimeError, subprocess.CalledProcessError) as error:
        print(f"kernel {NEWEST}: {error}")
        if not link(NEWEST).is_dir():       # an older one is better than none
            link(NEWEST).write_text(str(error))


def unpacked(package, apt=debian.HERE):
    """Since 7.1 a kernel is several packages, of which this one needs the others."""
    parts = debian.needed(package, r"^linux-(base|binary|modules)-[0-9]", apt)
    return debian.unpacked(package, apt, parts)


def keep(series, path):
    depmod(path)
    cache.directory("kernels")
    cache.point(link(series), path)


def depmod(path):
    """Debian's packages come without modules.dep; newer ones have their files in /usr."""
    if not (path / "lib").exists():
        (path / "lib").symlink_to("usr/lib")
    [modules] = (path / "lib/modules").iterdir()
    if not (modules / "modules.dep").exists():
        debian.output("depmod", "-b", path, modules.name)
