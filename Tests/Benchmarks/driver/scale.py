"""The API with 1,000 and with 1,000,000 cameras: what 16 clients at once wait for an answer."""

import asyncio
import random
import statistics
import subprocess
import time

CLIENTS = 16
SIZES = (1_000, 1_000_000)

FILL = """
INSERT INTO cameras (name, labels, annotations, spec, resource_version)
SELECT 'cam-' || lpad(i::text, 7, '0'),
  jsonb_build_object('site', 's' || i % 100, 'floor', (i % 7)::text)
    || CASE WHEN i % 50000 = 17 THEN '{{"rare": "yes"}}'::jsonb ELSE '{{}}'::jsonb END,
  '{{}}',
  jsonb_build_object('type', 'rtsp', 'address', 'rtsp://10.0.0.1/' || i, 'transport',
    CASE WHEN i % 1000 = 3 THEN 'udp' ELSE 'tcp' END),
  i
FROM generate_series({first}, {last}) AS i;
UPDATE revision SET value = greatest(value, {last}), trimmed_through = greatest(value, {last});
ANALYZE cameras;
"""


def sql(database, text):
    subprocess.run(
        [str(database.bin / "psql"), database.url, "-q", "-v", "ON_ERROR_STOP=1", "-c", text],
        check=True)


async def client(port, head, path, until, waits):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.monotonic() < until:
        start = time.perf_counter()
        writer.write(f"GET {path()} HTTP/1.1\r\n{head}\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        fields = answer.decode().lower().split("\r\n")
        length = next(int(field.split(":")[1]) for field in fields if field.startswith("content-length"))
        await reader.readexactly(length)
        waits.append(time.perf_counter() - start)
    writer.close()


async def load(controller, path, seconds):
    head = f"Host: localhost\r\nAuthorization: Bearer {controller.token}\r\n"
    waits, until = [], time.monotonic() + seconds
    await asyncio.gather(
        *(client(controller.port, head, path, until, waits) for _ in range(CLIENTS)))
    waits.sort()
    return len(waits) / seconds, statistics.median(waits), waits[int(len(waits) * 0.99)]


def paths(size):
    name = lambda: f"cam-{random.randrange(1, size + 1):07d}"
    return {
        "get": lambda: f"/v1/cameras/{name()}",
        "list, first page": lambda: "/v1/cameras?limit=100",
        "list, one site of 100": lambda: f"/v1/cameras?limit=100&selector=site%3Ds{random.randrange(100)}",
        "list, a rare label": lambda: "/v1/cameras?limit=100&selector=rare%3Dyes",
        "list, a field": lambda: "/v1/cameras?limit=100&filter=spec.transport%3Dudp",
        "list, newest first": lambda: "/v1/cameras?limit=100&sort=-updated_at",
    }


def measure(controller, seconds):
    """Rows of milliseconds; the ratio is that of the p99 at a million to that at a thousand."""
    results, first = {}, 1
    for size in SIZES:
        sql(controller.database, FILL.format(first=first, last=size))
        first = size + 1
        for what, path in paths(size).items():
            asyncio.run(load(controller, path, 0.5))
            results[what, size] = asyncio.run(load(controller, path, seconds))
    print(f"\n{'16 clients, ms':<26}{'1,000 p50':>11}{'p99':>8}{'1,000,000 p50':>15}{'p99':>8}{'ratio':>8}")
    for what in paths(1):
        (_, small, small99), (_, large, large99) = (results[what, size] for size in SIZES)
        print(
            f"{what:<26}{small * 1e3:>11.2f}{small99 * 1e3:>8.2f}{large * 1e3:>15.2f}"
            f"{large99 * 1e3:>8.2f}{large99 / small99:>8.2f}")
    return []
