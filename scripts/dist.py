#!/usr/bin/env python3
"""Builds the plugin once per target and packs one bundle per id in scripts/bundles.json.

    scripts/dist.py [--dist dist] [--targets "x86_64-unknown-linux-musl …"] [id …]

Results: <dist>/<id>-<version>.tar.gz, and the same unpacked in <dist>/unpacked/<id>.
The same sources and toolchain give the same bytes: names are sorted, owners are 0,
and every time is SOURCE_DATE_EPOCH or else that of the last commit.
A bundle has the webapp where scripts/bundles.json says `"webapp": true`.
"""

import argparse
import copy
import gzip
import io
import json
import os
import shutil
import tarfile

import webapp
from build import DEFAULT_TARGET, build
from common import PLATFORMS, ROOT, Problem, main, output, read_json, say
from notices import notices

EXECUTABLE_BYTES = 7_000_000  # the server hashes the executable twice at every start


def bundle_time():
    """The one modification time of everything in a bundle, in seconds since 1970."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        given = output("git", "log", "-1", "--format=%ct")
    if not given.isdigit():
        raise Problem(f"SOURCE_DATE_EPOCH must be a number of seconds, but is {given!r}.")
    return int(given)


def manifest_for(bundle, overlay, platforms):
    """plugin.json as the bundle `bundle` carries it."""
    source = read_json("plugin.json")

    def readdress(value):
        # The help texts show URLs, and a URL holds the bundle's id.
        if isinstance(value, str):
            return value.replace(f"/plugins/{source['id']}/", f"/plugins/{bundle}/")
        if isinstance(value, list):
            return [readdress(item) for item in value]
        if isinstance(value, dict):
            return {key: readdress(item) for key, item in value.items()}
        return value

    manifest = readdress(copy.deepcopy(source))
    manifest["id"] = bundle
    for key in ("name", "description"):
        manifest[key] = overlay.get(key, manifest[key])
    schema = manifest["settings_schema"]
    for key in ("header", "footer"):
        schema[key] = overlay.get(key, schema[key])
    settings = {setting["key"]: setting for setting in schema["settings"]}
    schema["settings"] = [setting_for(settings, wanted) for wanted in overlay.get("settings", settings)]
    if not overlay.get("webapp"):
        del manifest["webapp"]
    # What the server offers for its Support Packet: which plugin, and what of it.
    manifest["props"]["support_packet"] = manifest["props"]["support_packet"].replace(source["name"], manifest["name"], 1)
    executables = manifest["server"]["executables"]
    # A platform that is named but not there is an error only when the server starts it.
    manifest["server"]["executables"] = {name: executables[name] for name in sorted(platforms)}
    return manifest


def setting_for(settings, wanted):
    """A setting of plugin.json by its key; or the one that `from` names, with what stands beside `from` changed, and without what is null there."""
    if isinstance(wanted, str):
        return settings[wanted]
    changed = {**settings[wanted["from"]], **wanted}
    if "options" in changed:
        # Where nothing is saved, the System Console shows a dropdown's first option, and not its default.
        changed["options"] = sorted(changed["options"], key=lambda option: option["value"] != changed["default"])
    return {key: value for key, value in changed.items() if key != "from" and value is not None}


def files_for(manifest, built, third_party, page=None):
    """Everything in a bundle: path below <id>/ -> (mode, bytes). `page` is what it has of the webapp: path -> file."""
    page = page or {}
    files = {
        "plugin.json": (0o644, (json.dumps(manifest, indent=4, ensure_ascii=False) + "\n").encode()),
        "NOTICES.txt": (0o644, third_party),
    }
    for platform, executable in manifest["server"]["executables"].items():
        files[executable] = (0o755, read(built[platform]))
        if len(files[executable][1]) > EXECUTABLE_BYTES:
            raise Problem(f"the executable for {platform} has {len(files[executable][1]):,} bytes; {EXECUTABLE_BYTES:,} are allowed.")
    files["LICENSE"] = (0o644, read(os.path.join(ROOT, "LICENSE")))
    for name in output("git", "ls-files", "--cached", "--others", "--exclude-standard", "assets", ":!assets/board").splitlines():
        files[name] = (0o644, read(os.path.join(ROOT, name)))
    for name, path in page.items():
        files[name] = (0o644, read(path))
    for name in (manifest["icon_path"], manifest.get("webapp", {}).get("bundle_path", manifest["icon_path"])):
        if name not in files:
            raise Problem(f"{name}, which plugin.json names, is missing.")
    return files


def read(path):
    with open(path, "rb") as file:
        return file.read()


def folders_of(names):
    """Every folder above the given paths, parents first."""
    found = set()
    for name in names:
        while "/" in name:
            name = name.rsplit("/", 1)[0]
            found.add(name)
    return sorted(found)


def pack(path, bundle, files, when):
    """Writes the bundle as a gzipped tar with nothing in it that varies."""

    def member(name, mode, kind, size=0):
        info = tarfile.TarInfo(name)
        info.mode, info.type, info.size, info.mtime = mode, kind, size, when
        return info

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in [bundle, *(f"{bundle}/{name}" for name in folders_of(files))]:
            archive.addfile(member(folder, 0o755, tarfile.DIRTYPE))
        for name, (mode, content) in sorted(files.items()):
            archive.addfile(member(f"{bundle}/{name}", mode, tarfile.REGTYPE, len(content)), io.BytesIO(content))
    with open(path, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as zipped:
        zipped.write(packed.getvalue())


def unpack(folder, files):
    """The bundle as a server unpacks it, for tests and `make run`."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, (mode, content) in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        os.chmod(path, mode)


def run():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dist", default="dist")
    parser.add_argument("--targets", default=DEFAULT_TARGET)
    parser.add_argument("ids", nargs="*", metavar="id")
    options = parser.parse_args()
    bundles = read_json("scripts/bundles.json")
    for bundle in options.ids:
        if bundle not in bundles:
            raise Problem(f"no bundle has the id {bundle}; there are {', '.join(bundles)}.")
    targets = options.targets.split()
    if not targets:
        raise Problem("TARGETS is empty: name at least one, such as x86_64-unknown-linux-musl.")
    when, dist = bundle_time(), os.path.join(ROOT, options.dist)
    built = {PLATFORMS.get(target): build(target, ["--bin", "switchboard"]) for target in targets}
    if len(built) != len(targets):
        raise Problem(f"TARGETS names one platform twice: {options.targets}.")
    third_party = notices(targets)
    chosen, page, in_page = options.ids or bundles, {}, b""
    if any(bundles[bundle].get("webapp") for bundle in chosen):
        webapp.script("build")
        page, in_page = webapp.built_files(), webapp.npm_notices()
    os.makedirs(dist, exist_ok=True)
    for bundle in chosen:
        manifest = manifest_for(bundle, bundles[bundle], built)
        if "webapp" in manifest:
            files = files_for(manifest, built, third_party + in_page, page)
        else:
            files = files_for(manifest, built, third_party)
        path = os.path.join(dist, f"{bundle}-{manifest['version']}.tar.gz")
        pack(path, bundle, files, when)
        unpack(os.path.join(dist, "unpacked", bundle), files)
        print(f"{os.path.relpath(path)}  {os.path.getsize(path):,} bytes")
    for platform, path in built.items():
        say(f"executable for {platform}: {os.path.getsize(path):,} bytes")


if __name__ == "__main__":
    main(run)
