"""What the acting verbs need to know before an order is even read. Only words: completion loads this on every TAB."""

from __future__ import annotations

#: Which action stops an order, the one that says it best first.
STOPPING = ("refuse", "cancel", "refund")
#: The way of an order until it is sent.
ON_THE_WAY = ("new", "waiting_acceptance", "accepted", "waiting_shipment")
#: Statuses in which an order can still be stopped.
NOT_GONE = frozenset({*ON_THE_WAY, "pickup_to_prepare", "to_pickup"})
#: What marketplaces call the reason of an action, the usual name first.
REASONS = ("reason", "refund_reason", "cancel_reason", "reason_code")
#: Arguments whose value is one of the marketplace's carriers where they have no list of their own.
CARRIER_ARGUMENTS = ("carrier", "return_carrier")
