"""Our MQTT wrapper beside raw paho, QoS 1, same broker and same run: messages a second, CPU, latency, idle CPU.

`run() -> dict`, `table(result) -> str`; `python -m tests.benchmarks.bench_mqtt` prints both.
"""

import asyncio
import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion

from devices.mqtt import Broker, Mqtt
from tests.mosquitto import Mosquitto, mosquitto

PAYLOAD = b"x" * 300
WINDOW = 100
LIMITS = "max_inflight_messages 200\nmax_queued_messages 100000"


def run(messages: int = 20_000, seconds: float = 10.0) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder) / "broker", LIMITS) as broker:
        result: dict[str, Any] = {"messages": messages, "payload_bytes": len(PAYLOAD)}
        for window in (1, WINDOW):
            count = messages // 10 if window == 1 else messages
            result[f"raw_paho_window_{window}"] = raw_paho(broker, count, window)
            result[f"wrapper_window_{window}"] = asyncio.run(wrapper(broker, count, window))
        for rate in (50, 1000):
            result[f"raw_paho_latency_{rate}"] = raw_latency(broker, rate, seconds)
            result[f"wrapper_latency_{rate}"] = asyncio.run(latency(broker, rate, seconds))
        result["wrapper_idle_cpu_percent"] = asyncio.run(idle(broker, seconds))
    result["wrapper_of_raw"] = (
        result[f"wrapper_window_{WINDOW}"]["per_second"] / result[f"raw_paho_window_{WINDOW}"]["per_second"]
    )
    return result


def table(result: dict[str, Any]) -> str:
    lines = ["publish to PUBACK             msg/s   CPU us/msg"]
    for window in (1, WINDOW):
        for who in ("raw_paho", "wrapper"):
            row = result[f"{who}_window_{window}"]
            lines.append(f"{who:10} window {window:<4} {row['per_second']:14,.0f} {row['cpu_us']:12.0f}")
    lines.append("publish to subscriber        p50 ms   p99 ms   CPU ms per 1000 (both ends)")
    for rate in (50, 1000):
        for who in ("raw_paho", "wrapper"):
            row = result[f"{who}_latency_{rate}"]
            lines.append(
                f"{who:10} {rate:>5}/s {row['p50_ms']:16.2f} {row['p99_ms']:8.2f} {row['cpu_ms_per_1000']:12.0f}"
            )
    lines.append(f"wrapper idle: {result['wrapper_idle_cpu_percent']:.2f} % of a core")
    lines.append(f"wrapper / raw paho at window {WINDOW}: {result['wrapper_of_raw']:.2f}")
    return "\n".join(lines)


def _rate(count: int, wall: float, cpu: float) -> dict[str, float]:
    return {"per_second": count / wall, "cpu_us": cpu / count * 1e6}


def _latencies(seconds: list[float], cpu: float) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": ordered[len(ordered) // 2] * 1e3,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1e3,
        "cpu_ms_per_1000": cpu / len(ordered) * 1e6,
    }


def _paho(broker: Mosquitto, name: str) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTv5)
    client.max_inflight_messages = 0
    up = threading.Event()
    client.on_connect = lambda *_: up.set()
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert up.wait(30)
    return client


def raw_paho(broker: Mosquitto, count: int, window: int) -> dict[str, float]:
    """paho as its documentation shows it: its own thread, a semaphore for the window."""
    client, room = _paho(broker, "raw"), threading.Semaphore(window)
    client.on_publish = lambda *_: room.release()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        room.acquire()
        client.publish("bench/raw", PAYLOAD, qos=1)
    for _ in range(window):
        room.acquire()
    taken = _rate(count, time.perf_counter() - wall, time.process_time() - cpu)
    client.disconnect()
    client.loop_stop()
    return taken


async def wrapper(broker: Mosquitto, count: int, window: int) -> dict[str, float]:
    settings = Broker(port=broker.port, client_id="wrapped", window=window)
    async with Mqtt(settings) as mqtt:
        await mqtt.connected()
        wall, cpu = time.perf_counter(), time.process_time()
        sent = 0
        answers: list[asyncio.Future[int]] = []
        while sent < count:
            free = min(await mqtt.room(), count - sent)
            answers = [mqtt.publish("bench/wrapped", PAYLOAD) for _ in range(free)]
            sent += free
        while mqtt.in_flight:
            await asyncio.wait(answers)
        return _rate(count, time.perf_counter() - wall, time.process_time() - cpu)


def raw_latency(broker: Mosquitto, rate: int, seconds: float) -> dict[str, float]:
    """Two paho clients with a thread each, one process; the body carries the instant of its publish."""
    count, taken, done = int(rate * seconds), list[float](), threading.Event()
    subscriber, publisher = _paho(broker, "raw-sub"), _paho(broker, "raw-pub")
    ready = threading.Event()

    def heard(_client: object, _data: object, message: Any) -> None:
        taken.append(time.perf_counter() - float(message.payload))
        if len(taken) >= count:
            done.set()

    subscriber.on_message = heard
    subscriber.on_subscribe = lambda *_: ready.set()
    subscriber.subscribe("bench/raw-latency", qos=1)
    assert ready.wait(30)
    cpu, start = time.process_time(), time.perf_counter()
    for number in range(count):
        time.sleep(max(0.0, start + number / rate - time.perf_counter()))  # the pace of the load, not a wait for it
        publisher.publish("bench/raw-latency", repr(time.perf_counter()), qos=1)
    assert done.wait(60)
    result = _latencies(taken, time.process_time() - cpu)
    for client in (subscriber, publisher):
        client.disconnect()
        client.loop_stop()
    return result


async def latency(broker: Mosquitto, rate: int, seconds: float) -> dict[str, float]:
    count, taken = int(rate * seconds), list[float]()
    async with (
        Mqtt(
            Broker(port=broker.port, client_id="lat-sub", session_seconds=0), subscribe=["bench/latency"]
        ) as subscriber,
        Mqtt(Broker(port=broker.port, client_id="lat-pub")) as publisher,
    ):
        await subscriber.connected()
        await publisher.connected()

        async def listen() -> None:
            while len(taken) < count:
                for message in await subscriber.take():
                    taken.append(time.perf_counter() - float(message.payload))
                    subscriber.ack(message)

        cpu, start = time.process_time(), time.perf_counter()
        listening = asyncio.create_task(listen())
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
            await publisher.room()
            publisher.publish("bench/latency", repr(time.perf_counter()).encode())
        await asyncio.wait_for(listening, 60)
        return _latencies(taken, time.process_time() - cpu)


async def idle(broker: Mosquitto, seconds: float) -> float:
    async with Mqtt(Broker(port=broker.port, client_id="idle")) as mqtt:
        await mqtt.connected()
        cpu = time.process_time()
        await asyncio.sleep(seconds)  # what is measured is what happens in it: nothing
        return (time.process_time() - cpu) / seconds * 100


if __name__ == "__main__":
    outcome = run()
    print(json.dumps(outcome, indent=1))
    print(table(outcome))
