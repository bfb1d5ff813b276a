"""Does the channel layer pass on what it is given? Asked by the doctor, in a group of its own."""

import asyncio
import time
import uuid
from typing import NamedTuple

from .relay import crossing_layer

MESSAGES, PATIENCE = 200, 5.0


class Trip(NamedTuple):
    """What became of so many messages sent at once; `in_order`: as they were sent. `backend`: which layer."""

    backend: str
    sent: int
    arrived: int
    in_order: bool
    seconds: float


def round_trip() -> Trip | None:
    """None: the layer does not reach beyond this process. Raises what the layer raises."""
    layer = crossing_layer()
    return None if layer is None else asyncio.run(_trip(layer))


async def _trip(layer) -> Trip:
    group, begun, numbers = f"doctor-{uuid.uuid4().hex}", time.perf_counter(), []
    async with asyncio.timeout(2 * PATIENCE):
        channel = await layer.new_channel("doctor")
        await layer.group_add(group, channel)
        for number in range(MESSAGES):
            await layer.group_send(group, {"type": "doctor", "number": number})
        await _receive(layer, channel, numbers)
        await layer.group_discard(group, channel)
    seconds = time.perf_counter() - begun
    return Trip(type(layer).__name__, MESSAGES, len(numbers), numbers == sorted(numbers), seconds)


async def _receive(layer, channel: str, numbers: list[int]) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while len(numbers) < MESSAGES:
                numbers.append((await layer.receive(channel))["number"])
    except TimeoutError:
        return
