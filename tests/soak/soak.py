"""Lets servers play for a long time and looks for anything that grows.

    soak.py MINUTES RESULTS

Steady servers are asked without pause; one more is made, started, stopped and deleted
over and over, as operators do; and each ten minutes a game is made to hang, and has to come back.
Every half minute a line with what the host holds. At the end the last quarter is compared with the first one after a warm-up; the exit
status is 1 when something grew, a steady server was restarted, or a hung one was not. Run as root in a
booted host that has the package (ci/soak).
"""

import glob
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

STATE = "/var/lib/left4me"
STEADY = [(f"soak-{number}", 27800 + number) for number in range(10)]
CHURNED = ("soak-churn", 27820)
# They take turns: one that hangs more than four times in an hour is left alone.
HANGING = [(f"soak-hang-{number}", 27830 + number) for number in range(2)]
HANG_AFTER_S = 30
BETWEEN_HANGS_S = 600
LONGEST_HANG_S = 240  # seen within a minute, judged, and restarted on a host under load
PAUSE_S = 30
# More than this, of which a part is what the last sample happened to catch.
MOST_GROWTH = {"memory_kib": (1.05, 2048), "descriptors": (1.0, 40), "mounts": (1.0, 5),
               "cgroups": (1.0, 5), "disk_kib": (1.02, 1024), "units": (1.0, 10)}

A2S_INFO = b"\xff\xff\xff\xffTSource Engine Query\0"


def run(*words, text=None, check=True):
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        # Said at once: a thread that exits says nothing.
        print(f"soak: {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}",
              file=sys.stderr, flush=True)
        sys.exit(1)
    return done.stdout


def l4d2ctl(verb, name, port=None, more=""):
    if verb == "initialize":
        run("l4d2ctl", verb, name, "-f", "-", text=f"port: {port}\n{more}")
    else:
        run("l4d2ctl", verb, name)


def shown(unit, key):
    """A property of a unit."""
    return run("systemctl", "show", "-P", key, unit).strip()


class Load(threading.Thread):
    """Asks the steady servers in turn, with their challenges; counts the answers."""

    def __init__(self):
        super().__init__(daemon=True)
        self.answers = 0
        self.lost = 0

    def run(self):
        asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        asker.settimeout(1)
        while True:
            for _, port in STEADY:
                self.ask(asker, ("127.0.0.1", port))
                time.sleep(0.005)

    def ask(self, asker, server):
        try:
            asker.sendto(A2S_INFO, server)
            answer = asker.recv(1400)
            if answer[4:5] == b"A":
                asker.sendto(A2S_INFO + answer[5:9], server)
                answer = asker.recv(1400)
            self.answers += answer[4:5] == b"I"
        except OSError:
            self.lost += 1


class Churn(threading.Thread):
    """Takes one server through its whole life again and again."""

    def __init__(self):
        super().__init__(daemon=True)
        self.lives = 0

    def run(self):
        while True:
            l4d2ctl("initialize", *CHURNED)
            for verb in ("start", "stop", "start", "delete"):
                l4d2ctl(verb, CHURNED[0])
            self.lives += 1
            time.sleep(1)


class Hangs(threading.Thread):
    """Stops all processes of a game, as if it hung, and waits until it is another one that answers."""

    def __init__(self):
        super().__init__(daemon=True)
        self.hangs = 0
        self.longest_s = 0
        self.problems = []

    def run(self):
        while True:
            for name, _ in HANGING:
                self.hang(name)
                time.sleep(BETWEEN_HANGS_S)

    def hang(self, name):
        if not self.becomes(name, lambda status: status["answers"] == "answers"):
            self.problems.append(f"{name} does not answer")
            return
        unit = f"left4me-server@{name}.service"
        before, begun = shown(unit, "MainPID"), time.monotonic()
        run("systemctl", "kill", "--signal=STOP", unit)
        if not self.becomes(name, lambda status: shown(unit, "MainPID") not in ("0", before)
                            and status["answers"] == "answers"):
            self.problems.append(f"{name} hung and was not restarted")
            return
        self.hangs += 1
        self.longest_s = max(self.longest_s, round(time.monotonic() - begun))

    @staticmethod
    def becomes(name, holds):
        end = time.monotonic() + LONGEST_HANG_S
        while time.monotonic() < end:
            # To look has the watch ask each five seconds.
            if holds(json.loads(run("l4d2ctl", "status", name, "--json"))):
                return True
            time.sleep(2)
        return False


def memory_kib(pid):
    """Its own: the journal, which journald has mapped, grows up to journald's limits."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))
    except OSError:
        return 0


def watched_processes():
    """Of the steady servers, and of what serves them."""
    pids = ["1"]
    for unit in ("dbus.service", "systemd-journald.service", "left4me-watch.service"):
        pids.append(shown(unit, "MainPID"))
    for name, _ in STEADY:
        pattern = f"/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/left4me-server@{name}.service/**/cgroup.procs"
        for path in glob.glob(pattern, recursive=True):
            with open(path, encoding="ascii") as lines:
                pids += lines.read().split()
    return pids


def descriptors(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def sample():
    pids = watched_processes()
    with open("/proc/1/mountinfo", encoding="utf-8") as lines:
        mounts = sum(1 for _ in lines)
    return {
        "memory_kib": sum(memory_kib(pid) for pid in pids),
        "descriptors": sum(descriptors(pid) for pid in pids),
        "mounts": mounts,
        "cgroups": sum(1 for _ in os.walk("/sys/fs/cgroup")),
        "disk_kib": int(run("du", "-skx", STATE, check=False).split()[0]),
        "units": run("systemctl", "list-units", "--all", "--no-legend", "--plain").count("\n"),
        "restarts": sum(
            int(shown(f"left4me-server@{name}.service", "NRestarts")) for name, _ in STEADY
        ),
    }


def judge(samples):
    """What grew, each as a sentence."""
    warm = samples[len(samples) // 10 :]
    quarter = max(1, len(warm) // 4)
    problems = []
    for key, (factor, more) in MOST_GROWTH.items():
        first = statistics.median(one[key] for one in warm[:quarter])
        last = statistics.median(one[key] for one in warm[-quarter:])
        print(f"{key}: {first:g} in the first quarter, {last:g} in the last")
        if last > first * factor + more:
            problems.append(f"{key} grew from {first:g} to {last:g}")
    if samples[-1]["restarts"]:
        problems.append(f"{samples[-1]['restarts']} restarts")
    return problems


def main():
    minutes, results = float(sys.argv[1]), sys.argv[2]
    for name, _ in STEADY + HANGING + [CHURNED]:
        l4d2ctl("delete", name)
    for name, port in STEADY:
        l4d2ctl("initialize", name, port)
    for name, port in HANGING:
        l4d2ctl("initialize", name, port, f"hang_after: {HANG_AFTER_S}\n")
    for name, _ in STEADY + HANGING:
        l4d2ctl("start", name)
    load, churn, hangs = Load(), Churn(), Hangs()
    for thread in (load, churn, hangs):
        thread.start()
    end = time.monotonic() + minutes * 60
    samples = []
    while time.monotonic() < end and churn.is_alive() and hangs.is_alive():
        samples.append(sample())
        print(" ".join(f"{key}={value}" for key, value in samples[-1].items()),
              f"answers={load.answers} lost={load.lost} lives={churn.lives} hangs={hangs.hangs}",
              flush=True)
        with open(f"{results}/soak.json", "w", encoding="ascii") as file:
            json.dump({"samples": samples, "answers": load.answers, "lost": load.lost,
                       "lives": churn.lives, "hangs": hangs.hangs}, file)
        time.sleep(PAUSE_S)
    problems = judge(samples) + hangs.problems
    if not churn.is_alive() or not hangs.is_alive():
        problems.append("a verb failed: see above")
    for problem in problems:
        print(f"soak: {problem}", file=sys.stderr)
    print(f"{load.answers} answers, {load.lost} lost, {churn.lives} lives of a server, "
          f"{hangs.hangs} hangs, the longest {hangs.longest_s} s")
    # The threads end with this process; a churned server may be in any state.
    sys.exit(1 if problems else 0)


main()
