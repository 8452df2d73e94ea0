#!/usr/bin/env python3
"""usage: whole_program.py PROGRAM: what starting, a simulated history and running cost, from outside.

Prints a table: start to first decision, two days of history, resident memory of the demo and of the daemon alone.
"""

import http.client
import pathlib
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_healthy(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def seconds_to_health(port, limit=60):
    begin, pause = time.monotonic(), threading.Event()
    while time.monotonic() - begin < limit:
        if is_healthy(port):
            return time.monotonic() - begin
        pause.wait(0.005)
    sys.exit("not healthy in time")


def resident_mb(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024


def start(*arguments):
    return subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(15)


def demo(program, days):
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        child = start(program, "demo", "--port", str(port), "--history-days", str(days), "--data", folder)
        seconds = seconds_to_health(port)
        memory = resident_mb(child.pid)
        stop(child)
        return seconds, memory


def daemon(program, minutes):
    """Resident memory of the daemon alone, after some minutes at its usual cycle against emulators in other processes."""
    with tempfile.TemporaryDirectory() as folder:
        port, market, inverter = free_port(), free_port(), free_port(socket.SOCK_DGRAM)
        config = pathlib.Path(folder) / "home.yaml"
        config.write_text(f"inverter:\n  address: 127.0.0.1\n  port: {inverter}\nbattery:\n  capacity: 10 kWh\n"
                          f"tariff:\n  contract: tauron-g12w\nprices:\n  url: http://127.0.0.1:{market}/api\n"
                          f"cycle: 5 s\nrequire_synchronised_clock: false\napi:\n  listen: 127.0.0.1:{port}\n"
                          f"data: {folder}/state\n")
        others = [start(program, "emulate", "goodwe", "--family", "ET", "--listen", f"127.0.0.1:{inverter}"),
                  start(program, "emulate", "market", "--listen", f"127.0.0.1:{market}")]
        log = tempfile.TemporaryFile("w+")
        child = subprocess.Popen([program, "run", "--config", str(config)], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=log)
        seconds_to_health(port)
        threading.Event().wait(60 * minutes)
        memory = resident_mb(child.pid)
        for process in [child, *others]:
            stop(process)
        log.seek(0)
        ended = next(line for line in log if "loop_handlers" in line)
        loop = {key: float(value) for key, value in re.findall(r"loop_(\w+)=([0-9.e-]+)", ended)}
        return memory, loop


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = sys.argv[1]
    first = [demo(program, 0) for _ in range(5)]
    history = [demo(program, 2) for _ in range(3)]
    alone, loop = daemon(program, 1)
    print("| what | figure | to reach |\n|---|---:|---:|")
    print(f"| start to first decision (`demo --history-days 0`, median of 5) | {statistics.median(s for s, _ in first) * 1000:.0f} ms | ≤ 300 ms |")
    print(f"| two days of history (median of 3) | {statistics.median(s for s, _ in history):.1f} s | ≤ 8 s |")
    print(f"| resident memory of the demo with its emulators, after two days | {max(m for _, m in history):.1f} MB | ≤ 40 MB |")
    print(f"| resident memory of `gridpilot run` | {alone:.1f} MB | ≤ 30 MB |")
    print(f"| its longest handler, of {loop['handlers']:.0f}, CPU time | {loop['longest_handler_cpu_ms']:.2f} ms | ≤ 5 ms |")
    print(f"| its loop late by, p99.9, wall | {loop['late_p999_ms']:.2f} ms | |")


if __name__ == "__main__":
    main()
