"""What the tests of the installed package share: a server with a game of their own."""

import os
import pathlib
import shutil
import subprocess
import time

STATE = pathlib.Path("/var/lib/left4me")
HERE = pathlib.Path(__file__).parent
SERVER = "trial"
PORT = 27015
LIMIT_S = 60


def run(*words, text=None, status=0):
    """What it printed. It has to end with that status."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode != status:
        raise AssertionError(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(condition, what):
    print(f"{'ok' if condition else 'NOT'}: {what}", flush=True)
    if not condition:
        raise AssertionError(what)


def wait_for(what, condition):
    """Until the condition is something, which is returned."""
    end = time.monotonic() + LIMIT_S
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"after {LIMIT_S} s not: {what}")
        time.sleep(0.1)
    print(f"ok: {what}", flush=True)
    return found


def show(unit, name):
    return run("systemctl", "show", "--value", f"--property={name}", unit).strip()


def main_pid():
    return show(f"left4me-server@{SERVER}.service", "MainPID")


def merged():
    return f"{STATE}/runtime/{SERVER}/merged"


def is_mounted():
    return os.path.ismount(merged())


def share_mounts():
    """As PID 1 does on a host; in a container it leaves that to whoever started it, and then units see
    no mount that came later, their credentials neither (systemd issue 38103)."""
    run("mount", "--make-rshared", "/")


def make_server():
    """The game in the installation, and a layer above it."""
    tree = STATE / "installation"
    (tree / "left4dead2").mkdir()
    shutil.copy(HERE / "game", tree / "srcds_linux")
    (tree / "srcds_linux").chmod(0o755)
    layer = STATE / "overlays/trial/left4dead2"
    layer.mkdir(parents=True)
    (layer / "layer.txt").write_text("of the layer\n", encoding="ascii")
    run("chown", "-R", "left4me:left4me", tree, STATE / "overlays")
    spec = f"port: {PORT}\noverlays: [{{path: trial}}]\n"
    run("l4d2ctl", "initialize", SERVER, "-f", "-", text=spec)
