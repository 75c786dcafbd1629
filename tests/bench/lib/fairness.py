# SPDX-License-Identifier: GPL-2.0-only
"""A victim that sends at its guaranteed rate while seven others flood.

It is compared with itself: slices with and without the flood take turns.  Card
and generator run at real-time priority where that may be had, in runs that are
short enough for the machine's other work: a real card has its own processor.
"""
import subprocess
import time
from statistics import median

from host import say
from switches import PUMP, Svnic

RATE = 100000      # frames of 64 octets a second ...
MIN_RATE = "50Mb/s"  # ... which are 48 Mbit/s
FLOODERS = [f"flood{n}" for n in range(7)]
REAL_TIME = ["chrt", "-f", "1"]
PAUSE = 0.7  # seconds; the kernel gives real time 0.95 of each
# name, what floods, group frames a second of each flooder (svnicd's default)
FLOODS = (("small", "small", None), ("broadcast", "broadcast", None),
          ("stuck", "stuck", None), ("all", "all", None),
          ("broadcast-unlimited", "broadcast", 0),
          ("all-unlimited", "all", 0))
NAMES = [f"fairness-{n}" for n, _, _ in FLOODS]


def real_time():
    try:
        return subprocess.run([*REAL_TIME, "true"],
                              capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def runs(host, s, o, name, flood, prefix):
    for _ in range(1 if o.quick else 5):
        s.wake()
        yield host.json(f"{name}.json", [
            *prefix, host.program("fair"), "-f", flood, "-r", str(RATE),
            "-t", "0.4", s.vifs], core=PUMP)
        s.sleep()
        time.sleep(PAUSE)


def figures(name, of):
    alone = median(r["alone"]["us_p99"] for r in of)
    flooded = median(r["flooded"]["us_p99"] for r in of)
    yield {"name": name + "-p99", "unit": "us", "value": round(flooded, 2),
           "peer": {"alone": round(alone, 2)},
           "ratio": round(flooded / alone, 2)}
    yield {"name": name + "-loss", "unit": "%",
           "value": round(median(r["flooded"]["loss_percent"] for r in of), 4),
           "peer": {"alone": round(median(
               r["alone"]["loss_percent"] for r in of), 4)}, "ratio": None}


def run(host, o):
    s = Svnic(host)
    s.prefix = REAL_TIME if real_time() else []
    if not s.prefix:
        say("  without real-time priority")
    s.up(vifs=("victim", "peer", "sink", "stuck", *FLOODERS))
    try:
        for name, flood, storm in FLOODS:
            name = "fairness-" + name
            if not o.wants(name):
                continue
            say(name)
            s.wake()
            s.admin("set", "victim", "--min-rate", MIN_RATE)
            for vif in FLOODERS:
                s.admin("set", vif, "--storm",
                        "default" if storm is None else str(storm))
            s.sleep()
            of = list(runs(host, s, o, name, flood, s.prefix))
            say("  the flood, Mpps: " + ", ".join(
                f"{r['flooded']['flood_mpps']:.2f}" for r in of))
            yield from figures(name, of)
    finally:
        s.down()
