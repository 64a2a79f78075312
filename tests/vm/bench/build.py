# SPDX-License-Identifier: LGPL-2.1-or-later
"""rasd for the guest: cross-built from the tree as it is, without touching it.

The tree's files, committed or not, are copied to the cache (a tree that was
configured for the host could not be built elsewhere), and built there; a second
build compiles what was changed.
"""

import json
import os
import pathlib
import shutil
import subprocess

from . import cache

TREE = pathlib.Path(__file__).resolve().parents[3]
TRIPLET = "aarch64-linux-gnu"
CONFIGURE = [f"--host={TRIPLET}", "--prefix=/usr", "--sysconfdir=/etc",
             "--localstatedir=/var"]
ENVIRONMENT = {"PKG_CONFIG_LIBDIR": f"/usr/lib/{TRIPLET}/pkgconfig:/usr/share/pkgconfig"}


def possible():
    return (TREE / "configure.ac").exists()


def directory():
    return cache.directory("crossbuild") / cache.digest(TREE, CONFIGURE)


def install(destination):
    """Build the tree and install it below destination."""
    with cache.locked():
        build_and_install(destination)


def build_and_install(destination):
    source, build = directory() / "source", directory() / "build"
    mirror(TREE, source)
    if must_bootstrap(source):
        run(bootstrap_command(source), source)
    build.mkdir(exist_ok=True)
    if not (build / "config.status").exists():
        run([source / "configure", "-q", *CONFIGURE], build)
    run(["make", "-s", f"-j{os.cpu_count()}"], build)
    run(["make", "-s", "install", f"DESTDIR={destination}"], build)


def must_bootstrap(source):
    """Left to make's own rules, automake would not add the helper scripts that it now needs."""
    made = source / "Makefile.in"
    inputs = [source / "configure.ac", source / "Makefile.am", *source.glob("src/**/*.mk"),
              *source.glob("tests/**/*.mk")]
    return not made.exists() or any(path.stat().st_mtime > made.stat().st_mtime
                                    for path in inputs)


def bootstrap_command(source):
    return ["./autogen.sh"] if (source / "autogen.sh").exists() else ["autoreconf", "-fi"]


def run(command, where):
    """Run a step of the build; its output is shown when it fails."""
    environment = {**os.environ, **ENVIRONMENT, "NOCONFIGURE": "1"}
    result = subprocess.run(list(map(str, command)), cwd=where, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: status {result.returncode}\n"
                           f"{result.stdout[-4000:]}")


# ---- the copy ----

def mirror(tree, copy):
    """Make copy hold the tree's files, and of what it held before only what was built.

    A file is copied when it is not the one that was copied last; its copy then has the
    time of now, so that make sees it whichever way the file has changed.
    """
    listing = copy.with_name("copied.json")
    before = json.loads(listing.read_text()) if listing.exists() else {}
    now = {name: identity(tree / name) for name in files_of(tree)}
    for name in before.keys() - now.keys():
        (copy / name).unlink(missing_ok=True)
    for name in now:
        if before.get(name) != now[name] or not os.path.lexists(copy / name):
            replace(tree / name, copy / name)
    listing.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text(json.dumps(now))


def files_of(tree):
    """The files of the tree that are not ignored and are there."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard"], cwd=tree, check=True,
                            stdout=subprocess.PIPE).stdout
    names = sorted({os.fsdecode(name) for name in listed.split(b"\0") if name})
    return [name for name in names if os.path.lexists(tree / name)]


def identity(path):
    status = os.lstat(path)
    return [status.st_mtime_ns, status.st_size, status.st_mode]


def replace(source, copy):
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    shutil.copy(source, copy, follow_symlinks=False)
