# SPDX-License-Identifier: LGPL-2.1-or-later
"""The cache: what is dear to make and can always be made again.

It lives outside the tree. Everything in it is named after what it was made from,
so a name that exists is right, and it is put in place by one rename, so a name
that exists is whole. One lock is held while anything is made; what a build that
died left behind is therefore known to be nobody's, and the next build clears it.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil


def root():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(os.environ.get("RASD_CACHE") or os.path.join(base, "rasd"))


def directory(name):
    path = root() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def digest(*parts):
    """A short name for the given strings and bytes."""
    sha = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        sha.update(b"%d:" % len(data) + data)
    return sha.hexdigest()[:16]


@contextlib.contextmanager
def locked():
    """Hold the cache for making things in it."""
    with open(directory(".") / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear(root() / "making")
        yield


def clear(directory):
    """Remove what builds that died have left, unless something is mounted there."""
    with open("/proc/self/mounts") as mounts:
        if any(f" {directory}/" in line for line in mounts):
            raise RuntimeError(f"{directory}: file systems are mounted below it")
    shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def making(path):
    """Yield a temporary name; on success what was made there becomes path."""
    temporary = directory("making") / path.name
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield temporary
        os.rename(temporary, path)
    finally:
        remove(temporary)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def point(link, target):
    """Make link a symbolic link to target, replacing what it was in one step."""
    with making(link) as temporary:
        temporary.symlink_to(target)
