#!/usr/bin/env python3
"""Asks for known vulnerabilities in what the project depends on, and says in a sentence what could not be asked.

    scripts/audit.py

cargo-deny checks sources, licences and bans by deny.toml, which needs no network, and asks RustSec's database for advisories, which does;
npm asks its registry. The status is 0 where all of it was asked and nothing found, 1 where something was found, and 2 where nothing was
found but not all of it could be asked.
"""

import os
import subprocess
import sys

from common import ROOT, main, output, say

# What cargo-deny and npm say where the database or the registry does not answer as it should. All else that fails was found.
NOT_ASKED = (
    ("failed to fetch advisory database", "RustSec's database of advisories cannot be fetched"),
    ("failed to load advisory database", "RustSec's database of advisories is not here"),
    ("audit endpoint returned an error", "npm's registry answers no questions about advisories"),
)
OFFLINE = ("bans", "licenses", "sources")


def why_not_asked(text):
    """The reason for which a tool that failed found nothing, if there is one, with the tool's own words."""
    for words, reason in NOT_ASKED:
        if words in text:
            said = [line.strip() for line in text.splitlines() if "405" in line or words in line]
            return f"{reason} ({said[0]})"
    return None


def commands():
    """What is asked: its name, and the command."""
    cargo = os.environ.get("CARGO", "cargo")
    for manifest in ("Cargo.toml", "fuzz/Cargo.toml"):
        deny = [cargo, "deny", "--locked", "--manifest-path", manifest]
        yield f"sources, licences and bans of {manifest}", [*deny, "--offline", "check", *OFFLINE]
        yield f"advisories for {manifest}", [*deny, "check", "advisories"]
    for lock in output("git", "ls-files", "*package-lock.json").splitlines():
        folder = os.path.dirname(lock)
        yield f"advisories for {folder}", ["npm", "audit", "--package-lock-only", "--prefix", folder]


def missing(command):
    """What is to be installed before a command can be run."""
    tool = command[:2] if command[1] == "deny" else command[:1]
    try:
        done = subprocess.run([*tool, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        return f"{tool[0]} is missing"
    if done.returncode != 0:
        return "cargo-deny is missing: run `cargo install cargo-deny --locked`"
    return None


def ask(command):
    """Whether all is well, and what stood in the way of asking."""
    absent = missing(command)
    if absent:
        return True, absent
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    reason = None if done.returncode == 0 else why_not_asked(done.stdout)
    if reason is None and done.returncode != 0:
        print(done.stdout)
    return done.returncode == 0 or reason is not None, reason


def run():
    found, unasked, asked = [], {}, 0
    for name, command in commands():
        say(f"{name}: {' '.join(command)}")
        well, reason = ask(command)
        if not well:
            found.append(name)
        if reason:
            unasked.setdefault(reason, []).append(name)
        asked += reason is None
    for reason, names in unasked.items():
        print(f"Not asked, since {reason}: {', '.join(names)}.")
    if found:
        print(f"Something was found; it stands above: {', '.join(found)}.")
        sys.exit(1)
    if unasked:
        print("Nothing was found in what could be asked." if asked else "Nothing could be asked.")
        sys.exit(2)
    print("All was asked, and nothing found.")


if __name__ == "__main__":
    main(run)
