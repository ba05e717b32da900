"""Where dependencies come from, and under which licences: what `cargo deny` checks of this without a database.

Every crate in a Cargo.lock and every package in a package-lock.json comes from its public registry with a checksum,
none from a git repository or another host; every crate that any target or test builds with has an agreed licence;
no crate is there that deny.toml bans. Known vulnerabilities are asked for by `make audit`, which needs the network.
"""

import re

from common import ROOT, cargo_metadata, output, read_json
from notices import ALLOWED, allowed

CRATES = "registry+https://github.com/rust-lang/crates.io-index"
PACKAGES = "https://registry.npmjs.org/"
# Of npm packages that no bundle holds any part of, as they only check and test.
FOR_TOOLS = {"MPL-2.0", "Python-2.0"}


def text_of(name):
    with open(f"{ROOT}/{name}", encoding="utf-8") as file:
        return file.read()


def deny_list(text, key):
    """The strings of an array in deny.toml. It is ours, so its form is known; Python reads TOML from 3.11 on only."""
    array = re.search(rf"^{key} = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    without_remarks = re.sub(r"#.*", "", array.group(1)) if array else ""
    return re.findall(r'"([^"]*)"', without_remarks)


def locked_crates(name, text, banned):
    """What is wrong with a Cargo.lock."""
    for entry in text.split("[[package]]")[1:]:
        fields = dict(re.findall(r'^(\w+) = "(.*)"$', entry, re.MULTILINE))
        crate = f"{name}: {fields.get('name')} {fields.get('version')}"
        if fields.get("name") in banned:
            yield f"{crate} is banned by deny.toml."
        if "source" not in fields:
            continue  # One of our own.
        if fields["source"] != CRATES:
            yield f"{crate} comes from {fields['source']}: only crates.io is agreed to."
        elif not re.fullmatch(r"[0-9a-f]{64}", fields.get("checksum", "")):
            yield f"{crate} has no checksum."


def locked_packages(name, lock):
    """What is wrong with a package-lock.json."""
    for path, package in lock.get("packages", {}).items():
        if not path or package.get("link"):
            continue  # The project itself, or a folder of it.
        if not package.get("resolved", PACKAGES).startswith(PACKAGES):
            yield f"{name}: {path} comes from {package['resolved']}: only npm's registry is agreed to."
        elif not package.get("integrity"):
            yield f"{name}: {path} has no integrity."
        is_tool = package.get("dev") or name.startswith("tests/")
        if not allowed(package.get("license", "")) and not (is_tool and package.get("license") in FOR_TOOLS):
            yield f"{name}: {path} has the licence {package.get('license')!r}, which is not in scripts/notices.py."


def licences(crates):
    """What is wrong with the licences of all crates that anything here is built with."""
    for crate in crates:
        if crate["source"] is not None and not allowed(crate["license"] or ""):
            yield f"{crate['name']} {crate['version']} has the licence {crate['license']!r}, which is not in scripts/notices.py."


def check(found):
    """Appends what is wrong to `found`."""
    deny = text_of("deny.toml")
    listed = {licence.replace(" WITH ", "-WITH-") for licence in deny_list(deny, "allow")}
    if listed != ALLOWED:
        found.append(f"deny.toml and scripts/notices.py differ in the licences {sorted(listed ^ ALLOWED)}.")
    banned = set(deny_list(deny, "deny"))
    for name in output("git", "ls-files", "*Cargo.lock").splitlines():
        found.extend(locked_crates(name, text_of(name), banned))
    for name in output("git", "ls-files", "*package-lock.json").splitlines():
        found.extend(locked_packages(name, read_json(name)))
    found.extend(licences(cargo_metadata()["packages"]))
