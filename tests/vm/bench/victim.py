# SPDX-License-Identifier: LGPL-2.1-or-later
"""A victim: a service in the guest that owns a page, to be poisoned.

It is the unit victim@NAME.service, whose program (guest/victim.c) says where its
page is and then tells what becomes of it, line by line.
"""

import re
from typing import NamedTuple


class Sigbus(NamedTuple):
    code: str
    address: int
    lsb: int


class Victim:
    FLAGS = {"early": "--early", "late": "--late", "default_action": "--default",
             "replace": "--replace", "mlock": "--mlock"}
    VALUES = {"pages": "--pages", "file": "--file"}

    def __init__(self, guest, name, **options):
        self.guest = guest
        self.unit = f"victim@{name}.service"
        self._log = f"/run/victim/{name}.log"
        guest.sh(f"mkdir -p /run/victim; echo 'OPTIONS={self._arguments(options)}' "
                 f">/run/victim/{name}.env; rm -f {self._log}; systemctl start {self.unit}")
        self.refresh()

    def refresh(self):
        """Learn where the victim is: after its start, and after a restart."""
        line = self.guest.wait_for(self._last_ready, 20, f"{self.unit} ready")
        facts = dict(word.split("=") for word in line.split()[1:])
        self.pid = int(facts["pid"])
        self.vaddr, self.pfn, self.paddr = (int(facts[key], 16)
                                            for key in ("vaddr", "pfn", "paddr"))

    def touch(self):
        """Make it read its pages: "ok", or "sigbus", or "died"."""
        return self._order("USR1", "touch")

    def look(self):
        """Make it compare its pages with the pattern: "intact", "lost" or "died"."""
        return self._order("USR2", "pattern")

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
        text = self.guest.sh(f"systemctl show {self.unit} -p {','.join(properties)}")
        return dict(line.split("=", 1) for line in text.splitlines())

    def _arguments(self, options):
        arguments = [self.FLAGS[name] for name, on in options.items()
                     if name in self.FLAGS and on]
        arguments += [f"{self.VALUES[name]} {value}" for name, value in options.items()
                      if name in self.VALUES]
        unknown = set(options) - set(self.FLAGS) - set(self.VALUES)
        if unknown:
            raise TypeError(f"a victim has no option {', '.join(sorted(unknown))}")
        return " ".join(arguments)

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
