"""Mounts a server's layers as scripts do it: what left4me-overlay is compared with.

    nsenter --mount=/proc/1/ns/mnt python3 overlay_by_script.py mount|umount FILE

FILE has LOWERDIRS=, the layers' directories with colons between them, top first,
and PLACE=, the directory that has upper, work and merged.
"""

import os
import subprocess
import sys

STATE = "/var/lib/left4me"
OPTIONS = "nosuid,nodev,index=off,metacopy=off,redirect_dir=nofollow"


def read_environment(path):
    settings = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, _, value = line.rstrip("\n").partition("=")
            settings[key] = value
    return settings


def checked(layer):
    path = os.path.realpath(layer)
    if os.path.commonpath([path, STATE]) != STATE or not os.path.isdir(path):
        sys.exit(f"not a layer: {layer}")
    return path


def mount(settings, merged):
    if os.path.ismount(merged):
        return
    place = settings["PLACE"]
    layers = [checked(layer) for layer in settings["LOWERDIRS"].split(":")]
    options = ",".join(
        [OPTIONS, f"upperdir={place}/upper", f"workdir={place}/work"]
        + [f"lowerdir+={layer}" for layer in layers]
    )
    subprocess.run(["mount", "-t", "overlay", "-o", options, "left4me", merged], check=True)


def umount(_, merged):
    if os.path.ismount(merged):
        subprocess.run(["umount", merged], check=True)


def main():
    verb, path = sys.argv[1:]
    settings = read_environment(path)
    {"mount": mount, "umount": umount}[verb](settings, os.path.join(settings["PLACE"], "merged"))


main()
