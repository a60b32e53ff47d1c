"""Screens, rows and orders to show: ordinary ones and hostile ones."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lengowctl.orders.marketplace import Action, Argument, Marketplace
from lengowctl.orders.model import Address, Document, Line, Order, OrderType, Package, Parcel, Payment
from lengowctl.orders.reference import UNSEEN
from lengowctl.output.columns import Stored
from lengowctl.output.screen import Screen
from lengowctl.output.sheet import Sheet
from lengowctl.output.sheet_story import SentAction
from lengowctl.output.text import width

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")

#: Every code point that steers a terminal or cannot be seen, lone surrogates among them.
DANGEROUS = re.findall(f"[{UNSEEN}]", "".join(map(chr, range(0x110000))))
#: The same with only the first and the last of the two thousand surrogates, for what takes its time.
DANGEROUS_FEW = [char for char in DANGEROUS if not "\ud800" < char < "\udfff"]
MARKUP = "[bold]x[/] [/] [link=https://evil.example]y[/link] :smile: $(reboot) \\"
HOSTILE = f"\x1b[31mred\x1b]0;title\x07 \u202egnihton\u202c \x9b2J {MARKUP} \u200b日本語 👩‍👩‍👧\r\n\ttab"

_UNSAFE = re.compile(f"[{UNSEEN}]")
_OURS = re.compile(r"\x1b\[[0-9;]*m")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def screen(width: int = 80, *, tty: bool = True, color: bool = False) -> Screen:
    return Screen(NOW, PARIS, width, tty, color)


def terminal() -> io.StringIO:
    return io.StringIO(newline="")


def unsafe(written: str, allowed: str = "\n") -> list[str]:
    """The dangerous characters in what was written, our own colours and the `allowed` ones aside."""
    return sorted({char for char in _UNSAFE.findall(_OURS.sub("", written)) if char not in allowed})


def widest(written: str) -> int:
    """The cells of the widest line."""
    return max(map(width, _OURS.sub("", written).split("\n")))


#: Rows as `columns.asked(DEFAULT_TABLE)` wants them: the table's columns, then the currency.
ROWS: list[tuple[Stored, ...]] = [
    ("amazon_fr:403-1180092-5527741", "waiting_shipment", "2026-11-21T13:05:11Z", "2026-11-23T14:00:00Z", "90.60", 3,
     "Élodie Fontaine", "FR", "EUR"),
    ("cdiscount:2611210935XK4J", "waiting_acceptance", "2026-11-21T07:00:00Z", "2026-11-23T07:00:00Z", "1249.00", 1,
     "Jean-Baptiste de la Tour d'Auvergne", "FR", "EUR"),
    ("zalando_fr:10105083492214", "shipped", "2026-11-20T10:00:00Z", None, "130.00", 2, "佐藤 さくら", "DE", "EUR"),
    ("kaufland_de:MXW7K2", "on_the_moon", "2025-11-19T12:00:00Z", None, "18900", 1, None, "NO", "JPY"),
    ("bol:A1", "closed", None, None, None, 0, "", None, None),
]  # fmt: skip

ADDRESS = Address(
    civility="Mme",
    full_name="Élodie Fontaine",
    first_line="12 rue des Lilas",
    second_line="Bâtiment C",
    zipcode="75011",
    city="Paris",
    country="FR",
    phone_mobile="+33 6 12 34 56 78",
    email="b7xk2p@marketplace.example",
)
OFFICE = Address(
    company="Fontaine & Filles SARL",
    full_name="Élodie Fontaine",
    first_line="4 avenue du Général Leclerc",
    zipcode="69003",
    city="Lyon",
    country="FR",
    email="compta@fontaine.example",
    vat_number="FR40303265045",
)


def item(
    line_id: str,
    title: str | None,
    quantity: int,
    amount: str | None,
    *,
    sku: str | None = "MUG-1",
    status: str | None = "waiting_shipment",
    due: str | None = None,
    refunded: str | None = None,
) -> Line:
    return Line(
        line_id=line_id,
        sku=sku,
        marketplace_product_id=None,
        title=title,
        quantity=quantity,
        amount=Decimal(amount) if amount else None,
        tax=None,
        shipping=None,
        refunded_amount=Decimal(refunded) if refunded else None,
        original_amount=None,
        status=status,
        marketplace_status=None,
        due_at=at(due) if due else None,
    )


@dataclass(frozen=True)
class Seen:
    """A change that a sync saw."""

    at: datetime
    field: str
    old: str | None
    new: str | None
    line_id: str | None = None


LAMP = "Standing lamp in solid oak with a linen shade, dimmable, with foot switch and two spare bulbs, 165 cm"
ORDER = Order(
    marketplace="amazon_fr",
    order_id="403-1180092-5527741",
    status="waiting_shipment",
    marketplace_status="PartiallyShipped",
    ordered_at=at("2026-11-21T13:05"),
    imported_at=at("2026-11-21T13:20"),
    updated_at=at("2026-11-22T18:45"),
    total=Decimal("1190.60"),
    currency="EUR",
    original_total=Decimal("1021.35"),
    original_currency="GBP",
    shipping=Decimal("10.00"),
    tax=Decimal("198.43"),
    commission=Decimal("101.20"),
    discount=None,
    processing_fee=None,
    merchant_order_ids=("WEB-10045", "WEB-10046"),
    packages=(
        Package(
            (
                item("05221-1", "Blue mug, hand made", 2, "45.30", due="2026-11-23T14:00"),
                item("05221-2", LAMP, 1, "1129.00", sku="LAMP-XL", due="2026-11-25T22:59"),
            ),
            ADDRESS,
        ),
        Package(
            (item("05221-3", "Greeting card", 12, "6.30", sku="CARD-5", status="shipped", refunded="1.05"),),
            ADDRESS,
            (
                Parcel(
                    carrier="Colissimo",
                    method="Domicile",
                    tracking_number="6A12345678901",
                    tracking_url="https://www.laposte.example/suivre?code=6A12345678901",
                    shipped_at=at("2026-11-22T16:00"),
                    relay_id="012345",
                    relay_name="Tabac de la Gare",
                    by_marketplace=False,
                    line_ids=("05221-3",),
                ),
            ),
        ),
    ),
    billing=OFFICE,
    types=(OrderType("is_prime", "Prime"), OrderType("is_business", None)),
    anonymized=False,
    comments=("Please ring twice.",),
    payments=(Payment("card", "settled", at("2026-11-21T13:06"), "pay_8832110"),),
    documents=(Document("delivery note", "https://docs.example/1234.pdf"),),
    invoice_number="INV-1102",
)
CARRIERS = tuple((name, name.title()) for name in ("COLISSIMO", "CHRONOPOST", "DPD", "GLS", "UPS", "TNT"))
SHIP = Action(
    "ship",
    ("waiting_shipment",),
    (
        Argument("carrier", True, "string", CARRIERS, free=False),
        Argument("tracking_number", True, "string"),
        Argument("line", False, "line_number"),
    ),
)
CANCEL = Action("cancel", ("waiting_shipment",), (Argument("reason", False, "string", (("NoInventory", "No stock"),)),))
SHEET = Sheet(
    ORDER,
    due_at=at("2026-11-23T14:00"),
    synced_at=at("2026-11-23T08:52"),
    marketplace_name="Amazon France",
    read_every=timedelta(hours=1),
    allowed=(SHIP, CANCEL),
    events=(
        Seen(at("2026-11-21T13:20"), "status", "new", "waiting_shipment"),
        Seen(at("2026-11-22T16:05"), "line_status", "waiting_shipment", "shipped", "05221-3"),
        Seen(at("2026-11-22T18:45"), "due_at", "2026-11-24T14:00:00Z", "2026-11-23T14:00:00Z"),
    ),
    actions=(
        SentAction(at("2026-11-22T15:58"), 1, "ship", "done", (("line", "05221-3"), ("carrier", "Colissimo"))),
        SentAction(at("2026-11-22T15:59"), 2, "refund", "rejected", answer="Amount exceeds what is left"),
    ),
)
MARKET = Marketplace(
    code="amazon_fr",
    name="Amazon France",
    country="FR",
    statuses=(("waiting_shipment", ("Unshipped", "PartiallyShipped")), ("odd", ())),
    actions=(SHIP, CANCEL, Action("refund", (), ())),
    carriers=CARRIERS,
    shipping_methods=(("STD", "Standard"),),
    homepage="https://www.amazon.example",
    unknown=("the status map holds a number",),
)


def hostile_order(text: str) -> Order:
    """An order whose every text is `text`."""
    address = Address(**dict.fromkeys(Address.__dataclass_fields__, text))
    parcel = Parcel(text, text, text, f"https://a.example/{text}", NOW, text, text, False, (text,))
    line = Line(
        line_id=text, sku=text, marketplace_product_id=text, title=text, quantity=1, amount=Decimal(1), tax=None,
        shipping=None, refunded_amount=Decimal(1), original_amount=None, status=text, marketplace_status=text,
        due_at=NOW, category=text, types=(OrderType(text, text),), documents=(Document(text, text),),
    )  # fmt: skip
    return Order(
        marketplace=text, order_id=text, status=text, marketplace_status=text, ordered_at=NOW, imported_at=None,
        updated_at=NOW, total=Decimal(1), currency=text, original_total=Decimal(2), original_currency=text + "2",
        shipping=None, tax=None, commission=None, discount=None, processing_fee=None, merchant_order_ids=(text,),
        packages=(Package((line,), address, (parcel,)), Package((line,), address)), billing=address,
        types=(OrderType(text, text),), anonymized=True, customer_id=text, comments=(text,),
        payments=(Payment(text, text, NOW, text, text),), documents=(Document(text, text),), invoice_number=text,
        invoice_url=text,
    )  # fmt: skip


def hostile_action(text: str) -> Action:
    pairs = ((text, text), (text + "2", ""))
    many = tuple((f"{text}{number}", text) for number in range(12))
    return Action(text, (text,), (Argument(text, True, text, pairs, default=text), Argument(text, False, text, many)))


def hostile_market(text: str) -> Marketplace:
    """A marketplace whose every text is `text`."""
    pairs = ((text, text), (text + "2", ""))
    return Marketplace(
        code=text, name=text, country=text, statuses=((text, (text,)),), actions=(hostile_action(text),),
        carriers=pairs, shipping_methods=pairs, homepage=f"https://x.example/{text}", description=text,
        features=(text,), legacy_code=text + "2", unknown=(text,),
    )  # fmt: skip


def hostile_sheet(text: str) -> Sheet:
    """A sheet whose every text is `text`."""
    return Sheet(
        hostile_order(text),
        due_at=NOW,
        synced_at=NOW,
        marketplace_name=text,
        read_every=timedelta(hours=1),
        allowed=(hostile_action(text),),
        events=(Seen(NOW, text, text, text, text),),
        actions=(SentAction(NOW, 3, text, text, ((text, text),), text),),
    )
