"""Acts once on each anomaly that opens, and says so: python subscriber.py localhost:19092 (aiokafka, orjson)."""

import asyncio
import sys
import uuid
from datetime import UTC, datetime

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer


async def subscribe(broker: str, group: str = "desk-subscriber") -> None:
    options = {"group_id": group, "auto_offset_reset": "earliest", "isolation_level": "read_committed"}
    consumer = AIOKafkaConsumer("pharos-anomalies", bootstrap_servers=broker, enable_auto_commit=False, **options)
    seen: dict[str, None] = {}  # the last ids: a record may come again
    async with consumer, AIOKafkaProducer(bootstrap_servers=broker) as producer:
        async for record in consumer:
            event = orjson.loads(record.value)
            if event["type"] == "pharos.anomaly.opened" and event["id"] not in seen:
                print(event["data"]["summary"], flush=True)  # here your system acts
                await producer.send_and_wait("pharos-actions", orjson.dumps(taken(event)), key=record.key)
            seen = dict(list(seen.items())[-9_999:]) | {event["id"]: None}
            await consumer.commit()


def taken(event: dict) -> dict:
    attributes = {"specversion": "1.0", "source": "/desk", "type": "pharos.action.taken", "subject": event["subject"]}
    attributes |= {"id": str(uuid.uuid5(uuid.NAMESPACE_URL, event["id"])), "time": datetime.now(UTC).isoformat()}
    data = {"action": "customers.told", "actor": "desk", "detected_at": event["data"]["detected_at"]}
    return attributes | {"data": data}


if __name__ == "__main__":
    asyncio.run(subscribe(sys.argv[1]))
