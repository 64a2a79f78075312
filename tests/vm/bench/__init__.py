# SPDX-License-Identifier: LGPL-2.1-or-later
"""The virtual arm64 server: a guest with a real kernel, and firmware played from here.

firmware    what firmware would write: CPER sections, status blocks, ACPI tables
guest       a QEMU machine: boot it, run commands in it, start victims in it
victim      a process in the guest whose page is to be poisoned
memory      the guest's memory, as its kernel shows it
acts        what rasd made of it: hits, links, actions
scenario    what a scenario file may use beside the guest
build       rasd, cross-built for the guest
kernel, image, initrd, overlay  what it boots
cache, cpio, debian  what these are made with
"""
