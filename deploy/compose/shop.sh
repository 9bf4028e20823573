#!/bin/sh
# The simulated shop of compose.demo.yaml: makes up a sale, and sends it at ten times real time. Only once, because
# whoever starts the containers again would otherwise send the same evening again, hours late.
set -eu
folder="$1"

if [ -e "$folder/sent" ]; then
    echo "this sale has been sent; to see it again: docker compose -p pharos-demo down --volumes, then up"
    exit 0
fi
pharos simulate --scenario double11 --profile demo --seed 2 --out "$folder/sale.jsonl"
touch "$folder/sent"
exec pharos replay "$folder/sale.jsonl" --speed 10
