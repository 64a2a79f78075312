# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian packages: installed here, or fetched for the guest without installing.

The mirror is whatever this machine's own apt uses; it is asked for, never named.
"""

import os
import re
import subprocess
import tempfile

from . import cache

SUITE = "bookworm"
ARCH = "arm64"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def read_list(path):
    """The names in a file of one name a line, '#' starting a comment."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def output(*command, **kwargs):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          **kwargs).stdout


def installed():
    """The names of all installed packages, with and without their architecture."""
    lines = output("dpkg-query", "-W", "-f",
                   "${db:Status-Status} ${Package} ${Package}:${Architecture}\n").splitlines()
    return {name for line in lines if line.startswith("installed ")
            for name in line.split()[1:]}


def install(packages):
    missing = sorted(set(packages) - installed())
    if not missing:
        return
    update()
    subprocess.run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", "install", "-y",
                    "--no-install-recommends", *missing], check=True,
                   env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def update():
    """Make apt know the guest's architecture and the newest packages."""
    if ARCH not in output("dpkg", "--print-foreign-architectures").split():
        subprocess.run(["dpkg", "--add-architecture", ARCH], check=True)
    subprocess.run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=600", "update"], check=True)


def sources():
    """This machine's own Debian sources as lines for another apt."""
    targets = output("apt-get", "indextargets", "--format",
                     "$(SITE) $(RELEASE) $(COMPONENT)",
                     "Created-By: Packages", f"Architecture: {ARCH}", "Origin: Debian")
    wanted = sorted({line for line in targets.splitlines()
                     if line.split()[1].startswith(SUITE)})
    if not wanted:
        raise RuntimeError(f"apt on this machine has no {SUITE} source for {ARCH}")
    return [f"deb [arch={ARCH} signed-by={KEYRING}] {line}" for line in wanted]


def newest(pattern):
    """The package whose name matches and whose numbers are the highest."""
    names = [line.split()[0] for line in
             output("apt-cache", "search", "--names-only", pattern).splitlines()]
    if not names:
        raise RuntimeError(f"apt offers no package named {pattern}")
    return max(names, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])


def version(package):
    shown = output("apt-cache", "show", "--no-all-versions", f"{package}:{ARCH}")
    return re.search(r"^Version: (\S+)$", shown, re.M).group(1)


def unpacked(package):
    """The directory in the cache that holds the newest package's files."""
    path = cache.root() / "packages" / f"{package}_{version(package)}".replace(":", "%")
    if not path.exists():
        with cache.making(path) as temporary:
            unpack(package, temporary)
    return path


def unpack(package, destination):
    with tempfile.TemporaryDirectory(dir=cache.directory("making")) as directory:
        subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root",
                        "download", f"{package}:{ARCH}"], check=True, cwd=directory)
        [archive] = os.listdir(directory)
        subprocess.run(["dpkg", "-x", f"{directory}/{archive}", destination], check=True)
