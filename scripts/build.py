#!/usr/bin/env python3
"""Builds one executable the way it is shipped (release, static) and prints its path.

    scripts/build.py [--target <triple>] --bin switchboard
    scripts/build.py [--target <triple>] -p mattermost-plugin --example probe
    scripts/build.py --available <triple>   prints the target if this machine can build for it
"""

import argparse
import json
import os
import shutil
import struct
import subprocess

from common import PLATFORMS, ROOT, Problem, cargo_metadata, main, output, say

DEFAULT_TARGET = "x86_64-unknown-linux-musl"
PT_INTERP = 3  # ELF: the program header that names a dynamic loader


def check_toolchain(target):
    """Says what is missing before cargo fails with many lines."""
    if target not in PLATFORMS:
        raise Problem(f"no Mattermost platform is known for target {target}; known are {', '.join(PLATFORMS)}.")
    libdir = output("rustc", "--print", "target-libdir", "--target", target)
    if not os.path.isdir(libdir):
        raise Problem(f"the Rust toolchain (https://rustup.rs) lacks target {target}: run `rustup target add {target}`.")


def c_compiler(target, host):
    """The environment variables that give a target a compiler for ring's C, and a foreign one its linker, which is the same. What
    is set already stays."""
    machine, name = target.split("-")[0], target.replace("-", "_")
    foreign, musl = machine != host.split("-")[0], target.endswith("-musl")
    command = f"{machine}-linux-gnu-gcc" if foreign else "cc"
    wanted = [f"CARGO_TARGET_{name.upper()}_LINKER"] if foreign else []
    if musl:  # Rust brings musl itself, to link with; ring's C needs no more of a C library than headers that any has.
        wanted.append(f"CC_{name}")
    missing = {key: command for key in wanted if key not in os.environ}
    if missing and shutil.which(command) is None:
        package = f"gcc-{machine.replace('_', '-')}-linux-gnu" if foreign else "gcc"
        raise Problem(f"target {target} needs {command} (Debian: {package}), or set {' and '.join(missing)} to another.")
    if musl and f"CFLAGS_{name}" not in os.environ:
        # Some distributions' compilers call functions that only glibc has. No panic goes through C: it needs no tables to unwind it.
        missing[f"CFLAGS_{name}"] = "-U_FORTIFY_SOURCE -fno-asynchronous-unwind-tables"
    return missing


def linker(host):
    """The environment and the flags that have lld link, which rustup's toolchains bring: it keeps functions with the same machine
    code once, a hundredth of the executable."""
    folder = os.path.join(output("rustc", "--print", "sysroot"), "lib", "rustlib", host, "bin", "gcc-ld")
    if not os.path.exists(os.path.join(folder, "ld.lld")):
        say("this Rust toolchain has no lld; with it (https://rustup.rs) the executable is smaller by 60 KB")
        return {}, []
    # By the environment, not by a flag with the folder's name: the same flags everywhere give the same bytes. A gcc for another machine
    # looks along PATH for a linker with that machine's name in front only, and along COMPILER_PATH for this one.
    found = {key: os.pathsep.join(filter(None, (folder, os.environ.get(key)))) for key in ("PATH", "COMPILER_PATH")}
    return found, ["-Clink-arg=-fuse-ld=lld", "-Clink-arg=-Wl,--icf=all"]


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
    thirtieth of its size. musl does that since 1.2.4, which came with Rust 1.93; glibc since 2.36."""
    if target.endswith("-musl"):
        library, version, wanted = "Rust", output("rustc", "--version").split()[1], [1, 93]
    else:
        library, version, wanted = "glibc", output("getconf", "GNU_LIBC_VERSION").split()[-1], [2, 36]
    if [int(part) for part in version.split(".")[:2]] < wanted:
        say(f"{library} {version} is here; with {'.'.join(map(str, wanted))} or newer the executable is smaller by 130 KB")
        return []
    return ["-Clink-arg=-Wl,-z,pack-relative-relocs"]


def registries():
    """The folders in which cargo has the sources of other crates. Their names are long, and stand in every message of a panic."""
    manifests = [package["manifest_path"] for package in cargo_metadata()["packages"] if package["source"]]
    return sorted({os.path.dirname(os.path.dirname(manifest)) for manifest in manifests})


def build(target, arguments):
    """Builds with `cargo build <arguments>` for `target`; the executable's path."""
    check_toolchain(target)
    host = output("rustc", "--print", "host-tuple")
    path, linking = linker(host)
    cargo_home = os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo"))
    # Only these flags, whatever RUSTFLAGS says: the bundle must not depend on
    # whose machine made it, nor name its folders in panic messages.
    flags = [
        "-Ctarget-feature=+crt-static",
        # What a panic needs to unwind the stack is smaller by a fifth where every function keeps its frame.
        "-Cforce-frame-pointers=yes",
        *packed_relocations(target),
        *linking,
        f"--remap-path-prefix={cargo_home}=/cargo",
        f"--remap-path-prefix={ROOT}=/switchboard",
        *(f"--remap-path-prefix={registry}=/cargo" for registry in registries()),
    ]
    environment = {**os.environ, **c_compiler(target, host), **path, "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}
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
    parser.add_argument("--available", metavar="TRIPLE")
    options, arguments = parser.parse_known_args()
    if options.available:
        try:
            check_toolchain(options.available)
            c_compiler(options.available, output("rustc", "--print", "host-tuple"))
        except Problem as problem:
            say(f"not built for {options.available}: {problem}")
            return
        print(options.available)
        return
    print(build(options.target, arguments))


if __name__ == "__main__":
    main(run)
