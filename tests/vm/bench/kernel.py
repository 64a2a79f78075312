# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest's kernels: Debian packages, unpacked into the cache, not installed.

A kernel is asked for by its series ("6.1"); a symbolic link in the cache says
which package that is, so that the same kernel is used until setup is told to
look for a newer one.
"""

import lzma
import pathlib
import re

from . import cache, debian

SERIES = ("6.1", "6.12")


class Kernel:
    """One unpacked kernel package: its image, and its modules by name."""

    def __init__(self, series):
        self.series = series
        self.link = cache.root() / "kernels" / series
        if not self.link.exists():
            raise RuntimeError(f"no kernel {series} in the cache: run tests/vm/setup")
        self.path = self.link.resolve()
        [self.image] = self.path.glob("boot/vmlinuz-*")
        self.release = self.image.name.removeprefix("vmlinuz-")
        self.modules = self.path / "lib/modules" / self.release
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


def fetch(series):
    """Unpack the newest kernel of a series and let the series' link name it."""
    number = re.escape(series)
    package = debian.newest(rf"^linux-image-{number}\.[0-9]+(-[0-9]+|\+deb[0-9]+)-arm64$")
    path = debian.unpacked(package)
    depmod(path)
    cache.point(cache.directory("kernels") / series, path)


def depmod(path):
    """Debian's packages come without modules.dep."""
    [modules] = (path / "lib/modules").iterdir()
    if not (modules / "modules.dep").exists():
        debian.output("depmod", "-b", path, modules.name)
