# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest's disk: a small Debian with systemd, and the modules of all kernels.

Two steps, each kept: the userland as mmdebstrap made it (minutes), then the disk
with the modules in it (seconds). Nothing of rasd or of the bench is on the disk;
that is laid over it at every boot, so the disk outlives a day's work.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess

from . import cache, debian, kernel

VM = pathlib.Path(__file__).resolve().parent.parent
SIZE = "1G"
BINFMT = "/proc/sys/fs/binfmt_misc"
# What it mounts, and all it runs, is gone when it ends, however it ends.
CONFINED = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
MMDEBSTRAP = ["mmdebstrap", "--mode=root", f"--arch={debian.ARCH}", "--variant=minbase",
              "--aptopt=Acquire::Languages \"none\"",
              "--aptopt=APT::Sandbox::User \"root\"",
              "--dpkgopt=path-exclude=/usr/share/doc/*",
              "--dpkgopt=path-exclude=/usr/share/man/*",
              "--dpkgopt=path-exclude=/usr/share/locale/*"]


def path():
    """Where the disk is, or would be if it were made now."""
    kernels = [kernel.Kernel(series).path.name for series in kernel.available()]
    own_text = pathlib.Path(__file__).read_bytes()
    key = cache.digest(userland_path().name, own_text, modules(), *kernels)
    return cache.root() / "images" / f"disk-{key}.ext4"


def modules():
    return debian.read_list(VM / "modules.txt")


def packages():
    return debian.read_list(VM / "guest-packages.txt")


def userland_path():
    key = cache.digest(debian.SUITE, MMDEBSTRAP, packages())
    return cache.root() / "images" / f"userland-{key}.tar"


def make():
    if path().exists():
        return
    if not userland_path().exists():
        with foreign_binaries(), cache.making(userland_path()) as temporary:
            make_userland(temporary)
    with cache.making(path()) as disk:
        make_disk(disk)


def make_userland(tar):
    command = [*CONFINED, *MMDEBSTRAP, f"--include={','.join(packages())}", "--format=tar",
               debian.SUITE, tar, "-"]
    subprocess.run(command, input="\n".join(debian.sources()), text=True, check=True,
                   env={**os.environ, "TMPDIR": str(cache.directory("making"))})


def make_disk(disk):
    tree = disk.with_suffix(".tree")
    try:
        tree.mkdir()
        subprocess.run(["tar", "-xf", userland_path(), "-C", tree], check=True)
        for series in kernel.available():
            copy_modules(kernel.Kernel(series), tree)
        configure(tree)
        subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "guest", "-d", tree, disk, SIZE],
                       check=True)
    finally:
        shutil.rmtree(tree, ignore_errors=True)


def copy_modules(source, tree):
    destination = tree / "lib/modules" / source.release
    kept = source.with_dependencies(modules())
    for file in [*kept, "modules.builtin", "modules.builtin.modinfo", "modules.order"]:
        (destination / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source.modules / file, destination / file)
    debian.output("depmod", "-b", tree, source.release)


def configure(tree):
    """Root without a password, a name, a machine id, nothing to mount, and of services
    only what Debian itself starts."""
    shadow = tree / "etc/shadow"
    shadow.write_text(shadow.read_text().replace("root:*:", "root::", 1))
    (tree / "etc/hostname").write_text("guest\n")
    (tree / "etc/machine-id").write_text(cache.digest("guest") * 2 + "\n")
    (tree / "etc/fstab").write_text("")
    (tree / "etc/systemd/system/multi-user.target.wants/nginx.service").unlink()
    os.makedirs(tree / "var/log/journal", exist_ok=True)


@contextlib.contextmanager
def foreign_binaries():
    """Let this kernel run arm64 programs for a while, leaving it as it was found."""
    if os.path.exists(f"{BINFMT}/status"):
        register(True)
        yield
        return
    subprocess.run(["mount", "-t", "binfmt_misc", "binfmt_misc", BINFMT], check=True)
    try:
        register(True)
        yield
    finally:
        register(False)
        subprocess.run(["umount", BINFMT], check=True)


def register(on):
    command = ["/usr/lib/systemd/systemd-binfmt"] + ([] if on else ["--unregister"])
    subprocess.run(command, check=True)
