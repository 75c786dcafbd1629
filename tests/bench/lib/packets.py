# SPDX-License-Identifier: GPL-2.0-only
"""Packet rates and times under way, VIF to VIF, beside the peers."""
import json
from statistics import median

from host import Failed, Missing, say
from switches import Copy, Memif, Ovs, Svnic, Vhost

SIZES = ("64", "256", "1500", "9000", "imix")
WORKERS = [f"workers-{s}-{p}" for s in (64, 1500) for p in ("near", "far")]
FLOODS = [f"flood-{n}" for n in ("small", "broadcast", "stuck", "all")]


def up(host):
    """All switches that this machine can have, svnic first; asleep."""
    there = []
    for kind in (Svnic, Memif, Vhost, Ovs, Copy):
        switch = kind(host)
        try:
            switch.up()
        except Missing as e:
            say(f"  without {switch.name}: {e}")
            continue
        except Failed as e:
            if kind is Svnic:
                raise
            say(f"  without {switch.name}: {e}")
            switch.down()
            continue
        there.append(switch)
    return there


def interleaved(there, repetitions, measure):
    """{name: [values]}: A B C A B C."""
    values = {s.name: [] for s in there}
    for n in range(repetitions):
        for s in there:
            try:
                values[s.name].append(measure(s, n))
            except Failed as e:
                say(f"  {s.name}: {e}; once more")
                values[s.name] += once_more(s, n, measure)
    return {k: v for k, v in values.items() if v}


def once_more(s, n, measure):
    """A switch that died, or did not answer, begins anew."""
    try:
        s.down()
        s.up()
        return [measure(s, n)]
    except (Failed, Missing) as e:
        say(f"  {s.name}: {e}")
        return []


def figure(name, unit, values, less_is_better=False):
    """One entry of bench.json; the ratio is against the best switch."""
    mid = {k: median(v) for k, v in values.items()}
    mine = mid.pop("svnic", None)
    rivals = {k: v for k, v in mid.items() if k != Copy.name and v > 0}
    ratio = None
    if mine is not None and rivals:
        best = (min if less_is_better else max)(rivals.values())
        ratio = round(mine / best, 3)
    return {"name": name, "unit": unit,
            "value": None if mine is None else round(mine, 4),
            "peer": {k: round(v, 4) for k, v in mid.items()}, "ratio": ratio}


def rates(host, o):
    there = up(host)
    try:
        for ways in ("oneway", "both"):
            for size in (*SIZES, "64-untouched"):
                name = f"packets-{size}-{ways}"
                if not o.wants(name):
                    continue
                say(name)
                options = ["-s", size.split("-")[0], "-t", str(o.seconds)]
                if ways == "both":
                    options.append("-b")
                if size == "64-untouched":
                    # What a guest can have that only passes frames on.
                    options += ["-n", "32"]
                if size == "9000":
                    # A ring of memif takes five entries for each.
                    options += ["-w", "64"]

                def measure(s, n):
                    r = s.pump(f"{name}.{s.name}.json", options)
                    if r["wrong"] or r["lost"] > r["received"] / 1000:
                        say(f"  {s.name}: {r['lost']} lost, "
                            f"{r['wrong']} wrong")
                    idle.setdefault(s.name, []).append(r["idle"])
                    return r["mpps"]

                idle = {}
                yield figure(name, "Mpps",
                             interleaved(there, o.repetitions, measure))
                say("  the pump waited for the switch: " + ", ".join(
                    f"{k} {median(v):.0%}" for k, v in idle.items()))
    finally:
        for s in there:
            s.down()


def times(host, o):
    """One frame under way at a time, and a paced flow of 100,000 a second."""
    there = [s for s in up(host)]
    try:
        for name, options in (
                ("latency-alone", ["-w", "1"]),
                ("latency-100kpps", ["-r", "100000"])):
            if not o.wants(name):
                continue
            say(name)
            got = {}

            def measure(s, n):
                r = s.pump(f"{name}.{s.name}.json",
                           ["-l", "-s", "64", "-t", str(o.seconds), *options])
                got.setdefault(s.name, []).append(r["us_p99"])
                return r["us_median"]

            values = interleaved(there, o.repetitions, measure)
            yield figure(name + "-median", "us", values, True)
            yield figure(name + "-p99", "us",
                         {k: got[k] for k in values}, True)
    finally:
        for s in there:
            s.down()


def core(host, o):
    """The core alone, which has no peer: its own limit."""
    program = host.program("bench-core")
    for line in host.run([program, "-l"]).split():
        # What needs two processors is below.
        if line.startswith(("workers-", "flood-")) or not o.wants(line):
            continue
        say(line)
        frames = "400000" if o.quick else "4000000"
        text = host.run([program, "-f", frames, line], core=1, timeout=120)
        host.keep("core.json", text)
        r = json.loads(text)
        yield {"name": line, "unit": r["unit"], "value": r["value"],
               "peer": {}, "ratio": None}


def alone(host, name):
    """One figure of the core, on all processors."""
    text = host.run([host.program("bench-core"), name], timeout=120)
    host.keep("core.json", text)
    return json.loads(text)


def workers(host, o):
    """Two workers of the core beside one."""
    for name in WORKERS:
        if not o.wants(name):
            continue
        say(name)
        values = {"svnic": [], "one worker": []}
        for _ in range(o.repetitions):
            values["svnic"].append(alone(host, name + "-2")["value"])
            values["one worker"].append(alone(host, name + "-1")["value"])
        yield figure(name, "Mpps", values)


def floods(host, o):
    """A frame in the core beside seven full rings, and without them."""
    for name in FLOODS:
        if not o.wants(name):
            continue
        say(name)
        of = [alone(host, name) for _ in range(o.repetitions)]
        yield figure(name + "-p99", "us", {
            "svnic": [r["value"] for r in of],
            "alone": [r["alone"] for r in of]}, True)
        yield figure(name + "-median", "us", {
            "svnic": [r["median"] for r in of],
            "alone": [r["median_alone"] for r in of]}, True)
