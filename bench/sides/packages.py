# SPDX-License-Identifier: LGPL-2.1-or-later
"""rasdaemon as Debian ships it, unpacked into the cache and not installed."""

import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/vm/bench"))
sys.path.insert(0, str(TOP / "tests/vm"))

from bench import cache, debian  # noqa: E402

SUITES = ("trixie", "bookworm-backports")       # the first that can be had


def fetch():
    """Program and version: what the cache has, or what the mirror has."""
    arch = debian.output("dpkg", "--print-architecture").strip()
    for path in (cache.root() / "packages").glob("rasdaemon_*"):
        version = path.name.split("_")[1].replace("%", ":")
        if path.name == debian.unpacked_name("rasdaemon", version, arch):
            return path / "usr/sbin/rasdaemon", version
    with cache.locked():
        for suite in SUITES:
            try:
                return fetch_from(debian.Newer(suite, arch))
            except (RuntimeError, subprocess.CalledProcessError) as error:
                print(f"rasdaemon of {suite}: {error}", file=sys.stderr)
    raise RuntimeError(f"rasdaemon is not to be had from {' or '.join(SUITES)}")


def fetch_from(apt):
    apt.update()
    path = debian.unpacked("rasdaemon", apt)
    return path / "usr/sbin/rasdaemon", debian.version("rasdaemon", apt)
