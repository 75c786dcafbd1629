# SPDX-License-Identifier: GPL-2.0-only
"""bench.json, the tables and the plots."""
import json
import os
import platform
import time
from html import escape

COLOURS = ("#1f5fa8", "#c8742c", "#4c8f4c", "#8c5fa8", "#888888", "#b04050")


def machine():
    model, cores = "an unknown processor", os.cpu_count()
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as f:
        memory = int(f.readline().split()[1]) // (1 << 20)
    return f"{model}, {cores} processors, {memory} GiB, " \
           f"Linux {platform.release().split('-')[0]}"


def merge(path, entries):
    """Those of this run replace their namesakes; single ones add up."""
    old = []
    try:
        with open(path) as f:
            old = json.load(f)
    except (OSError, ValueError):
        pass
    names = {e["name"] for e in entries}
    return [e for e in old if e["name"] not in names] + entries


def number(v):
    if v is None:
        return "-"
    return f"{v:.0f}" if abs(v) >= 1000 else f"{v:.4g}"


def rows(entries):
    peers = []
    for e in entries:
        peers += [p for p in e["peer"] if p not in peers]
    head = ["benchmark", "unit", "svnic", *peers, "ratio"]
    body = [[e["name"], e["unit"], number(e["value"]),
             *(number(e["peer"].get(p)) for p in peers), number(e["ratio"])]
            for e in entries]
    return head, body


def groups(entries):
    found = {}
    for e in entries:
        found.setdefault(e["name"].split("-")[0], []).append(e)
    return found


def table(entries):
    head, body = rows(entries)
    width = [max(len(r[i]) for r in [head] + body) for i in range(len(head))]
    return "\n".join("  ".join(c.ljust(w) if i == 0 else c.rjust(w)
                               for i, (c, w) in enumerate(zip(r, width)))
                     for r in [head] + body)


def markdown(entries):
    text = f"Measured on {machine()}, {time.strftime('%F')}.\n"
    for group, of in groups(entries).items():
        head, body = rows(of)
        text += f"\n### {group}\n\n| " + " | ".join(head) + " |\n|" + \
            "---|" * len(head) + "\n"
        for r in body:
            text += "| " + " | ".join(r) + " |\n"
    return text


def plot(title, entries):
    """Bars: a group for each benchmark, a bar for svnic and each peer."""
    peers = []
    for e in entries:
        peers += [p for p in e["peer"] if p not in peers]
    series = ["svnic"] + peers
    bar, gap, high, left = 14, 18, 220, 60
    wide = left + len(entries) * (len(series) * bar + gap) + 20
    top = max([v for e in entries for v in [e["value"] or 0,
               *e["peer"].values()]] + [1e-9])
    s = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{max(wide, 420)}" '
         f'height="{high + 130}" font-family="sans-serif" font-size="11">',
         f'<text x="{left}" y="16" font-size="13">{escape(title)}, '
         f'{escape(entries[0]["unit"])}</text>']
    for i in range(5):
        y = 30 + high - high * i / 4
        s.append(f'<line x1="{left}" x2="{wide}" y1="{y}" y2="{y}" '
                 f'stroke="#ddd"/><text x="{left - 6}" y="{y + 4}" '
                 f'text-anchor="end">{number(top * i / 4)}</text>')
    x = left + gap / 2
    for e in entries:
        middle = x + len(series) * bar / 2
        for i, name in enumerate(series):
            v = (e["value"] if name == "svnic" else e["peer"].get(name)) or 0
            h = high * v / top
            s.append(f'<rect x="{x:.0f}" y="{30 + high - h:.1f}" '
                     f'width="{bar - 2}" height="{h:.1f}" '
                     f'fill="{COLOURS[i % len(COLOURS)]}"/>')
            x += bar
        label = e["name"].split("-", 1)[-1]
        s.append(f'<text transform="translate({middle:.0f},{high + 42}) '
                 f'rotate(30)">{escape(label)}</text>')
        x += gap
    for i, name in enumerate(series):
        at = left + i * 95
        s.append(f'<rect x="{at}" y="{high + 108}" width="10" height="10" '
                 f'fill="{COLOURS[i % len(COLOURS)]}"/>'
                 f'<text x="{at + 14}" y="{high + 117}">{escape(name)}</text>')
    return "\n".join(s) + "\n</svg>\n"


def fill(path, entries):
    """Put the tables between the two marks of a document."""
    begin, end = "<!-- bench: begin -->\n", "<!-- bench: end -->\n"
    with open(path) as f:
        before, rest = f.read().split(begin)
    after = rest.split(end)[1]
    with open(path, "w") as f:
        f.write(before + begin + markdown(entries) + end + after)


def write(out, entries):
    path = os.path.join(out, "bench.json")
    everything = merge(path, entries)
    with open(path, "w") as f:
        json.dump(everything, f, indent=1)
        f.write("\n")
    with open(os.path.join(out, "bench.md"), "w") as f:
        f.write(markdown(everything))
    for group, of in groups(everything).items():
        units = {}
        for e in of:
            units.setdefault(e["unit"], []).append(e)
        for n, (unit, some) in enumerate(units.items()):
            name = f"bench-{group}{'-' + str(n + 1) if n else ''}.svg"
            with open(os.path.join(out, name), "w") as f:
                f.write(plot(group, some))
