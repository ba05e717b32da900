#!/usr/bin/env python3
"""Builds one executable the way it is shipped (release, static) and prints its path.

    scripts/build.py [--target <triple>] --bin switchboard
    scripts/build.py [--target <triple>] -p mattermost-plugin --example probe
"""

import argparse
import json
import os
import shutil
import struct
import subprocess

from common import PLATFORMS, ROOT, Problem, main, output, say

DEFAULT_TARGET = "x86_64-unknown-linux-gnu"
PT_INTERP = 3  # ELF: the program header that names a dynamic loader


def check_toolchain(target):
    """Says what is missing before cargo fails with many lines."""
    if target not in PLATFORMS:
        raise Problem(f"no Mattermost platform is known for target {target}; known are {', '.join(PLATFORMS)}.")
    libdir = output("rustc", "--print", "target-libdir", "--target", target)
    if not os.path.isdir(libdir):
        raise Problem(f"the Rust toolchain lacks target {target}: run `rustup target add {target}`.")


def linker(target):
    """The environment variable that gives a foreign target its linker, or nothing."""
    host = output("rustc", "--print", "host-tuple")
    name = f"CARGO_TARGET_{target.upper().replace('-', '_')}_LINKER"
    if target.split("-")[0] == host.split("-")[0] or name in os.environ:
        return {}
    cross = f"{target.split('-')[0]}-linux-gnu-gcc"
    if shutil.which(cross) is None:
        raise Problem(
            f"target {target} needs the linker {cross} (Debian: "
            f"gcc-{target.split('-')[0].replace('_', '-')}-linux-gnu), or set {name} to another."
        )
    return {name: cross}


def check_static(path):
    """An executable that names a loader would need the server's own C library."""
    with open(path, "rb") as file:
        head = file.read(64)
        if head[:5] != b"\x7fELF\x02":
            raise Problem(f"{path} is not a 64-bit ELF executable.")
        (offset,) = struct.unpack_from("<Q", head, 32)
        size, count = struct.unpack_from("<HH", head, 54)
        file.seek(offset)
        table = file.read(size * count)
    if any(struct.unpack_from("<I", table, index * size)[0] == PT_INTERP for index in range(count)):
        raise Problem(f"{path} is not static: the target {os.path.basename(path)} was built for ignores crt-static.")


def packed_relocations(target):
    """The flag that keeps the addresses which a static executable mends at its start in a few bits each, not in 24 bytes: a
    thirtieth of its size. glibc does that since 2.36."""
    if not target.endswith("-gnu"):
        return []
    version = output("getconf", "GNU_LIBC_VERSION").split()[-1]
    if [int(part) for part in version.split(".")[:2]] < [2, 36]:
        say(f"glibc {version} is here; with 2.36 or newer the executable is smaller by 160 KB")
        return []
    return ["-Clink-arg=-Wl,-z,pack-relative-relocs"]


def build(target, arguments):
    """Builds with `cargo build <arguments>` for `target`; the executable's path."""
    check_toolchain(target)
    cargo_home = os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo"))
    # Only these flags, whatever RUSTFLAGS says: the bundle must not depend on
    # whose machine made it, nor name its folders in panic messages.
    flags = [
        "-Ctarget-feature=+crt-static",
        # What a panic needs to unwind the stack is smaller by a fifth where every function keeps its frame.
        "-Cforce-frame-pointers=yes",
        *packed_relocations(target),
        f"--remap-path-prefix={cargo_home}=/cargo",
        f"--remap-path-prefix={ROOT}=/switchboard",
    ]
    environment = {**os.environ, **linker(target), "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}
    command = ["cargo", "build", "--release", "--locked", "--target", target]
    command += [*arguments, "--message-format=json-render-diagnostics"]
    say(f"building {' '.join(arguments)} for {target} (release, static)")
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Problem("cargo build failed; its messages stand above.")
    messages = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    paths = [message["executable"] for message in messages if message.get("executable")]
    if len(paths) != 1:
        raise Problem(f"`cargo build {' '.join(arguments)}` made {len(paths)} executables where one was wanted.")
    check_static(paths[0])
    return paths[0]


def run():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", default=DEFAULT_TARGET)
    options, arguments = parser.parse_known_args()
    print(build(options.target, arguments))


if __name__ == "__main__":
    main(run)
