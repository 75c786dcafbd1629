# SPDX-License-Identifier: GPL-2.0-only
"""The switches that frames are pumped through: svnic-fw and its peers.

Each has up(), pump(options) and down(), and is asleep except while measured.
The switch has processor 1, the pump processor 0, for all of them alike.
"""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from host import Failed, Missing

SWITCH, PUMP = 1, 0
EAL = ["--no-pci", "--no-telemetry"]


class Switch:
    procs = ()

    def __init__(self, host):
        self.host = host

    def sleep(self):
        for p in self.procs:
            self.host.signal(p, signal.SIGSTOP)

    def wake(self):
        for p in self.procs:
            if p.poll() is not None:
                raise Failed(f"{p.name} has ended; see raw/bench/{p.name}.log")
            self.host.signal(p, signal.SIGCONT)

    def pump(self, raw, options):
        self.wake()
        try:
            return self.host.json(raw, self.command(options), core=PUMP,
                                  timeout=60)
        finally:
            self.sleep()

    def down(self):
        for p in self.procs:
            self.host.end(p)
        self.procs = ()


class Svnic(Switch):
    name = "svnic"
    core = SWITCH
    prefix = ()

    def up(self, vifs=("a", "b"), mtu=9216, count=64):
        h = self.host
        # svnicd would find the VIFs of the one before.
        card = os.path.join(tempfile.mkdtemp(dir=h.dir), "card.sock")
        self.vifs = tempfile.mkdtemp(dir=h.dir)
        self.socket = h.path("svnicd.sock")
        with open(h.path("svnicd.yaml"), "w") as f:
            json.dump({"platform": "local", "log": "warning",
                       "local": {"card": card, "tenants": self.vifs},
                       "networks": {"net0": {"segment": 100}}}, f)
        fw = h.start("svnic-fw", [*self.prefix, h.program("svnic-fw"),
                                  "--link", f"unix:{card}", "--max-vifs",
                                  str(count)], core=self.core)
        self.procs = (fw,)
        h.wait(10, "svnic-fw", lambda: os.path.exists(card))
        # It is asleep while the figures are taken, but for 'density'.
        self.daemon = h.start("svnicd", [
            h.program("svnicd"), "--config", h.path("svnicd.yaml"),
            "--platform", "local", "--socket", self.socket], core=PUMP)
        self.procs = (fw, self.daemon)
        h.wait(10, "svnicd", self.has_card)
        for vif in vifs:
            self.admin("create", vif, "--mtu", str(mtu))
        self.sleep()

    def admin(self, *words):
        return self.host.run([self.host.program("svnic-admin"), "--socket",
                              self.socket, *words])

    def has_card(self):
        try:
            self.admin("device")
        except Failed:
            return False
        return True

    def command(self, options):
        return [self.host.program("pump-svnic"), *options, "--", self.vifs,
                "a", "b"]

    def is_free(self):
        return all(v["state"] == "waiting" for v in json.loads(
            self.admin("--json", "list")))

    def sleep(self):
        # svnicd needs the card to take queues back.
        self.host.wait(20, "the VIFs given back", self.is_free)
        self.host.signal(self.procs[0], signal.SIGSTOP)


class Copy(Switch):
    """The memory limit."""
    name = "plain copy"

    def up(self):
        pass

    def command(self, options):
        size = options[options.index("-s") + 1]
        longest = "1518" if size == "imix" else size
        return [self.host.program("pump-copy"), *options, "--", str(SWITCH),
                longest]


class Dpdk(Switch):
    """What those have in common whose pump is a program of DPDK."""

    def eal(self, megabytes):
        h = self.host
        if not hasattr(h, "has_huge"):
            h.has_huge = h.huge_pages(1600)
        # virtio-user hands its memory over by few descriptors.
        return EAL + (["--in-memory", "--single-file-segments"] if h.has_huge
                      else ["--no-huge", "--no-shconf"]) + [
                          "-m", str(megabytes)]

    def tool(self, name):
        path = shutil.which(name)
        if not path:
            raise Missing(f"{name} is not installed")
        return path

    def pump_program(self):
        h = self.host
        program = h.path("pump-dpdk")
        if os.path.exists(program):
            return program
        flags = []
        for what in ("--cflags", "--libs"):
            r = subprocess.run(["pkg-config", what, "libdpdk"],
                               capture_output=True, text=True)
            if r.returncode:
                raise Missing("libdpdk-dev is not installed")
            flags.append(r.stdout.split())
        h.run(["cc", "-O2", "-march=native", "-o", program, *flags[0],
               os.path.join(h.source, "pump.c"),
               os.path.join(h.source, "port_dpdk.c"), *flags[1]])
        return program

    def testpmd(self, vdevs):
        h = self.host
        argv = [self.tool("dpdk-testpmd"), "--lcores",
                f"0@{PUMP},1@{SWITCH}", *self.eal(320)]
        for vdev in vdevs:
            argv += ["--vdev", vdev]
        argv += ["--", "--forward-mode=mac", "--auto-start",
                 "--total-num-mbufs=16384", "--mbuf-size=9600"]
        # It ends when its standard input does.
        p = h.start("testpmd-" + self.name, argv, stdin=subprocess.PIPE)
        self.procs = (p,)
        return p

    def command(self, options):
        argv = [self.program, *options, "--", "--lcores", f"0@{PUMP}",
                *self.eal(320), "--log-level=error"]
        for vdev in self.vdevs:
            argv += ["--vdev", vdev]
        return argv

    @staticmethod
    def forget(*paths):
        for path in paths:
            if os.path.exists(path):
                os.unlink(path)

    def settle(self, path):
        self.host.wait(30, self.name, lambda: os.path.exists(path) or
                       any(p.poll() is not None for p in self.procs))
        time.sleep(1)
        self.wake()
        self.sleep()


class Memif(Dpdk):
    name = "memif"

    def up(self):
        self.program = self.pump_program()
        path = self.host.path("memif.sock")
        self.forget(path)
        one = "net_memif{0},role={1},id={0},bsize=2048,rsize=10," \
              f"socket={path},socket-abstract=no"
        self.testpmd([one.format(n, "server") for n in (0, 1)])
        self.vdevs = [one.format(n, "client") for n in (0, 1)]
        self.settle(path)


class Vhost(Dpdk):
    name = "vhost"

    def up(self):
        self.program = self.pump_program()
        paths = [self.host.path(f"vhost{n}.sock") for n in (0, 1)]
        self.forget(*paths)
        self.testpmd([f"net_vhost{n},iface={paths[n]}" for n in (0, 1)])
        self.vdevs = [f"net_virtio_user{n},path={paths[n]},queues=1,"
                      "queue_size=1024" for n in (0, 1)]
        self.settle(paths[1])


class Ovs(Dpdk):
    name = "ovs-dpdk"
    ports = ()

    def up(self):
        self.program = self.pump_program()
        self.daemons()
        self.vsctl("add-br", "br0", "--", "set", "bridge", "br0",
                   "datapath_type=netdev")
        paths = []
        for n in (0, 1):
            self.vsctl("add-port", "br0", f"vu{n}", "--", "set", "interface",
                       f"vu{n}", "type=dpdkvhostuser", "mtu_request=9000")
            paths.append(os.path.join(self.rundir, f"vu{n}"))
        self.vdevs = [f"net_virtio_user{n},path={paths[n]},queues=1,"
                      "queue_size=1024" for n in (0, 1)]
        self.settle(paths[1])

    def daemons(self):
        h = self.host
        binary = "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk"
        if not os.access(binary, os.X_OK):
            raise Missing("openvswitch-switch-dpdk is not installed")
        self.rundir = h.path("ovs")
        shutil.rmtree(self.rundir, ignore_errors=True)
        os.makedirs(self.rundir)
        for name in ("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR"):
            h.env[name] = self.rundir
        db, sock = (os.path.join(self.rundir, f) for f in ("db", "db.sock"))
        self.sock = f"unix:{sock}"
        h.run([self.tool("ovsdb-tool"), "create", db,
               "/usr/share/openvswitch/vswitch.ovsschema"])
        server = h.start("ovsdb-server", [self.tool("ovsdb-server"), db,
                                          f"--remote=punix:{sock}",
                                          "--unixctl=" + db + ".ctl"],
                         core=PUMP)
        self.procs = (server,)
        h.wait(10, "ovsdb-server", lambda: os.path.exists(sock))
        extra = self.eal(512)
        memory = []
        if not h.has_huge:
            # Else it adds --in-memory, which --no-huge excludes.
            extra.append("--legacy-mem")
        else:
            # OVS has options of its own for these, which -m excludes.
            extra = extra[:-2]
            memory = ["other_config:dpdk-socket-mem=512",
                      "other_config:dpdk-socket-limit=512"]
        self.vsctl("--no-wait", "init")
        self.vsctl("--no-wait", "set", "Open_vSwitch", ".",
                   "other_config:dpdk-init=true",
                   f"other_config:dpdk-extra={' '.join(extra)}", *memory,
                   f"other_config:dpdk-lcore-mask={1 << PUMP}",
                   f"other_config:pmd-cpu-mask={1 << SWITCH}")
        switchd = h.start("ovs-vswitchd", [
            binary, self.sock, "--unixctl=" + os.path.join(self.rundir, "ctl")])
        self.procs = (switchd, server)

    def vsctl(self, *words):
        return self.host.run([self.tool("ovs-vsctl"), f"--db={self.sock}",
                              "--timeout=20", *words])
