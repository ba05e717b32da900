#!/usr/bin/env python3
"""The checks of `make check-style` that no compiler or linter makes.

plugin.json and scripts/bundles.json are sound, the crates' versions are plugin.json's,
every direct dependency, of Cargo and of npm, has its line in docs/dependencies.md, and an agreed licence,
all of them come from where they should (supply.py), every warning and error of the log stands in docs/log.md (loglines.py), every test that docs/security.md and docs/reliability.md name is there,
relative links in the documentation lead somewhere. Long files get a warning only.
"""

import os
import re

from build import DEFAULT_TARGET
from common import PLATFORMS, ROOT, Problem, cargo_metadata, main, output, read_json, say
from loglines import check as check_log_lines
from notices import check as check_licences
from notices import linked
from supply import check as check_supply

LONG_FILE = 500  # lines
SETTING_TYPES = {"bool", "custom", "dropdown", "generated", "longtext", "number", "radio", "text", "username"}
ID = re.compile(r"[A-Za-z0-9._-]{3,190}")  # what Mattermost accepts as a plugin's id
NPM_HEADING = "## Node.js, for the webapp"  # in docs/dependencies.md: crates above it, packages below
VERSION = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?")


def manifest(found):
    """plugin.json and the bundles made from it."""
    plugin, bundles = read_json("plugin.json"), read_json("scripts/bundles.json")
    for key in ("id", "name", "description", "version", "min_server_version", "icon_path", "server", "webapp", "settings_schema"):
        if not plugin.get(key):
            raise Problem(f"plugin.json lacks {key}.")
    for key in ("version", "min_server_version"):
        if not VERSION.fullmatch(plugin[key]):
            found.append(f"plugin.json: {key} must be a semantic version such as 1.2.3, but is {plugin[key]!r}.")
    if not plugin["icon_path"].endswith(".svg") or not os.path.isfile(os.path.join(ROOT, plugin["icon_path"])):
        found.append(f"plugin.json: icon_path {plugin['icon_path']} must be an SVG file that is there.")
    for platform in plugin["server"]["executables"]:
        if platform not in PLATFORMS.values():
            found.append(f"plugin.json: no target in scripts/common.py builds for {platform}.")
    keys = []
    for setting in plugin["settings_schema"]["settings"]:
        key = setting.get("key", "")
        where = f"plugin.json: setting {key or setting}"
        # The server hands keys out in lower case: two that differ in case only are one.
        if not key or key.lower() in (other.lower() for other in keys):
            found.append(f"{where} has no key of its own.")
        if setting.get("type") not in SETTING_TYPES:
            found.append(f"{where} has the unknown type {setting.get('type')!r}.")
        for text in ("display_name", "help_text"):
            if not setting.get(text):
                found.append(f"{where} lacks {text}.")
        keys.append(key)
    if plugin["id"] not in bundles:
        found.append(f"scripts/bundles.json lacks plugin.json's own id {plugin['id']}.")
    for bundle, overlay in bundles.items():
        if not ID.fullmatch(bundle):
            found.append(f"scripts/bundles.json: {bundle!r} is no id that Mattermost accepts.")
        for key in overlay.keys() - {"name", "description", "header", "footer", "settings", "webapp"}:
            found.append(f"scripts/bundles.json: {bundle} has the unknown key {key}.")
        named = {setting if isinstance(setting, str) else setting.get("from") for setting in overlay.get("settings", [])}
        for key in named - set(keys):
            found.append(f"scripts/bundles.json: {bundle} names the setting {key}, which plugin.json does not have.")


def versions(found, crates):
    """One version for everything: plugin.json's."""
    version = read_json("plugin.json")["version"]
    for crate in crates:
        if crate["version"] != version:
            found.append(
                f"crate {crate['name']} has version {crate['version']}, plugin.json {version}: "
                "change Cargo.toml's [workspace.package] and the versions in [workspace.dependencies]."
            )


def dependencies(found, crates):
    """Every direct dependency stands in docs/dependencies.md; nothing else does."""
    fuzz = os.path.join(ROOT, "fuzz", "Cargo.toml")
    if os.path.isfile(fuzz):  # A workspace of its own, since it is built for the fuzzer.
        # With all that it depends on: where fuzz/Cargo.lock is older than a Cargo.toml, that fails here and not in CI alone.
        crates = crates + [crate for crate in cargo_metadata("--manifest-path", fuzz)["packages"] if crate["source"] is None]
    used = {
        dependency["name"] for crate in crates for dependency in crate["dependencies"] if dependency["source"] is not None
    }
    with open(os.path.join(ROOT, "docs/dependencies.md"), encoding="utf-8") as file:
        of_cargo, _, of_npm = file.read().partition(NPM_HEADING)
    manifests = [read_json(name) for name in ("webapp/package.json", *output("git", "ls-files", "webapp/dev/*/package.json").splitlines())]
    packages = {name for one in manifests for name in (*one.get("dependencies", {}), *one.get("devDependencies", {}))}
    for kind, file, used, text in (("crate", "Cargo.toml", used, of_cargo), ("npm package", "package.json", packages, of_npm)):
        named = set(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))
        for name in sorted(used - named):
            found.append(f"docs/dependencies.md lacks the {kind} {name}: say in one line what it is there for.")
        for name in sorted(named - used):
            found.append(f"docs/dependencies.md names the {kind} {name}, which no {file} uses.")


def documentation(found, tracked):
    """Relative links in Markdown files lead to files that are there."""
    for name in (name for name in tracked if name.endswith(".md")):
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            text = re.sub(r"```.*?```", "", file.read(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            path = os.path.normpath(os.path.join(ROOT, os.path.dirname(name), target))
            if ":" not in target and not os.path.exists(path):
                found.append(f"{name}: the link {target} leads nowhere.")


def tests_of(name, text):
    """The tests that a source file defines, and that run by themselves."""
    if name.endswith(".go"):
        return set(re.findall(r"^func (Test\w+)\(\w+ \*testing\.T\)", text, re.MULTILINE))
    # `test` alone and behind tokio's, with its arguments; in proptest's blocks, too. Not in a comment, and not left out.
    attributes = r"^[ \t]*#\[(?:tokio::)?test\b[^\]]*\]((?:\s*#\[[^\]]*\]|\s*//[^\n]*)*)\s*(?:async )?fn (\w+)"
    return {test for others, test in re.findall(attributes, text, re.MULTILINE) if "#[ignore" not in others}


def named_tests(found, tracked):
    """Each test that docs/security.md and docs/reliability.md name is there."""
    tests = set()
    for name in (name for name in tracked if name.endswith((".rs", "_test.go"))):
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            tests.update(tests_of(name, file.read()))
    for document in ("docs/security.md", "docs/reliability.md"):
        with open(os.path.join(ROOT, document), encoding="utf-8") as file:
            named = re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+){2,}|Test[A-Z]\w+)`", file.read())
        for name in sorted(set(named) - tests):
            found.append(f"{document} names the test {name}, which is not there.")


def long_files(tracked):
    """A second look is wanted, no more."""
    for name in (name for name in tracked if name.endswith((".rs", ".go", ".py", ".ts", ".tsx"))):
        with open(os.path.join(ROOT, name), encoding="utf-8") as file:
            lines = sum(1 for _ in file)
        if lines > LONG_FILE:
            say(f"warning: {name} has {lines} lines: worth a second look above {LONG_FILE}")


def run():
    found = []
    tracked = [name for name in output("git", "ls-files").splitlines() if os.path.isfile(os.path.join(ROOT, name))]
    crates = cargo_metadata("--no-deps")["packages"]
    manifest(found)
    versions(found, crates)
    dependencies(found, crates)
    documentation(found, tracked)
    long_files(tracked)
    check_licences(linked(DEFAULT_TARGET))
    check_supply(found)
    check_log_lines(found)
    named_tests(found, tracked)
    if found:
        raise Problem("\n  ".join(["", *found]))
    say("plugin.json, versions, dependencies and links are in order")


if __name__ == "__main__":
    main(run)
