# SPDX-License-Identifier: LGPL-2.1-or-later
"""A victim: a process in the guest that owns a page, to be poisoned.

Its program (guest/victim.c) says where its page is and then tells what becomes of
it, line by line. Most are the main process of a unit victim@NAME.service, with what
the scenario sets in its [Service] section; of others only the unit and the log are
given.
"""

import re
from typing import NamedTuple

from . import memory


class Sigbus(NamedTuple):
    code: str
    address: int
    lsb: int


DIRECTORY = "/run/victim"
DROP_INS = "/run/systemd/system/victim@{}.service.d"
FLAGS = {"early": "--early", "late": "--late", "default_action": "--default",
         "replace": "--replace", "mlock": "--mlock", "stubborn": "--stubborn",
         "forge": "--forge"}
VALUES = {"pages": "--pages", "file": "--file"}


def arguments(options):
    """The arguments of guest/victim.c for these options."""
    unknown = set(options) - set(FLAGS) - set(VALUES)
    if unknown:
        raise TypeError(f"a victim has no option {', '.join(sorted(unknown))}")
    return " ".join([FLAGS[name] for name, on in options.items() if name in FLAGS and on]
                    + [f"{VALUES[name]} {value}" for name, value in options.items()
                       if name in VALUES])


def start(guest, name, settings=None, **options):
    """Start victim@NAME.service; settings are lines of its [Service] section."""
    if settings:
        lines = "".join(f"{key}={value}\n" for key, value in settings.items())
        guest.put(f"{DROP_INS.format(name)}/bench.conf", f"[Service]\n{lines}".encode())
        guest.sh("systemctl daemon-reload")
    unit, log = f"victim@{name}.service", f"{DIRECTORY}/{name}.log"
    guest.sh(f"mkdir -p {DIRECTORY}; echo 'OPTIONS={arguments(options)}' "
             f">{DIRECTORY}/{name}.env; rm -f {log}; systemctl start {unit}")
    return Victim(guest, unit, log)


class Victim:
    def __init__(self, guest, unit, log):
        self.guest = guest
        self.unit = unit
        self._log = log
        self.refresh()

    def refresh(self):
        """Learn where the victim is: after its start, and after a restart."""
        line = self.guest.wait_for(self._last_ready, 20, f"{self.unit} ready")
        facts = dict(word.split("=") for word in line.split()[1:])
        self.pid = int(facts["pid"])
        self.vaddr, self.pfn, self.paddr = (int(facts[key], 16)
                                            for key in ("vaddr", "pfn", "paddr"))
        if not self.pfn:        # no user but root sees its own
            self.pfn = memory.pfn(self.guest, self.pid, self.vaddr)
            self.paddr = self.pfn * memory.PAGE

    def touch(self):
        """Make it read its pages: "ok", "sigbus" or "died"; one that forges: "forged"."""
        return self._order("USR1", "touch")

    def look(self):
        """Make it compare its pages with the pattern: "intact", "lost" or "died"."""
        return self._order("USR2", "pattern")

    def starts(self):
        """How often it was started."""
        return len(re.findall(r"^ready ", self._text(), re.M))

    def wait_for_start(self, count):
        """Wait until it was started so often, and learn where it is now."""
        self.guest.wait_for(lambda: self.starts() >= count, 60, f"start {count} of {self.unit}")
        self.refresh()

    def alive(self):
        return self.guest.run(f"kill -0 {self.pid}")[0] == 0

    def log(self):
        """Every SIGBUS it got, in order."""
        found = re.findall(r"^SIGBUS code=(\S+) addr=(\S+) lsb=(\d+)$", self._text(), re.M)
        return [Sigbus(code, int(address, 16), int(lsb)) for code, address, lsb in found]

    def wait_for_sigbus(self, count=1, timeout=20):
        def enough():
            got = self.log()
            return got if len(got) >= count else None
        return self.guest.wait_for(enough, timeout, f"{count} SIGBUS for {self.unit}")

    def show(self, *properties):
        """Properties of its unit, as systemd has them."""
        return self.guest.unit(self.unit, *properties)

    def _text(self):
        return self.guest.sh(f"cat {self._log} 2>/dev/null; true")

    def _last_ready(self):
        lines = [line for line in self._text().splitlines() if line.startswith("ready ")]
        return lines[-1] if lines else None

    def _answers(self, word):
        return re.findall(rf"^{word} (\S+)$", self._text(), re.M)

    def _order(self, signal, word):
        before = len(self._answers(word))
        self.guest.run(f"kill -{signal} {self.pid}")

        def answer():
            answers = self._answers(word)
            if len(answers) > before:
                return answers[-1]
            return None if self.alive() else "died"
        return self.guest.wait_for(answer, 20, f"{self.unit} {word}")
