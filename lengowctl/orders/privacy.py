"""An order without its buyer: what stays when the data has to go."""

from __future__ import annotations

from dataclasses import replace

from lengowctl.orders.model import Address, Order


def without_buyer(order: Order) -> Order:
    """The same order without the buyer's names, addresses, e-mail, phones, numbers and words.

    The countries stay (they decide on tax and on statistics), and so do goods, amounts, parcels and tracking.
    """
    return replace(
        order,
        packages=tuple(replace(package, delivery=_country(package.delivery)) for package in order.packages),
        billing=_country(order.billing),
        payments=tuple(replace(payment, vat_number=None) for payment in order.payments),
        customer_id=None,
        comments=(),
    )


def _country(address: Address | None) -> Address | None:
    return None if address is None else Address(country=address.country)
