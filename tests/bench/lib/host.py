# SPDX-License-Identifier: GPL-2.0-only
"""Processes, namespaces and huge pages of one run, all given back at its end.

A process is started in a session of its own and ended by its id.  Switches
stay up for a whole benchmark, stopped by SIGSTOP while another one is measured.
"""
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HUGE = "/proc/sys/vm/nr_hugepages"


class Missing(Exception):
    """A peer cannot be had on this machine; the text says why."""


class Failed(Exception):
    """Something that should have worked did not."""


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


class Host:
    def __init__(self, build, out):
        self.build, self.out = build, out
        self.source = os.path.dirname(os.path.dirname(
            os.path.abspath(__file__)))
        self.raw = os.path.join(out, "raw", "bench")
        os.makedirs(self.raw, exist_ok=True)
        # In memory, as /run is wherever svnicd keeps its VIFs there.
        self.dir = tempfile.mkdtemp(prefix="svnic-bench.", dir="/dev/shm")
        self.procs, self.namespaces, self.links = [], [], []
        self.huge_before = None
        # Thousands of VIFs have some descriptors each.
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.prefix = f"svb{os.getpid()}"
        self.env = dict(os.environ, XDG_RUNTIME_DIR=self.dir)

    def program(self, name):
        path = os.path.join(self.build, name)
        if not os.access(path, os.X_OK):
            raise Failed(f"{path} was not built")
        return path

    def path(self, name):
        return os.path.join(self.dir, name)

    def start(self, name, argv, core=None, ns=None, stdin=subprocess.DEVNULL):
        if core is not None:
            argv = ["taskset", "-c", str(core)] + argv
        if ns:
            argv = ["ip", "netns", "exec", ns] + argv
        log = open(os.path.join(self.raw, name + ".log"), "ab")
        log.write((" ".join(argv) + "\n").encode())
        log.flush()
        p = subprocess.Popen(argv, stdin=stdin, stdout=log, stderr=log,
                             env=self.env, start_new_session=True)
        log.close()
        p.name = name
        self.procs.append(p)
        return p

    def end(self, p):
        if p not in self.procs:
            return
        self.procs.remove(p)
        if p.poll() is None:
            self.signal(p, signal.SIGCONT)
            self.signal(p, signal.SIGTERM)
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                self.signal(p, signal.SIGKILL)
                p.wait()

    @staticmethod
    def signal(p, number):
        """To the process and its children: the session is its own."""
        try:
            os.killpg(p.pid, number)
        except ProcessLookupError:
            pass

    def run(self, argv, core=None, ns=None, timeout=60, text=None):
        """Output of a command that must succeed."""
        if core is not None:
            argv = ["taskset", "-c", str(core)] + argv
        if ns:
            argv = ["ip", "netns", "exec", ns] + argv
        try:
            r = subprocess.run(argv, capture_output=True, text=True,
                               timeout=timeout, env=self.env, input=text)
        except subprocess.TimeoutExpired:
            raise Failed(f"{' '.join(argv)}: no end after {timeout} s")
        if r.returncode:
            last = (r.stderr.strip() or r.stdout.strip()).splitlines()[-1:]
            raise Failed(f"{' '.join(argv)}: {' '.join(last)}")
        return r.stdout

    def json(self, raw, argv, **more):
        text = self.run(argv, **more)
        self.keep(raw, text)
        try:
            return json.loads(text)
        except ValueError:
            raise Failed(f"{argv[0]} did not answer in JSON: {text[:200]}")

    def keep(self, name, text):
        with open(os.path.join(self.raw, name), "a") as f:
            f.write(text.rstrip("\n") + "\n")

    @staticmethod
    def wait(seconds, what, condition):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failed(f"{what}: not after {seconds} s")
            time.sleep(0.02)

    def namespace(self, name):
        ns = f"{self.prefix}-{name}"
        self.run(["ip", "netns", "add", ns])
        self.namespaces.append(ns)
        self.run(["ip", "-n", ns, "link", "set", "lo", "up"])
        return ns

    def drop_namespace(self, ns):
        if ns in self.namespaces:
            self.namespaces.remove(ns)
            subprocess.run(["ip", "netns", "del", ns], capture_output=True)

    def huge_pages(self, megabytes):
        """True when so much can be had in huge pages, for all peers alike."""
        want = megabytes // 2
        if self.huge_before is None:
            with open(HUGE) as f:
                self.huge_before = int(f.read())
        try:
            with open(HUGE, "w") as f:
                f.write(str(self.huge_before + want))
            with open(HUGE) as f:
                got = int(f.read()) - self.huge_before
        except OSError:
            got = 0
        if got < want:
            self.give_huge_pages_back()
            return False
        return True

    def give_huge_pages_back(self):
        if self.huge_before is not None:
            try:
                with open(HUGE, "w") as f:
                    f.write(str(self.huge_before))
            except OSError as e:
                print(f"{HUGE} stays as it is: {e}", file=sys.stderr)
            self.huge_before = None

    def fini(self):
        # Nothing cuts the giving back short.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for p in list(reversed(self.procs)):
            self.end(p)
        for ns in list(self.namespaces):
            self.drop_namespace(ns)
        for link in self.links:
            subprocess.run(["ip", "link", "del", link], capture_output=True)
        self.give_huge_pages_back()
        shutil.rmtree(self.dir, ignore_errors=True)
