"""The way of every acting verb: what is meant, is it allowed, does a person agree, written down, sent, told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain

from lengowctl.cli.acting import consent
from lengowctl.cli.acting.broken_off import tell_rest
from lengowctl.cli.acting.input import gather
from lengowctl.cli.acting.lot import Lot
from lengowctl.cli.acting.options import Named, OrderFilters, Sending, Wanted
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.telling import Teller, check_report
from lengowctl.cli.acting.weighing import Scales
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store
from lengowctl.connectors.base import Reading
from lengowctl.errors import LengowctlError
from lengowctl.orders.check import Refusal
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reason import About
from lengowctl.orders.repayment import AMOUNT
from lengowctl.outbox.follow import OPEN_AT_SOURCE
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.settings import Stop
from lengowctl.outbox.told import Result, Told
from lengowctl.output.words import counted
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents

_KINDS, _PLACES = 8, 5
_UNANSWERED = (Result.SENT, Result.ALREADY_DONE)


def act(
    runtime: Runtime,
    named: Named,
    filters: OrderFilters,
    wanted: Wanted,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Carry out one action on all orders that are meant. Raises by the outcome, see `Teller.fault`."""
    output.chosen(runtime)
    store = read_store(runtime)
    scales = Scales(
        runtime,
        store,
        runtime.intents(store, wanted.action),
        force_tracking=wanted.force_tracking,
        again=sending.again,
    )
    lot = scales.weigh(gather(runtime, store, named, filters, wanted, scales.marketplaces))
    carry_out(runtime, scales, lot, sending, output, wanted.action)


def carry_out(
    runtime: Runtime,
    scales: Scales,
    lot: Lot,
    sending: Sending,
    output: ResultsOutput,
    command: str,
    *,
    notice: str = "",
) -> None:
    """Show, write down or send what was weighed. `notice` stands before the question."""
    if not (lot.ready or lot.failed):
        say = runtime.printer.say if lot.left_out or lot.not_offered else runtime.printer.note
        say(f"nothing to do{_left_out(lot)}")
        return
    tell_warnings(runtime, lot, {marketplace.name for marketplace in scales.marketplaces.values()})
    if sending.dry_run:
        show(runtime, lot, sending, output, command)
    elif sending.plan is not None:
        from lengowctl.cli.acting.plans import write_plan

        write_plan(runtime, scales, lot, sending, output, command)
    else:
        Run(runtime, scales, sending, output, command).send(lot, notice)


def show(runtime: Runtime, lot: Lot, sending: Sending, output: ResultsOutput, command: str) -> None:
    """Each request as it would be sent, and each refusal. Nothing is written."""
    stop = Stop()
    rows = lot.foretold()
    teller = Teller(runtime, output, stop, expected=0, refs=_widest(rows))
    with teller.reporting(sending.report):
        teller.tell_all(rows)
        teller.end()
        over = consent.over_cap(runtime, lot.leaving, sending.max_orders)
        if over:
            runtime.printer.warn(f"a run would stop here: {over.said}")
        runtime.printer.say(teller.summary(f"{command}, dry run", _left_out(lot)))
        _raise(teller.fault())


def tell_warnings(runtime: Runtime, lot: Lot, names: Iterable[str] = ()) -> None:
    """What the checks had to say without refusing: each sentence once, with how many orders it is about; one that
    holds for several marketplaces (of these `names`) once for all of them."""
    told = list(_said_once(lot.warnings, sorted(names, key=len, reverse=True)))
    for sentence in told[:_KINDS]:
        runtime.printer.warn(sentence)
    if len(told) > _KINDS:
        more = counted(len(told) - _KINDS, "other warning")
        runtime.printer.warn(f"and {more}; --dry-run of a few orders shows all")


def _said_once(warnings: Counter[str], names: Sequence[str]) -> Iterator[str]:
    """The commonest first; sentences that differ only in the marketplace that they begin with are one."""
    alike: dict[str, list[tuple[str, int]]] = {}
    for sentence, number in warnings.most_common():
        place = next((name for name in names if sentence.startswith(f"{name} ")), "")
        alike.setdefault(sentence.removeprefix(place), []).append((place, number))
    for rest, ((place, number), *others) in alike.items():
        many = f" ({number:,} orders)" if number > 1 else ""
        named = ", ".join(f"{name} ({number:,})" for name, number in others[:_PLACES])
        more = f" and {counted(len(others) - _PLACES, 'more marketplace')}" if len(others) > _PLACES else ""
        yield f"{place}{rest}{many}{f'; the same at {named}{more}' if others else ''}"


def _left_out(lot: Lot) -> str:
    parts = []
    if lot.left_out:
        parts.append(f"{lot.left_out:,} left out, their status does not allow it")
    if lot.not_offered:
        parts.append(f"{lot.not_offered:,} left out, their marketplace does not take it")
    if lot.repeated:
        parts.append(f"{lot.repeated:,} named twice, counted once")
    return f" ({'; '.join(parts)})" if parts else ""


@dataclass
class Run:
    """One sending run of the command line."""

    runtime: Runtime
    scales: Scales
    sending: Sending
    output: ResultsOutput
    command: str
    intents: Intents = field(init=False)

    def send(self, lot: Lot, notice: str = "") -> None:
        """Ask, write down, send, tell. Raises by the outcome."""
        runtime, sending = self.runtime, self.sending
        consent.refuse_read_only(runtime)
        if sending.report:
            check_report(sending.report)
        stop = Stop()
        store = runtime.store(write=True)
        outbox = runtime.outbox(store, self.command, stop=stop, check=self._object)
        self.intents = outbox.intents  # what is claimed in the same commit counts, too
        consent.refuse_frozen(runtime, outbox.frozen())
        consent.refuse_over_cap(runtime, lot.leaving, sending.max_orders)
        refs = max([*(len(told.ref) for told in lot.failed), *(len(ready.ref) for ready in lot.ready)], default=0)
        teller = Teller(runtime, self.output, stop, expected=len(lot.ready), refs=refs)
        with teller.reporting(sending.report):
            teller.tell_all(lot.failed)
            consent.confirm(runtime, lot.leaving, sending, notice)
            if lot.leaving and sending.hold is None:
                runtime.pin(store)
            with runtime.until(stop):
                raised, timed_out = self._work(outbox, lot, teller)
            self._end(outbox, teller, lot, quiet=raised is not None)
            if sending.again and (raised or stop.asked):
                runtime.printer.warn("leave out --again to go on: with it, what was sent just now would be sent twice")
            _raise(teller.fault(stopped=stop.asked and not teller.closed, raised=raised, timed_out=timed_out))

    def _work(self, outbox: Outbox, lot: Lot, teller: Teller) -> tuple[LengowctlError | None, int]:
        """Plan and send. What kept the run from going on, and how many still wait for an answer."""
        sending = self.sending
        requests = [request for ready in lot.ready for request in ready.requests]
        until = self.runtime.now() + sending.hold if sending.hold else None
        planned = outbox.plan(
            requests, note=sending.note_text, hold_until=until, again=sending.again, as_of=self.scales.as_of
        )
        known = [one.told for one in planned if one.told]
        waiting = _unanswered(outbox, known) if sending.wait else {}
        teller.tell_all(told for told in known if told.intent_id not in waiting)
        for older in chain.from_iterable(one.superseded for one in planned):
            self.runtime.printer.warn(
                f"{older.ref}: {older.action}, planned by {older.command} at {utc_text(older.created_at)} and never"
                " sent, is withdrawn in favour of this"
            )
        intents = [one.intent for one in planned if one.intent]
        return send_all(self.runtime, outbox, intents, teller, self.command, _patience(sending), waiting)

    def _object(self, intent: Intent, reading: Reading) -> str | None:
        """What the order, read afresh, has against sending this: its status has moved on."""
        return status_objection(self.scales, intent, reading, self.intents)

    def _end(self, outbox: Outbox, teller: Teller, lot: Lot, *, quiet: bool) -> None:
        """Sum up. `quiet`: the run was broken off, so that the ledger is left alone."""
        teller.end()
        printer = self.runtime.printer
        printer.say(teller.summary(self.command, _left_out(lot)))
        if quiet:
            return
        tell_doubtful(self.runtime, [it for it in outbox.doubtful() if it.id not in teller.ids])
        leftovers = [it for it in outbox.leftovers() if it.id not in teller.ids]
        if leftovers:
            it = "action of an earlier run is" if len(leftovers) == 1 else "actions of earlier runs are"
            told = f"{len(leftovers):,} {it} planned and not sent: lengowctl actions list --state planned"
            printer.note(told)


def _patience(sending: Sending) -> timedelta | None:
    return sending.wait_timeout if sending.wait else None


def send_all(
    runtime: Runtime,
    outbox: Outbox,
    intents: Sequence[Intent],
    teller: Teller,
    title: str,
    wait: timedelta | None,
    waiting: Mapping[int, Intent],
) -> tuple[LengowctlError | None, int]:
    """Send intents and tell each; with `wait`, what was sent is told when its answer has come, and so is what was
    `waiting` for one before. The error that kept the run from going on, and how many still have no answer."""
    sent = dict(waiting)
    raised: LengowctlError | None = None
    by_id = {intent.id: intent for intent in intents}
    with runtime.printer.progress(title, len(intents)) as bar:
        rows = outbox.send(intents)
        while True:
            try:
                told = next(rows)
            except StopIteration:
                break
            except LengowctlError as fault:
                raised = fault
                break
            bar.advance()
            if wait is not None and told.result in _UNANSWERED and told.intent_id in by_id:
                sent[told.intent_id] = by_id[told.intent_id]
            else:
                teller.tell(told)
    teller.release()
    without = 0
    if sent and wait is not None and raised is None:
        raised, without = wait_for(runtime, outbox, list(sent.values()), teller, wait, before=waiting.keys())
    if raised:
        tell_rest(outbox, [*sent.values(), *intents], teller, raised)
    return raised, without


def _unanswered(outbox: Outbox, known: Sequence[Told]) -> dict[int, Intent]:
    """What was sent before and has no answer yet."""
    ids = [told.intent_id for told in known if told.result in _UNANSWERED and told.intent_id is not None]
    return {intent.id: intent for intent in outbox.intents.find(ids) if intent.state in OPEN_AT_SOURCE}


def wait_for(
    runtime: Runtime,
    outbox: Outbox,
    intents: Sequence[Intent],
    teller: Teller,
    timeout: timedelta,
    *,
    before: Collection[int] = (),
) -> tuple[LengowctlError | None, int]:
    """Tell each intent when the marketplace has answered. The error that ended the waiting, if one did, and how many
    had no answer when time was up or the waiting was stopped; what was sent `before` this run is told as such."""
    without = 0
    raised: LengowctlError | None = None
    with runtime.printer.progress("waiting for answers", len(intents)) as bar:
        try:
            for told in outbox.wait(intents, timeout=timeout):
                bar.advance()
                open_still = told.result is Result.SENT
                without += open_still
                teller.tell(_unanswered_row(told, told.intent_id in before) if open_still else told)
        except LengowctlError as fault:
            raised = fault
    if raised:
        tell_rest(outbox, intents, teller, raised)
    teller.release()
    return raised, without


def _unanswered_row(told: Told, before: bool) -> Told:
    result = Result.ALREADY_DONE if before else told.result
    return replace(told, result=result, reason=told.reason or "no answer yet")


def status_objection(scales: Scales, intent: Intent, reading: Reading, intents: Intents) -> str | None:
    """Why the order as it stands now does not take what was planned for it."""
    found = scales.check_beside(intent, reading.order, intents)
    if not isinstance(found, Refusal):
        return None
    decisive = (it for it in found.reasons if it.about in (About.STATUS, About.OFFER) or it.argument == AMOUNT)
    return "; ".join(reason.sentence for reason in decisive) or None


def tell_doubtful(runtime: Runtime, doubtful: Sequence[Intent]) -> None:
    """One line about actions of earlier runs whose fate nobody knows."""
    if doubtful:
        first = min(intent.sent_at or intent.created_at for intent in doubtful)
        what = (
            f"{doubtful[0].action} of {doubtful[0].ref} is"
            if len(doubtful) == 1
            else f"{len(doubtful):,} earlier actions are"
        )
        told = f"{what} doubtful since {utc_text(first)}: lengowctl actions settle finds out"
        runtime.printer.warn(told)


def _widest(rows: Iterable[Told]) -> int:
    return max((len(told.ref) for told in rows), default=0)


def _raise(fault: LengowctlError | None) -> None:
    if fault:
        raise fault
