# SPDX-License-Identifier: LGPL-2.1-or-later
"""cpio archives ("newc") as the kernel takes them for its initrd.

Everything in one belongs to root. Archives may be laid end to end: the kernel
looks for ACPI tables in the first and unpacks them all.
"""

import os
import stat

BLOCK = 512


class Archive:
    """A cpio archive that grows in memory."""

    def __init__(self):
        self._parts = []
        self._inodes = 0
        self._directories = set()

    def file(self, name, data, mode=0o644):
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, data)

    def symlink(self, name, target):
        self._parents(name)
        self._entry(name, stat.S_IFLNK | 0o777, os.fsencode(target))

    def directory(self, name, mode=0o755):
        name = name.strip("/")
        if name and name not in self._directories:
            self._directories.add(name)
            self._parents(name)
            self._entry(name, stat.S_IFDIR | mode, b"")

    def tree(self, source, prefix=""):
        """Add everything below the directory source, named below prefix."""
        for directory, subdirectories, files in os.walk(source):
            inside = os.path.join(prefix, os.path.relpath(directory, source))
            for name in sorted(subdirectories + files):
                self._node(os.path.join(directory, name),
                           os.path.normpath(os.path.join(inside, name)))

    def bytes(self):
        trailer = self._header("TRAILER!!!", 0, 0)
        data = b"".join([*self._parts, trailer])
        return data + bytes(-len(data) % BLOCK)

    def _node(self, path, name):
        status = os.lstat(path)
        mode = stat.S_IMODE(status.st_mode)
        if stat.S_ISLNK(status.st_mode):
            self.symlink(name, os.readlink(path))
        elif stat.S_ISDIR(status.st_mode):
            self.directory(name, mode)
        elif stat.S_ISREG(status.st_mode):
            with open(path, "rb") as file:
                self.file(name, file.read(), mode)

    def _parents(self, name):
        self.directory(os.path.dirname(name.strip("/")))

    def _entry(self, name, mode, data):
        self._parts += [self._header(name.strip("/"), mode, len(data)),
                        data, bytes(-len(data) % 4)]

    def _header(self, name, mode, size):
        self._inodes += 1
        text = os.fsencode(name) + b"\0"
        links, zero = 1, 0
        numbers = [self._inodes, mode, zero, zero, links, zero, size,
                   zero, zero, zero, zero, len(text), zero]
        header = b"070701" + b"".join(b"%08X" % number for number in numbers) + text
        return header + bytes(-len(header) % 4)
