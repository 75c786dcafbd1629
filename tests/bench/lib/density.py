# SPDX-License-Identifier: GPL-2.0-only
"""How many VIFs, how fast they come, what an idle one costs."""
import json
import subprocess
from statistics import median

from host import Failed, say
from switches import PUMP, Svnic

CARD = 4096
COUNTS = (2, 64, 256, 1024, 4096)
STEPS = ("create", "attach", "first-frame", "whole", "detach", "destroy")


def card(host, vifs=()):
    s = Svnic(host)
    s.up(vifs=vifs, count=CARD)
    s.wake()
    return s


def lines(text):
    return {r["step"]: r for r in map(json.loads, text.splitlines())}


def command(host, s, vifs, at_once, *more):
    return [host.program("density"), *more, s.socket, s.vifs, str(vifs),
            str(at_once)]


def alone(name, unit, value):
    return {"name": name, "unit": unit, "value": round(value, 2), "peer": {},
            "ratio": None}


def setting_up(host, o, name, vifs, at_once):
    s = card(host)
    runs = []
    try:
        for _ in range(o.repetitions):
            text = host.run(command(host, s, vifs, at_once), core=PUMP,
                            timeout=180)
            host.keep(name + ".json", text)
            runs.append(lines(text))
    finally:
        s.down()
    for step in STEPS:
        for figure in ("median", "p99"):
            yield alone(f"{name}-{step}-{figure}", "us",
                        median(r[step]["us_" + figure] for r in runs))
    yield alone(f"{name}-vifs-a-second", "1/s",
                median(r["all"]["vifs"] / r["all"]["ms"] * 1000
                       for r in runs))


class Idle:
    """Idle VIFs, attached, with their rings and buffers."""

    def __init__(self, host, s, vifs):
        self.host = host
        self.p = host.start("density", command(host, s, vifs, 1, "-p"),
                            core=PUMP, stdin=subprocess.PIPE)
        # All of them, and the sink.
        host.wait(120, f"{vifs} VIFs", lambda: self.p.poll() is not None or
                  self.count(s) == vifs + 1)
        if self.p.poll() is not None:
            raise Failed("density has ended; see raw/bench/density.log")

    @staticmethod
    def count(s):
        return sum(v["state"] == "connected" and v["vif"][0] in "vs"
                   for v in json.loads(s.admin("--json", "list")))

    def fini(self):
        try:
            self.p.stdin.write(b"\n")
            self.p.stdin.close()
            self.p.wait(120)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.host.end(self.p)


def memory(pids):
    """Octets that these processes have, a shared page in equal parts."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as f:
            for line in f:
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [pid] + [int(c) for c in f.read().split()]


def memories(host, o):
    vifs = 250 if o.quick else 4000
    s = card(host)
    parts = {"svnic-fw": children(s.procs[0].pid),
             "svnicd": [s.daemon.pid]}
    before = {k: memory(v) for k, v in parts.items()}
    idle = Idle(host, s, vifs)
    try:
        parts["tenant"] = [idle.p.pid]
        after = {k: memory(v) for k, v in parts.items()}
    finally:
        idle.fini()
        s.down()
    for k, v in after.items():
        yield alone(f"density-memory-{k}", "KiB/VIF",
                    (v - before.get(k, 0)) / vifs / 1024)


def costs(host, o):
    """Frames of 64 octets between two VIFs, beside idle ones."""
    counts = COUNTS[:3] if o.quick else COUNTS
    first = None
    for n in counts:
        s = card(host, ("a", "b"))
        idle = Idle(host, s, n - 3) if n > 3 else None
        try:
            values = [1000 / host.json(
                f"density-cost-{n}.json", s.command([
                    "-b", "-s", "64", "-t", str(o.seconds)]), core=PUMP)["mpps"]
                for _ in range(o.repetitions)]
        finally:
            if idle:
                idle.fini()
            s.down()
        value = median(values)
        first = first or value
        e = alone(f"density-cost-{n}", "ns/frame", value)
        e["peer"] = {"2 VIFs": round(first, 2)}
        e["ratio"] = round(value / first, 3)
        yield e


def run(host, o):
    most = 100 if o.quick else CARD - 1
    if o.wants("density-one-by-one"):
        say(f"density-one-by-one: {most} VIFs")
        yield from setting_up(host, o, "density-one-by-one", most, 1)
    if o.wants("density-200-at-once"):
        say("density-200-at-once")
        yield from setting_up(host, o, "density-200-at-once",
                              400 if o.quick else 2000, 200)
    if o.wants("density-memory"):
        say("density-memory")
        yield from memories(host, o)
    if o.wants("density-cost"):
        say("density-cost")
        yield from costs(host, o)
