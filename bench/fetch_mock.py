"""A source for bench/fetch.sh: answers every question after 300 ms with 100 kB of JSON. Prints its port."""

import asyncio
import json

from aiohttp import web

LATENCY_S = 0.3
BODY = json.dumps({"value": [{"dtime": f"2026-11-25 {n // 4 % 24:02}:{n % 4 * 15:02}", "price": 400.0 + n % 97}
                             for n in range(2000)]}).encode()


async def answer(_request):
    await asyncio.sleep(LATENCY_S)
    return web.Response(body=BODY, content_type="application/json")


async def main():
    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
