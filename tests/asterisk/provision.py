#!/usr/bin/env python3
"""Gives the tests a real Asterisk 22: Debian's, in a folder of its own, made once with debootstrap.

    provision.py            the folder's path on standard output; what is being done on standard error

It needs root, a Debian machine and its mirror. It installs nothing on the machine and needs about 280 MB under
${SWITCHBOARD_CACHE:-${XDG_CACHE_HOME:-~/.cache}/switchboard}. Exit codes: 0 the folder is ready, 69 this machine cannot
have it (the sentence says why), 1 it should have worked and did not.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

UNAVAILABLE = 69  # sysexits.h: a support program is missing
SUITE = "forky"  # the first Debian since 11 that has Asterisk
DEBOOTSTRAP_SCRIPT = Path("/usr/share/debootstrap/scripts/sid")  # any Debian's own knows it, unlike forky's
FALLBACK_MIRROR = "http://deb.debian.org/debian"
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TOOLS = {"debootstrap": "debootstrap", "sipp": "sip-tester", "unshare": "util-linux", "chroot": "coreutils", "mount": "mount"}
# What an Asterisk never reads; half of the folder.
SUPERFLUOUS = ("usr/share/doc", "usr/share/man", "usr/share/locale", "var/cache/apt", "var/lib/apt/lists", "var/cache/debconf")


class Unavailable(Exception):
    """Why this machine cannot have it, and the remedy."""


class Failed(Exception):
    """What went wrong although it should have worked."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def cache():
    """Where the folder goes: outside the tree, so that `make clean` and a fresh clone keep it."""
    given = os.environ.get("SWITCHBOARD_CACHE")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "switchboard"


def mirrors(sources):
    """The archives of Debian itself that apt's sources name, in both of the forms sources.list(5) has."""
    found = []
    for name, text in sources:
        if name.endswith(".sources"):
            for stanza in re.split(r"\n\s*\n", text):
                lines = [line for line in stanza.splitlines() if not line.startswith("#")]
                fields = dict(re.findall(r"(?m)^([A-Za-z-]+):[ \t]*(.*)$", "\n".join(lines)))
                if fields.get("Enabled", "yes").lower() != "no" and "deb" in fields.get("Types", "").split():
                    found += [(uri, fields.get("Suites", "")) for uri in fields.get("URIs", "").split()]
        else:
            found += re.findall(r"(?m)^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)", text)
    # security.debian.org and third parties have another path than the archive's own.
    return [uri.rstrip("/") for uri, suites in found
            if re.fullmatch(r"https?://\S+/debian/?", uri) and "security" not in suites]


def apt_sources():
    paths = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    return [(path.name, path.read_text(errors="replace")) for path in paths
            if path.suffix in (".list", ".sources") and path.is_file()]


def check_machine():
    if os.geteuid() != 0:
        raise Unavailable("debootstrap and chroot need root: run as root.")
    if not Path("/etc/debian_version").exists():
        raise Unavailable("this is not Debian, whose package is used.")
    missing = [package for tool, package in TOOLS.items() if not shutil.which(tool, path=SEARCH_PATH)]
    if missing:
        raise Unavailable(f"{' and '.join(missing)} missing: apt-get install -y {' '.join(missing)}")
    if not DEBOOTSTRAP_SCRIPT.exists():
        raise Unavailable(f"{DEBOOTSTRAP_SCRIPT} is missing: install Debian's own debootstrap.")
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True).returncode:
        raise Unavailable("no namespaces may be made here: in a container, give it CAP_SYS_ADMIN (docker run --privileged).")


def version(root):
    """What the Asterisk in the folder calls itself."""
    asked = subprocess.run(["chroot", str(root), "asterisk", "-V"], capture_output=True, text=True,
                           env={"PATH": SEARCH_PATH})
    if asked.returncode or not asked.stdout.startswith("Asterisk "):
        raise Failed(f"the Asterisk in {root} does not run ({asked.stderr.strip()}): remove that folder and try again.")
    return asked.stdout.strip()


def build(root):
    """Makes the folder beside its place and moves it there when it is whole, so that no half of one is ever taken for it."""
    mirror = (mirrors(apt_sources()) or [FALLBACK_MIRROR])[0]
    part = root.with_name(f"{root.name}.part")
    if part.exists():
        shutil.rmtree(part)
    log = root.with_name(f"{root.name}.log")
    say(f"Asterisk for the tests: debootstrap {SUITE} from {mirror} into {root} (once, about a minute; log in {log})")
    command = ["debootstrap", "--variant=minbase", "--include=asterisk", SUITE, str(part), mirror, str(DEBOOTSTRAP_SCRIPT)]
    started = time.monotonic()
    steps = {"Retrieving InRelease": "asking the mirror", "Retrieving": "downloading", "Extracting": "unpacking",
             "Unpacking": "unpacking", "Configuring": "setting up"}
    # In a namespace of its own, so that no mount of debootstrap's is left, however it ends.
    with open(log, "w") as kept, subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            env={**os.environ, "PATH": SEARCH_PATH, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}) as running:
        last = ""
        for line in running.stdout:
            kept.write(line)
            last = line.strip() or last
            for word in [word for word in steps if line.startswith(f"I: {word}")][:1]:
                step = steps[word]
                say(f"  {step} …")
                steps = {word: text for word, text in steps.items() if text != step}
    if running.returncode:
        raise Failed(f"debootstrap ended with {running.returncode}: {last}. All it said is in {log}; is {mirror} reachable?")
    for name in SUPERFLUOUS:
        shutil.rmtree(part / name, ignore_errors=True)
    version(part)
    part.rename(root)
    say(f"  ready after {time.monotonic() - started:.0f} s")


def main():
    check_machine()
    root = cache() / "asterisk-22"
    root.parent.mkdir(parents=True, exist_ok=True)
    with open(root.with_name("asterisk-22.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            build(root)
    say(f"{version(root)} in {root}")
    print(root)


if __name__ == "__main__":
    try:
        main()
    except Unavailable as problem:
        say(str(problem))
        sys.exit(UNAVAILABLE)
    except (Failed, OSError) as problem:
        say(f"Asterisk for the tests could not be made: {problem}")
        sys.exit(1)
