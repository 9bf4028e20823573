"""`python -m tests.support.shopify_shop --seed 1 --out DIR` writes shop.jsonl, truth.json and a body of each system."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.support.shopify_shop.shop import ShopifyShop

command = argparse.ArgumentParser(prog="shopify_shop")
command.add_argument("--seed", type=int, default=1)
command.add_argument("--checkouts-per-day", type=float, default=2400)
command.add_argument("--history-days", type=int, default=8)
command.add_argument("--out", type=Path, required=True)
flags = command.parse_args()
flags.out.mkdir(parents=True, exist_ok=True)
ShopifyShop(flags.seed, flags.checkouts_per_day, flags.history_days).write(flags.out)
