# SPDX-License-Identifier: LGPL-2.1-or-later
"""The overlay: what one boot lays over the guest's disk.

The bench's own files, masks for what would only make the boot longer, and what was
installed for the guest (rasd, usually). guest/init copies it before systemd starts.
"""

import pathlib

from . import cache, cpio, debian

VM = pathlib.Path(__file__).resolve().parent.parent
ROOT = "payload"
UNITS = f"{ROOT}/etc/systemd/system"
BENCH = f"{ROOT}/usr/lib/bench"
PROGRAMS = [VM / "guest/bench-shell.c", VM / "guest/victim.c", VM / "guest/poke.c",
            VM / "guest/survivor.c", VM.parent / "host/flood.c"]
# What of rasd a program is made with, and what it is compiled with.
PARTS = {"survivor": ["poison/*.c", "ipc/mend.c", "ipc/ring.c", "ipc/vital.c", "util/clock.c",
                      "util/text.c"]}
FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-static",
         "-fno-stack-protector"]
MERGED_INTO_USR = ("bin", "lib", "sbin")
MASKED = ["serial-getty@ttyAMA0.service", "getty@tty1.service", "getty.target",
          "systemd-timesyncd.service", "apt-daily.timer", "apt-daily-upgrade.timer",
          "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service",
          "fstrim.timer", "systemd-firstboot.service", "systemd-hwdb-update.service",
          "ldconfig.service", "systemd-journal-catalog-update.service"]


def archive(installed=None):
    """The overlay with the tree installed below the given directory, if any."""
    overlay = cpio.Archive()
    overlay.directory(ROOT)
    for name in ("bench-shell.service", "victim@.service"):
        overlay.file(f"{UNITS}/{name}", (VM / "guest" / name).read_bytes())
    overlay.symlink(f"{UNITS}/sysinit.target.wants/bench-shell.service",
                    "../bench-shell.service")
    for name in MASKED:
        overlay.symlink(f"{UNITS}/{name}", "/dev/null")
    for source in PROGRAMS:
        overlay.file(f"{BENCH}/{source.stem}", program(source).read_bytes(), 0o755)
    for top in sorted(installed.iterdir()) if installed else ():
        inside = f"{ROOT}/usr" if top.name in MERGED_INTO_USR else ROOT
        overlay.tree(top, f"{inside}/{top.name}")
    return overlay.bytes()


def program(source):
    """A program for the guest, compiled when its source has changed."""
    tree = VM.parents[1] / "src"
    parts = [path for pattern in PARTS.get(source.stem, []) for path in sorted(tree.glob(pattern))]
    headers = [path for part in parts for path in sorted(part.parent.glob("*.h"))]
    texts = [path.read_bytes() for path in (source, *parts, *headers)]
    path = cache.root() / "programs" / f"{source.stem}-{cache.digest(FLAGS, *texts)}"
    if not path.exists():
        with cache.locked(), cache.making(path) as temporary:
            debian.output("aarch64-linux-gnu-gcc", *FLAGS, "-I", tree, "-o", temporary, source,
                          *(["-D_GNU_SOURCE"] if parts else []), *parts)
    return path
