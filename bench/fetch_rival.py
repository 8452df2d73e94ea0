"""The same as bench_fetch with aiohttp: eight questions at once on one loop, ROUNDS times; the longest step of the loop
by its thread's processor time. Bodies are received whole and neither read nor kept."""

import asyncio
import statistics
import sys
import time

import aiohttp

SOURCES = 8


class Steps:
    """Measures every callback of the loop, as net/loop_monitor does."""

    def __init__(self):
        self.longest = 0.0
        run = asyncio.events.Handle._run

        def measured(handle):
            begun = time.thread_time()
            run(handle)
            self.longest = max(self.longest, time.thread_time() - begun)

        asyncio.events.Handle._run = measured


async def ask(session, url):
    async with session.get(url) as response:
        response.raise_for_status()
        return len(await response.read())


async def main(origin, rounds, steps):
    times = []
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for number in range(rounds + 1):
            begun = time.monotonic()
            await asyncio.gather(*(ask(session, f"{origin}/source-{n}") for n in range(SOURCES)))
            times.append((time.monotonic() - begun) * 1000)
    print(f"aiohttp {aiohttp.__version__}: first round {times[0]:.1f} ms, median {statistics.median(times[1:]):.1f} ms, "
          f"worst {max(times[1:]):.1f} ms; longest step {steps.longest * 1000:.2f} ms of CPU")


asyncio.run(main(sys.argv[1], int(sys.argv[2]), Steps()))
