"""The service around the journeys: what customers are told and promised, who works on what they complain about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.simulate import case, casework, closures, complaints, messages, notices, payments, promises
from streams.simulate.customers import Customers
from streams.simulate.extra_fields import extended
from streams.simulate.owners import Owners
from streams.simulate.returns import returns
from streams.simulate.told import told

if TYPE_CHECKING:
    from streams.simulate.block import Block
    from streams.simulate.sale import Draw, Sale

SESSIONS_OF_CUSTOMER = 2.0  # on average, in the weeks that are played


def play(draw: Draw, sale: Sale, to_ms: int) -> tuple[list[Block], list[Block]]:
    """The events of the journeys with all their fields, and the events of the service; both with their customers.

    Each part draws from a generator of its own, so that the journeys stay as they are.
    """
    orders, parcels, contacts = sale.orders, sale.parcels, sale.contacts
    said = told(draw("told"), contacts, orders, parcels)
    back = returns(draw("returns"), sale.refunds, orders)
    customers = Customers(draw("customers"), max(1, int(len(sale.started) / SESSIONS_OF_CUSTOMER)))
    owners = Owners(draw("owners"), customers, sale)
    blocks = [
        *payments.play(draw("payments"), orders),
        *messages.play(draw("messages"), contacts, said),
        *notices.play(draw("notices"), orders, parcels),
    ]
    contact, events = promises.play(draw("promises"), contacts, said, parcels)
    owners.add("PM", contacts.order[contact], contact)
    blocks += events
    made, events = complaints.play(draw("complaints"), contacts, orders, parcels, to_ms)
    owners.add("FC-", made.order, made.contact)
    blocks += events
    cases = case.opened(draw("cases"), contacts, orders, made)
    closed, events = casework.play(draw("casework"), cases)
    owners.add("CS", cases.order, cases.contact)
    blocks += events
    *opinions, mentions = sale.voices
    drawn = draw("closures")
    blocks += [closures.closed(drawn, voices) for voices in (*opinions, mentions)]
    blocks.append(closures.answered(drawn, mentions))
    blocks.append(closures.of_complaints(made, closed))
    journeys = extended(draw("extra fields"), sale, said, back)
    return [owners.name(block) for block in journeys], [owners.name(block) for block in blocks]
