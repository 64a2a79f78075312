# SPDX-License-Identifier: LGPL-2.1-or-later
"""The initrd: busybox, guest/init, and the modules that the disk needs."""

import pathlib

from . import cache, cpio

VM = pathlib.Path(__file__).resolve().parent.parent


def archive(kernel):
    initrd = cpio.Archive()
    for directory in ("bin", "dev", "proc", "sys", "root", "modules"):
        initrd.directory(directory)
    initrd.file("bin/busybox", (cache.root() / "busybox/bin/busybox").read_bytes(), 0o755)
    initrd.file("init", (VM / "guest/init").read_bytes(), 0o755)

    names = [add_module(initrd, kernel, file)
             for file in kernel.with_dependencies(module_names())]
    initrd.file("modules/order", "".join(f"{name}\n" for name in names).encode())
    return initrd.bytes()


def module_names():
    """The first group of modules.txt."""
    text = (VM / "modules.txt").read_text()
    group = text.split("# initrd\n")[1].split("\n\n")[0]
    return group.split()


def add_module(initrd, kernel, file):
    name = pathlib.PurePath(file).name.removesuffix(".xz")
    initrd.file(f"modules/{name}", kernel.module_bytes(file))
    return name
