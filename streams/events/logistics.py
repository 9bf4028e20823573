"""Topic logistics."""

from __future__ import annotations

from streams.events.fields import Data, Dimension, Event, Flag, Time, Whole


class Parcel(Data):
    """What is known of a parcel. `part` numbers the parcels of one order from 1."""

    parcel_id: str
    order_id: str | None = None
    part: Whole = None
    carrier: Dimension = ""
    warehouse: Dimension = ""
    origin: Dimension = ""
    region: Dimension = ""
    store: Dimension = ""
    reason: Dimension = ""
    paid_at: Time = None
    promised_at: Time = None
    collected_at: Time = None
    previous_scan_at: Time = None
    eta: Time = None
    first_eta: Time = None
    notified: Flag = None


class ParcelEvent(Event):
    """What all events of the topic share."""

    data: Parcel


class ParcelCollected(ParcelEvent, tag="parcel.collected"):
    """The carrier collected the parcel."""


class ParcelScanned(ParcelEvent, tag="parcel.scanned"):
    """The parcel passed a point of the network."""


class ParcelOutForDelivery(ParcelEvent, tag="parcel.out_for_delivery"):
    """The parcel is with the courier."""


class ParcelDelivered(ParcelEvent, tag="parcel.delivered"):
    """The parcel arrived."""


class ParcelAttemptFailed(ParcelEvent, tag="parcel.attempt_failed"):
    """A delivery attempt failed."""


class ParcelDamaged(ParcelEvent, tag="parcel.damaged"):
    """The parcel is damaged."""


class ParcelLost(ParcelEvent, tag="parcel.lost"):
    """The parcel is given up."""


class ParcelEtaChanged(ParcelEvent, tag="parcel.eta_changed"):
    """The expected arrival changed from `first_eta` to `eta`."""


EVENTS = (
    ParcelCollected,
    ParcelScanned,
    ParcelOutForDelivery,
    ParcelDelivered,
    ParcelAttemptFailed,
    ParcelDamaged,
    ParcelLost,
    ParcelEtaChanged,
)
