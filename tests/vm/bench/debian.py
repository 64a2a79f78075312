# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian packages: installed here, or fetched for the guest without installing.

The mirror is whatever this machine's own apt uses; it is asked for, never named. What
is in a suite that this machine does not have comes by an apt of its own (Backports).
"""

import os
import re
import subprocess
import tempfile

from . import cache

SUITE = "bookworm"
NEWER_SUITE = "trixie-backports"
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


def sources(arch=ARCH):
    """This machine's own Debian sources as lines for another apt."""
    targets = output("apt-get", "indextargets", "--format",
                     "$(SITE) $(RELEASE) $(COMPONENT)",
                     "Created-By: Packages", f"Architecture: {arch}", "Origin: Debian")
    wanted = sorted({line for line in targets.splitlines()
                     if line.split()[1].startswith(SUITE)})
    if not wanted:
        raise RuntimeError(f"apt on this machine has no {SUITE} source for {arch}")
    return [f"deb [arch={arch} signed-by={KEYRING}] {line}" for line in wanted]


class Apt:
    """Where packages come from: this machine's apt, and its options."""

    def __init__(self, *options, arch=ARCH):
        self.options = options
        self.arch = arch

    def command(self, program, *arguments):
        return [program, "-q", *self.options, *arguments]


class Newer(Apt):
    """An apt of its own, for another suite: lists, archives and sources in the cache."""

    def __init__(self, suite=NEWER_SUITE, arch=ARCH):
        self.suite = suite
        self.place = cache.directory(f"apt-{suite}-{arch}")
        (self.place / "sources.list").write_text(self._source(suite, arch))
        for name in ("lists/partial", "archives/partial"):
            (self.place / name).mkdir(parents=True, exist_ok=True)
        settings = {"Dir::Etc::SourceList": self.place / "sources.list",
                    "Dir::Etc::SourceParts": "/dev/null",
                    "Dir::State::Lists": self.place / "lists",
                    "Dir::State::status": "/dev/null",
                    "Dir::Cache": self.place, "APT::Architecture": arch,
                    "APT::Architectures": arch, "APT::Sandbox::User": "root"}
        super().__init__(*(f"-o{name}={value}" for name, value in settings.items()), arch=arch)

    @staticmethod
    def _source(suite, arch):
        """The newer suite, from where this machine has its own."""
        [first, *_] = [line.split() for line in sources(arch) if line.split()[-2] == SUITE]
        return " ".join([*first[:-2], suite, "main"]) + "\n"

    def update(self):
        done = subprocess.run(self.command("apt-get", "update", "--error-on=any"), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"the mirror does not have {self.suite}")


HERE = Apt()


def newest(pattern, apt=HERE):
    """The package whose name matches and whose numbers are the highest."""
    names = [line.split()[0] for line in
             output(*apt.command("apt-cache", "search", "--names-only", pattern)).splitlines()]
    if not names:
        raise RuntimeError(f"apt offers no package named {pattern}")
    return max(names, key=lambda name: [int(n) for n in re.findall(r"\d+", name)])


def version(package, apt=HERE):
    shown = output(*apt.command("apt-cache", "show", "--no-all-versions",
                                f"{package}:{apt.arch}"))
    return re.search(r"^Version: (\S+)$", shown, re.M).group(1)


def needed(package, pattern, apt=HERE):
    """What a package depends on whose name matches."""
    shown = output(*apt.command("apt-cache", "show", "--no-all-versions",
                                f"{package}:{apt.arch}"))
    depends = re.search(r"^Depends: (.*)$", shown, re.M)
    names = [each.split()[0] for each in depends.group(1).split(", ")] if depends else []
    return [name for name in names if re.search(pattern, name)]


def unpacked_name(package, version, arch):
    name = f"{package}_{version}".replace(":", "%")
    return name if arch == ARCH else f"{name}_{arch}"


def unpacked(package, apt=HERE, parts=()):
    """The directory in the cache that holds the newest package's files, and its parts'."""
    path = cache.root() / "packages" / unpacked_name(package, version(package, apt), apt.arch)
    if not path.exists():
        with cache.making(path) as temporary:
            for each in (package, *parts):
                unpack(each, temporary, apt)
    return path


def unpack(package, destination, apt):
    with tempfile.TemporaryDirectory(dir=cache.directory("making")) as directory:
        subprocess.run(apt.command("apt-get", "-oAPT::Sandbox::User=root", "download",
                                   f"{package}:{apt.arch}"), check=True, cwd=directory)
        [archive] = os.listdir(directory)
        subprocess.run(["dpkg", "-x", f"{directory}/{archive}", destination], check=True)
