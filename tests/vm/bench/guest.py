# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest: an emulated arm64 server that runs a real kernel and a real Debian.

    with Guest("6.12", payload="DESTDIR of an installed rasd") as guest:
        victim = guest.victim(early=True)
        guest.firmware.inject(...)

Every boot starts from the same disk; what the guest writes is thrown away. What
this boot brings along (the bench's own files, rasd's, the ACPI tables) is in an
initrd made for it. Nothing here waits without a limit, and whatever goes wrong,
QEMU is ended, by its pid, and the end of the console is part of the message.
"""

import itertools
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import image, initrd, overlay, victim
from .firmware import Firmware
from .kernel import Kernel

UEFI = "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
BOOT_LIMIT = 300        # seconds; a boot takes about 10, but there may be others at work
# What follows log_buf_len only saves time: an emulated serial port is slow, and so is
# waiting for each other's grace periods with more virtual CPUs than real ones.
COMMAND_LINE = ("console=ttyAMA0 acpi=force panic=-1 printk.devkmsg=on log_buf_len=4M "
                "loglevel=4 rcupdate.rcu_expedited=1 mitigations=off "
                "systemd.show_status=error")
PATIENCE = 3            # a wait that ends well costs nothing more on a busy machine
LONGEST_INTERVAL = 1    # seconds
CPU = "neoverse-n1"     # a server's; one with pointer authentication is slower to emulate
# A PCI Express link with AER at both ends: 0000:00:1c.0 (root port), 0000:01:00.0.
PCIE_LINK = ["-device", "pcie-root-port,id=link,chassis=1,addr=1c.0",
             "-device", "e1000e,bus=link,romfile="]


class GuestError(Exception):
    """The guest did not do what it was to do."""


class CommandFailed(GuestError):
    def __init__(self, command, status, output, error):
        self.status, self.output, self.error = status, output, error
        super().__init__(f"exit status {status} from: {command}\n"
                         f"{output[-2000:]}{error[-2000:]}".rstrip())


class GuestDied(GuestError):
    """There is no guest any more, or none that answers."""


class Guest:
    def __init__(self, kernel="6.12", payload=None, *, cpus=2, boot_error=None, sources=4,
                 command_line="", devices=(), start_rasd=True, kept=None):
        self.kernel = Kernel(kernel)
        self.series = kernel
        self.payload = pathlib.Path(payload) if payload else None
        self.cpus = cpus
        self.command_line = command_line
        self.devices = devices      # more of QEMU's arguments
        self.boot_error = boot_error
        self.kept = kept
        self.sources = sources
        self.start_rasd_at_boot = start_rasd
        self.boot_seconds = None
        self.firmware = None
        self.directory = None
        self._qemu = None
        self._port = None
        self._received = b""
        self._requests = itertools.count(1)
        self._victims = itertools.count(1)
        self._instances = {}                # of trace: the events that are enabled
        self._rasd_is_configured = False
        self._rasd_is_set_up = False

    # ---- the machine ----

    def __enter__(self):
        try:
            self.boot()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def boot(self):
        started = time.monotonic()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="rasd-guest-"))
        self.firmware = Firmware(self.directory / "shared", self.sources, self.boot_error,
                                 self.kept)
        (self.directory / "initrd").write_bytes(
            self.firmware.tables() + initrd.archive(self.kernel) + overlay.archive(self.payload))
        self._start_qemu()
        self._connect(started + BOOT_LIMIT)
        self._await_ready(started + BOOT_LIMIT)
        for name in ("initrd", "shared", "port"):
            (self.directory / name).unlink()    # QEMU has them open, or needs them no more
        self.sh("systemctl is-system-running --wait || systemctl --failed >&2; "
                "mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null; "
                "mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null; true",
                timeout=BOOT_LIMIT)
        if self.start_rasd_at_boot and self.has_rasd():
            self.start_rasd()
        self.boot_seconds = time.monotonic() - started

    def kill(self):
        """End QEMU and remove what the boot left here. Harmless when there is none."""
        self.end()
        if self._port:
            self._port.close()
            self._port = None
        if self.firmware:
            self.firmware.close()
            self.firmware = None
        if self.directory:
            shutil.rmtree(self.directory, ignore_errors=True)
            self.directory = None

    def end(self):
        """End QEMU. Any thread may do so: whoever waits for the guest learns it at once."""
        qemu = self._qemu
        if qemu and qemu.poll() is None:
            os.kill(qemu.pid, signal.SIGKILL)
            qemu.wait()

    def is_alive(self):
        return self._qemu is not None and self._qemu.poll() is None and self._port is not None

    def console(self):
        """All that the guest's console showed."""
        if not self.directory:
            return ""
        logs = [self.directory / "qemu.log", self.directory / "console.log"]
        return "".join(log.read_text(errors="replace") for log in logs if log.exists())

    def console_tail(self, lines=25):
        return "\n".join(self.console().splitlines()[-lines:])

    def _start_qemu(self):
        command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-aarch64",
                   "-M", "virt,nvdimm=on", "-cpu", CPU,
                   "-smp", str(self.cpus), "-m", "1G,slots=2,maxmem=4G",
                   "-no-reboot", "-nodefaults", "-display", "none",
                   "-bios", UEFI, "-kernel", self.kernel.image,
                   "-initrd", self.directory / "initrd",
                   "-append", f"{COMMAND_LINE} {self.command_line}",
                   "-drive", f"file={image.path()},format=raw,if=virtio,snapshot=on",
                   "-object", "memory-backend-file,id=shared,share=on,"
                              f"mem-path={self.directory}/shared,size={Firmware.SIZE}",
                   "-device", "nvdimm,memdev=shared",
                   "-serial", f"file:{self.directory}/console.log",
                   "-chardev",
                   f"socket,id=bench,server=on,wait=off,path={self.directory}/port",
                   "-device", "virtio-serial-pci",
                   "-device", "virtserialport,chardev=bench,name=bench",
                   *PCIE_LINK,
                   *self.devices]
        with open(self.directory / "qemu.log", "w") as log:
            self._qemu = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL,
                                          stdout=log, stderr=log)

    # ---- commands ----

    def sh(self, command, timeout=60, check=True, input=b""):
        """Run a shell command in the guest and return what it wrote to stdout, as text."""
        status, output, error = self.run(command, timeout, input)
        text = output.decode(errors="replace")
        if check and status != 0:
            raise CommandFailed(command, status, text, error.decode(errors="replace"))
        return text

    def run(self, command, timeout=60, input=b""):
        """Run a shell command in the guest: (exit status, stdout, stderr), as bytes."""
        request = str(next(self._requests))
        script = command.encode()
        # The guest keeps the limit; only a guest that hangs does not answer.
        deadline = time.monotonic() + timeout + 30
        self._send(f"{request} {timeout} {len(script)} {len(input)}\n".encode()
                   + script + input, deadline)
        answer, status, output_bytes, error_bytes = self._receive_line(deadline).split()
        if answer != request:
            raise self._died(f"answer {answer} to request {request}")
        output = self._receive(int(output_bytes), deadline)
        return int(status), output, self._receive(int(error_bytes), deadline)

    def put(self, path, data):
        quoted = shlex.quote(str(path))
        self.sh(f"mkdir -p \"$(dirname {quoted})\" && cat >{quoted}", input=data)

    def get(self, path):
        status, output, error = self.run(f"cat {shlex.quote(str(path))}")
        if status != 0:
            raise CommandFailed(f"cat {path}", status, "", error.decode(errors="replace"))
        return output

    def wait_for(self, predicate, timeout=20, what=None, interval=0.1):
        """Call predicate until what it returns is true, and return that. The timeout is in
        seconds of a machine that has nothing else to do."""
        deadline = time.monotonic() + PATIENCE * timeout
        while True:
            result = predicate()
            if result:
                return result
            if time.monotonic() > deadline:
                name = what or getattr(predicate, "__doc__", None) or "what was waited for"
                raise GuestError(f"{name}: not within {PATIENCE * timeout} s")
            time.sleep(interval)
            # Asking takes the guest's time, too, which is what is waited for.
            interval = min(1.5 * interval, max(interval, LONGEST_INTERVAL))

    def _connect(self, deadline):
        while True:
            self._check_qemu()
            port = socket.socket(socket.AF_UNIX)
            try:
                port.connect(str(self.directory / "port"))
                self._port = port
                return
            except OSError:
                port.close()
                if time.monotonic() > deadline:
                    raise self._died("QEMU does not listen") from None
                time.sleep(0.05)

    def _await_ready(self, deadline):
        while self._receive_line(deadline, marker=True) != "ready":
            pass

    def _send(self, data, deadline):
        if not self._port:
            raise GuestDied("the guest is gone")
        try:
            self._port.settimeout(max(0.1, deadline - time.monotonic()))
            self._port.sendall(data)
        except OSError as error:
            raise self._died(f"cannot send: {error}") from None

    def _receive_line(self, deadline, marker=False):
        while b"\n" not in self._received:
            self._receive_more(deadline)
        line, self._received = self._received.split(b"\n", 1)
        if line == b"ready" and not marker:
            raise self._died("the guest's shell was started again")
        return line.decode(errors="replace")

    def _receive(self, count, deadline):
        while len(self._received) < count:
            self._receive_more(deadline)
        data, self._received = self._received[:count], self._received[count:]
        return data

    def _receive_more(self, deadline):
        try:
            self._port.settimeout(max(0.1, deadline - time.monotonic()))
            data = self._port.recv(1 << 16)
        except TimeoutError:
            raise self._died("no answer") from None
        except OSError as error:
            raise self._died(str(error)) from None
        if not data:
            raise self._died("QEMU ended")
        self._received += data

    def _check_qemu(self):
        if self._qemu.poll() is not None:
            raise self._died(f"QEMU ended with status {self._qemu.returncode}")

    def _died(self, reason):
        """The guest is of no more use: end it, and say what its console said last."""
        error = GuestDied(f"guest {self.series}: {reason}\n{self.console_tail()}")
        self.end()
        if self._port:
            self._port.close()
            self._port = None
        return error

    # ---- what scenarios do ----

    def victim(self, name=None, settings=None, **options):
        """Start a service that owns a page: early, late, default_action, replace, mlock,
        stubborn, forge, pages=N, file=PATH; the options of guest/victim.c. It is the unit
        victim@NAME-NUMBER.service, its [Service] section with these settings."""
        number = next(self._victims)
        return victim.start(self, f"{name}-{number}" if name else f"{number}", settings,
                            **options)

    def unit(self, name, *properties):
        """Properties of a unit, as systemd has them."""
        text = self.sh(f"systemctl show '{name}' -p {','.join(properties)}")
        return dict(line.split("=", 1) for line in text.splitlines())

    def bad_disk(self, first_sector, last_sector):
        """Make /dev/nullb0 a disk of 8 MiB whose sectors first to last fail."""
        disk = "/sys/kernel/config/nullb/nullb0"
        self.sh(f"modprobe null_blk nr_devices=0; [ ! -d {disk} ] || rmdir {disk}; "
                f"mkdir {disk} && cd {disk} && echo 8 >size && "
                f"echo +{first_sector}-{last_sector} >badblocks && echo 1 >power && "
                "udevadm settle")
        return "/dev/nullb0"

    def dmesg(self):
        return self.sh("dmesg --notime")

    def wait_for_dmesg(self, text, timeout=20):
        return self.wait_for(lambda: text in self.dmesg(), timeout, f"kernel log: {text}")

    def reset(self):
        """Between scenarios: no victims, an empty kernel log, an empty oracle."""
        # A systemctl that has nothing to do takes half a second of an emulated machine.
        self.sh("for unit in /run/systemd/units/invocation:victim@* "
                "/run/systemd/units/invocation:nginx.service; do [ ! -L \"$unit\" ] || known=1; "
                "done; [ ! \"$known\" ] || { systemctl stop 'victim@*' nginx; "
                "systemctl reset-failed; } 2>/dev/null; "
                "rm -rf /run/victim /run/systemd/system/victim@*.service.d; "
                "echo 0 >/proc/sys/vm/memory_failure_early_kill; dmesg --clear; "
                + self._default_rasd() + self._trace_script(), timeout=120)

    def _default_rasd(self):
        """What gives rasd its default configuration again."""
        if not self._rasd_is_configured:
            return ""
        self._rasd_is_configured = False
        restart = "systemctl daemon-reload; systemctl try-restart rasd"
        return (f"rm -f {self.RASD_CONFIG} /run/rasd/no-act; if [ -e {self.RASD_DROP_IN} ]; "
                f"then rm {self.RASD_DROP_IN}; {restart}; else {self.RELOAD}; fi; ")

    # ---- the oracle: a trace instance that nobody else reads ----

    ORACLE = "/sys/kernel/tracing/instances/oracle"
    ORACLE_EVENTS = ("ras:*", "memory_failure:*", "signal:signal_generate",
                     "block:block_rq_error")

    def trace_start(self, instance=ORACLE, events=ORACLE_EVENTS):
        """Make the instance if there is none, enable these events alone, begin with none."""
        self.sh(self._trace_script(instance, events))

    def _trace_script(self, instance=ORACLE, events=ORACLE_EVENTS):
        if self._instances.get(instance) == events:
            return f"echo >{instance}/trace"
        self._instances[instance] = events
        enable = "".join(f"echo '{event}' >>set_event 2>/dev/null; " for event in events)
        return (f"mkdir -p {instance} && cd {instance} || exit; "
                "grep -q '\\[boot\\]' trace_clock || echo boot >trace_clock; "
                "echo 1024 >buffer_size_kb; "
                "echo 'sig==7' >events/signal/signal_generate/filter; echo >set_event; "
                f"{enable} echo >trace")

    def trace_text(self, instance=ORACLE):
        """What the kernel itself prints of the events since trace_start()."""
        return self.sh(f"grep -av -e '^#' -e '^$' {instance}/trace; true")

    def trace_lines(self, event):
        return [line for line in self.trace_text().splitlines() if f" {event}: " in line]

    def wait_for_trace(self, event, count=1, timeout=20):
        """Wait for count events of this name; return their lines."""
        def enough():
            lines = self.trace_lines(event)
            return lines if len(lines) >= count else None
        return self.wait_for(enough, timeout, f"{count} {event}")

    # ---- rasd ----

    def has_rasd(self):
        return bool(self.payload and list(self.payload.glob("**/rasd.service")))

    SET_UP = ("systemd-sysusers; getent group rasd >/dev/null || groupadd --system rasd; "
              "systemd-tmpfiles --create rasd.conf 2>/dev/null; systemctl daemon-reload; "
              "systemctl -q enable rasd.service; ")

    def start_rasd(self):
        """Have rasd run, if it does not."""
        set_up = "" if self._rasd_is_set_up else self.SET_UP
        self.sh(set_up + "systemctl start rasd.service || "
                "{ journalctl -u rasd -n 40 --no-pager >&2; exit 1; }", timeout=90)
        self._rasd_is_set_up = True

    def forget(self):
        """Let rasd, which is stopped, be as on a machine that it never ran on, its
        database on the guest's disk."""
        self.sh("systemctl stop rasd; umount -q /var/lib/rasd && modprobe -r brd; "
                "rm -rf /var/lib/rasd/* /run/rasd/*")

    RASD_CONFIG = "/etc/rasd.conf.d/bench.conf"
    RASD_DROP_IN = "/run/systemd/system/rasd.service.d/bench.conf"

    # What changes at once takes a tenth of the time of a restart. It is said when it is done.
    RELOAD = ("if systemctl is-active -q rasd; then "
              "cursor=$(journalctl -q -n 0 --show-cursor); systemctl reload rasd; "
              "until journalctl -q -u rasd -o cat --after-cursor=\"${cursor#-- cursor: }\" | "
              "grep -q 'configuration read again'; do sleep 0.1; done; fi")
    FIXED_AT_START = ("[daemon]", "[database]", "[trace]", "[signal]", "[firmware]")

    def configure_rasd(self, text, options="", settings=None):
        """Run rasd with this configuration, these options and these lines in its
        [Service] section, until the scenario ends."""
        self._rasd_is_configured = True
        if not options and not settings and not any(part in text for part in self.FIXED_AT_START):
            self.put(self.RASD_CONFIG, text.encode())
            self.sh("rasd --check-config && systemctl start rasd && { " + self.RELOAD + "; }",
                    timeout=90)
            return
        lines = [f"{key}={value}" for key, value in (settings or {}).items()]
        if options:
            lines += ["ExecStart=", f"ExecStart=/usr/sbin/rasd {options}"]
        self.put(self.RASD_CONFIG, text.encode())
        self.put(self.RASD_DROP_IN, "\n".join(["[Service]", *lines, ""]).encode())
        self.sh("rasd --check-config && systemctl daemon-reload && systemctl restart rasd")

    def rasctl(self, *arguments):
        """What `rasctl ... -o json` says, parsed."""
        command = shlex.join(["rasctl", *map(str, arguments), "-o", "json"])
        return json.loads(self.sh(command))

    def events(self, **filters):
        """rasctl events, filtered by its options: events(type="mem", since="today")."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in filters.items()]
        return self.rasctl("events", *options)
