"""What a record of another system costs to map, against JMESPath itself in the same run: `make bench-mapping`."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

import jmespath
import msgspec
from jmespath.visitor import Options

from benchmarks.table import goal, publish, table
from streams.events.vocabulary import SHIPPED
from streams.mapping.book import Mappings
from streams.mapping.functions import MappingFunctions
from streams.mapping.mapper import compile_mapping
from streams.mapping.rule import texts
from streams.mapping.times import Times
from streams.settings.mapping import MappingRule, MappingSettings

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 9
RECORDS = 3_000
PATHS_GOAL_US = 15.0
HARD_GOAL_US = 60.0
PATHS = MappingRule(
    when="financial_status == 'paid'",
    type="order.paid",
    id="join('-', ['paid', text(id)])",
    source="'/shop'",
    time="processed_at",
    subject="text(id)",
    data={
        "order_id": "text(id)",
        "amount": "number(total_price)",
        "payment_method": "payment_gateway_names[0]",
        "channel": "source_name",
        "region": "shipping_address.province_code",
    },
)
HARD = msgspec.structs.replace(
    PATHS,
    data={
        **PATHS.data,
        "amount": "sum(line_items[?taxable].number(price))",
        "sku": "max_by(line_items, &grams).sku",
        "category": "line_items[?vendor == 'V7'] | [0].product_type",
    },
)


def order() -> bytes:
    """An order of 5 kB, as shop systems send them."""
    lines = [
        {
            "id": 10**12 + number,
            "sku": f"SKU-{number}",
            "title": f"A thing of kind {number}",
            "vendor": f"V{number}",
            "price": "12.50",
            "quantity": 1,
            "grams": 100 * number,
            "taxable": number % 2 == 0,
            "product_type": "thing",
            "properties": [],
            "fulfillment_status": None,
            "tax_lines": [{"title": "VAT", "price": "2.00", "rate": 0.19}],
        }
        for number in range(17)
    ]
    address = {
        "first_name": "Jane",
        "last_name": "Roe",
        "address1": "1 Main St",
        "city": "Albany",
        "province_code": "NY",
    }
    whole = {
        "id": 820982911946154508,
        "name": "#1001",
        "financial_status": "paid",
        "total_price": "162.50",
        "note": None,
        "processed_at": "2026-11-11T00:00:01-05:00",
        "created_at": "2026-11-11T00:00:01-05:00",
        "updated_at": "2026-11-11T00:00:03-05:00",
        "checkout_token": "f0e1d2c3",
        "payment_gateway_names": ["visa"],
        "source_name": "web",
        "line_items": lines,
        "shipping_address": address,
        "billing_address": address,
        "customer": {"id": 1, **address},
    }
    return msgspec.json.encode(whole)


def by_jmespath(rule: MappingRule) -> Callable[[bytes], list[Any]]:
    """All expressions of a rule by JMESPath alone, on the decoded record; no event is made of what they find."""
    options = Options(custom_functions=MappingFunctions({}, {}, Times()))
    searches = [jmespath.compile(text).search for field, text in texts(rule) if field != "type"]

    def search_all(record: bytes) -> list[Any]:
        decoded = msgspec.json.decode(record)
        return [search(decoded, options) for search in searches]

    return search_all


def us_of(mapped: Callable[[bytes], Any], record: bytes) -> float:
    """CPU of one record, the median of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(RECORDS):
            mapped(record)
        rounds.append((time.process_time() - begun) / RECORDS * 1e6)
    return statistics.median(rounds)


def main() -> None:
    record = order()
    rows, found = [], {}
    for name, rule in (("nine plain paths", PATHS), ("filters, sums and the largest of an array", HARD)):
        mapper = compile_mapping("shop", MappingSettings(events=(rule,)), SHIPPED)
        found[name] = us_of(mapper.events, record)
        alone = us_of(by_jmespath(rule), record)
        rows.append([name, f"{found[name]:.1f}", f"{alone:.1f}", f"{alone / found[name]:.1f}"])
    shopify = Mappings.of({"shopify": MappingSettings()}, SHIPPED).by_name["shopify"].mapper
    name = "the 21 rules of the shipped mapping of Shopify: three events"
    rows.append([name, f"{us_of(shopify.events, record):.1f}", "", ""])
    plain, hard = found.values()
    goals = [
        goal(f"a record of 5 kB where plain paths suffice is mapped in {PATHS_GOAL_US:.0f} us", plain <= PATHS_GOAL_US),
        goal(f"with filters and sums in {HARD_GOAL_US:.0f} us", hard <= HARD_GOAL_US),
    ]
    head = [f"CPU us of an order of {len(record) / 1000:.1f} kB", "mapped, events made", "`jmespath` alone", "ratio"]
    publish("mapping", [*table(head, rows), "", *goals], [f"jmespath {jmespath.__version__}"])


if __name__ == "__main__":
    main()
