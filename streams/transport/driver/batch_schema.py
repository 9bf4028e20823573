"""How Faust turns the driver's messages into events: it does not, values stay as they are."""

from __future__ import annotations

from typing import Any

from faust.serializers.schemas import Schema


class BatchSchema(Schema):
    """Schema of topics read through the batch driver: no codec, no model, nothing that can fail on bad bytes."""

    def compile(self, app: Any, **_options: Any) -> Any:
        create_event = app.create_event

        async def decode(message: Any, *, propagate: bool = False) -> Any:  # noqa: ARG001 - Faust's signature
            return create_event(None, message.value, message.headers, message)

        return decode
