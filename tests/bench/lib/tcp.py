# SPDX-License-Identifier: GPL-2.0-only
"""TCP and round trips between two namespaces, beside what Linux offers.

Each way has two namespaces whose interface eth0 has 10.99.0.1 and .2.  No
program is pinned but the polling thread of OVS, which takes a processor.
"""
import os
import re
import shutil
import signal
import time
from statistics import median

from host import Failed, Missing, say
from packets import figure, interleaved
from switches import Ovs, Svnic

IP = ("10.99.0.1", "10.99.0.2")
MTU = 1500


class Way:
    """Two namespaces and whatever joins them."""

    def __init__(self, host):
        self.host = host
        self.ns, self.procs, self.switch = [], [], None

    def spaces(self, tag):
        self.ns = [self.host.namespace(f"{tag}{n}") for n in (0, 1)]

    def start(self, name, argv, n):
        """In namespace @n, until the end of this way."""
        self.procs.append(self.host.start(name, argv, ns=self.ns[n]))

    def ip(self, n, *words):
        self.host.run(["ip", "-n", self.ns[n], *words])

    def address(self, n):
        self.ip(n, "addr", "add", IP[n] + "/24", "dev", "eth0")
        self.ip(n, "link", "set", "eth0", "up", "mtu", str(MTU))

    def reaches(self):
        try:
            self.host.run(["ping", "-c", "1", "-W", "1", "-n", IP[1]],
                          ns=self.ns[0])
        except Failed:
            return False
        return True

    def begin(self):
        self.host.wait(20, f"{self.name}: an answer", self.reaches)
        self.start(f"iperf-{self.tag}", ["iperf3", "-s", "-B", IP[1]], 1)
        self.host.wait(5, "iperf3", lambda: "5201" in self.host.run(
            ["ss", "-Hltn"], ns=self.ns[1]))
        if shutil.which("sockperf"):
            self.start(f"sockperf-{self.tag}",
                       ["sockperf", "sr", "-i", IP[1]], 1)
        self.sleep()

    def sleep(self):
        """No processor for a switch that is not being measured."""

    def wake(self):
        pass

    def iperf(self, raw, *words):
        r = self.host.json(raw, ["iperf3", "-J", "-c", IP[1], *words],
                           ns=self.ns[0], timeout=60)
        return r["end"]["sum_received"]["bits_per_second"] / 1e9

    def ping(self, raw, count):
        text = self.host.run(["ping", "-n", "-i", "0.005", "-c", str(count),
                              "-w", "20", IP[1]], ns=self.ns[0])
        self.host.keep(raw, text)
        times = sorted(float(t) * 1000 for t in
                       re.findall(r"time=([0-9.]+) ms", text))
        if not times:
            raise Failed("no answer to any ping")
        return median(times), times[len(times) * 99 // 100]

    def sockperf(self, raw, seconds):
        if not shutil.which("sockperf"):
            raise Failed("sockperf is not installed")
        text = self.host.run(["sockperf", "pp", "-i", IP[1], "-m", "64",
                              "-t", str(seconds), "--full-rtt"],
                             ns=self.ns[0])
        self.host.keep(raw, text)
        at = {p: float(v) for p, v in re.findall(
            r"percentile (\d+\.\d+) = +([0-9.]+)", text)}
        return at["50.000"], at["99.000"]

    def down(self):
        self.wake()
        for p in self.procs:
            self.host.end(p)
        if self.switch:
            self.switch.down()
        for ns in self.ns:
            self.host.drop_namespace(ns)
        self.ns, self.procs, self.switch = [], [], None


class SvnicTap(Way):
    name, tag = "svnic", "s"

    def up(self):
        self.spaces(self.tag)
        self.switch = Svnic(self.host)
        self.switch.core = None
        self.switch.up(mtu=MTU)
        self.switch.wake()
        for n, v in enumerate("ab"):
            self.start(f"svnic-guest-{v}", [
                self.host.program("svnic-guest"), "--vif", v, "--socket-dir",
                self.switch.vifs, "--tap", "eth0", "--address",
                IP[n] + "/24"], n)
        self.begin()

    def sleep(self):
        self.host.signal(self.switch.procs[0], signal.SIGSTOP)

    def wake(self):
        if self.switch:
            self.switch.wake()


class Bridge(Way):
    name, tag = "bridge", "b"

    def up(self):
        self.spaces(self.tag)
        h = self.host
        middle = h.namespace("bm")
        self.ns.append(middle)
        h.run(["ip", "-n", middle, "link", "add", "br0", "type", "bridge"])
        h.run(["ip", "-n", middle, "link", "set", "br0", "up"])
        for n in (0, 1):
            h.run(["ip", "link", "add", "eth0", "netns", self.ns[n], "type",
                   "veth", "peer", "name", f"v{n}", "netns", middle])
            h.run(["ip", "-n", middle, "link", "set", f"v{n}", "up",
                   "master", "br0"])
            self.address(n)
        self.begin()


class OvsKernel(Way):
    name, tag = "ovs-kernel", "k"

    def up(self):
        r = os.system("modprobe openvswitch 2>/dev/null")
        if r and not os.path.exists("/sys/module/openvswitch"):
            raise Missing("the kernel has no openvswitch datapath")
        self.spaces(self.tag)
        h = self.host
        self.switch = Ovs(h)
        self.switch.daemons()
        self.switch.vsctl("add-br", "svbk0")
        for n in (0, 1):
            h.run(["ip", "link", "add", "eth0", "netns", self.ns[n], "type",
                   "veth", "peer", "name", f"svbk{n}v"])
            h.links.append(f"svbk{n}v")
            h.run(["ip", "link", "set", f"svbk{n}v", "up"])
            self.switch.vsctl("add-port", "svbk0", f"svbk{n}v")
            self.address(n)
        self.begin()


class OvsTap(Way):
    """TAP devices that OVS-DPDK's polling thread serves."""
    name, tag = "ovs-dpdk", "o"

    def up(self):
        self.spaces(self.tag)
        self.switch = Ovs(self.host)
        self.switch.daemons()
        self.switch.vsctl("add-br", "br0", "--", "set", "bridge", "br0",
                       "datapath_type=netdev")
        for n in (0, 1):
            name = f"svbt{os.getpid() % 10000}{n}"
            # That driver wants as many queues to receive as to send: two.
            self.switch.vsctl("add-port", "br0", f"tap{n}", "--", "set",
                           "interface", f"tap{n}", "type=dpdk",
                           "options:dpdk-devargs="
                           f"net_tap{n},iface={name}", "options:n_rxq=2")
            self.host.wait(10, name, lambda: os.path.exists(
                f"/sys/class/net/{name}"))
            self.host.run(["ip", "link", "set", name, "netns", self.ns[n]])
            self.ip(n, "link", "set", name, "down")
            self.ip(n, "link", "set", name, "name", "eth0")
            self.address(n)
        self.begin()

    def sleep(self):
        self.switch.sleep()

    def wake(self):
        if self.switch:
            self.switch.wake()


def up(host):
    there = []
    for kind in (SvnicTap, Bridge, OvsKernel, OvsTap):
        way = kind(host)
        try:
            way.up()
        except (Missing, Failed) as e:
            if kind is SvnicTap:
                raise
            say(f"  without {way.name}: {e}")
            way.down()
            continue
        there.append(way)
    return there


def awake(way, what):
    way.wake()
    try:
        return what()
    finally:
        way.sleep()


def throughput(host, o):
    there = up(host)
    seconds = "1" if o.quick else "3"
    for name, words in (("tcp-1", []), ("tcp-4", ["-P", "4"]),
                        ("tcp-back", ["-R"])):
        if not o.wants(name):
            continue
        say(name)
        values = interleaved(there, o.repetitions, lambda w, n: awake(
            w, lambda: w.iperf(f"{name}.{w.name}.json", "-t", seconds,
                               "-O", "1", *words)))
        yield figure(name, "Gbit/s", values)


def round_trip(host, o):
    there = up(host)
    for name, loaded in (("rtt-ping", False), ("rtt-udp", False),
                         ("rtt-ping-loaded", True), ("rtt-udp-loaded", True)):
        if not o.wants(name):
            continue
        say(name)
        p99 = {}

        def look(w):
            load = None
            if loaded:
                load = host.start(f"load-{w.tag}", [
                    "iperf3", "-c", IP[1], "-t", "30"], ns=w.ns[0])
                time.sleep(0.5)
            try:
                raw = f"{name}.{w.name}.txt"
                if "udp" in name:
                    m, p = w.sockperf(raw, 1)
                else:
                    m, p = w.ping(raw, 50 if o.quick else 200)
            finally:
                if load:
                    host.end(load)
                    time.sleep(0.3)
            p99.setdefault(w.name, []).append(p)
            return m

        values = interleaved(there, o.repetitions, lambda w, n: awake(
            w, lambda: look(w)))
        yield figure(name + "-median", "us", values, True)
        yield figure(name + "-p99", "us", {k: p99[k] for k in values}, True)
