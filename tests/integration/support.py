"""What the integration tests share: the program as a process, its HTTP documents and the emulators' control sockets."""

import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time

PROGRAM = os.environ["GRIDPILOT_PROGRAM"]


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*arguments, timeout=60, **more):
    """Runs a command to its end; its output is text."""
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **more)


def wait_for(condition, seconds, what):
    """The first true value of `condition`, asked again until it is true; fails with `what` after the time."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        pause.wait(0.02)


class Process:
    """The program running; ended at the end of the `with` block. What it says is in `log`."""

    def __init__(self, *arguments):
        self._log = tempfile.TemporaryFile("w+")
        self.child = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=self._log,
                                      stderr=self._log, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self._log.close()

    @property
    def log(self):
        self._log.seek(0)
        return self._log.read()

    def stop(self, seconds=10):
        """SIGTERM; the exit code and how long it took."""
        begin = time.monotonic()
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(seconds), time.monotonic() - begin

    def kill(self):
        self.child.kill()
        self.child.wait()


def get(port, path, timeout=5, headers=None):
    """(status, headers, body); status 0 where nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    except OSError as nothing:
        return 0, {}, str(nothing).encode()
    finally:
        connection.close()


def document(port, path):
    """A JSON document; None where it is not there."""
    status, _, body = get(port, path)
    return json.loads(body) if status == 200 else None


def healthy(port, seconds=60, process=None):
    def look():
        if process is not None and process.child.poll() is not None:
            raise AssertionError(f"ended with {process.child.returncode}: {process.log}")
        return get(port, "/healthz", 1)[0] == 200

    wait_for(look, seconds, "healthy")


def ask_emulator(path, question):
    """One line to the emulator's control socket, one back."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(path)
        s.sendall(json.dumps(question).encode() + b"\n")
        return json.loads(s.makefile().readline())
