"""The keys: what is kept of them, and the pools that serve with them. Stored first, then served with."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from gemini_balance.core.errors import NotFound
from gemini_balance.core.keys import Preview, previewed, written
from gemini_balance.core.pool import KeyId
from gemini_balance.core.redaction import credentials_in, tail_of
from gemini_balance.gateway.enlisting import APART, enlisted, holders, kept_of
from gemini_balance.gateway.key_edits import KeyEdit, deleted, differing, entry_of, served, switched, told
from gemini_balance.gateway.key_findings import Group, Verdicts
from gemini_balance.gateway.key_secrets import left_behind, renewed
from gemini_balance.gateway.key_views import ALL, KeyFilter, KeyView, age_of, id_of, no_key, only, view_of
from gemini_balance.gateway.stores import MANY_KEYS, Change, KeptKey, Off, Origin, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gemini_balance.core.keys import Entry, Format, Reading
    from gemini_balance.core.pool import Key, KeySpec
    from gemini_balance.gateway.execute import Gateway
    from gemini_balance.gateway.ports import Clock
    from gemini_balance.gateway.stores import ChangeLog, KeyStore

PAGE = 200  # changes that are looked at together
log = logging.getLogger(__name__)


class Keyring:
    """One per process. `gateways` by upstream; `listed`: what the environment names; `learn` is told all secrets."""

    def __init__(
        self,
        gateways: Mapping[str, Gateway],
        store: KeyStore,
        changes: ChangeLog,
        clock: Clock,
        listed: Sequence[Entry] = (),
        learn: Callable[[Iterable[str]], None] = lambda _: None,
    ) -> None:
        self.gateways = gateways
        self._store, self._changes, self._clock = store, changes, clock
        self._listed, self._learn = listed, learn
        self._kept: dict[KeyId, KeptKey] = {}
        self._heeded = 0  # the last change whose verdicts are known here
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """At the start, before what the pools learnt is restored: the environment's keys are taken in."""
        await asyncio.shield(self._enlist())

    async def reload(self) -> None:
        """What the store holds now, and what other processes found out of keys."""
        async with self._lock:
            await self._read()
            await self._heed()

    async def _enlist(self) -> None:
        async with self._lock:
            self._heeded = await self._changes.latest()
            await self._read()
            found = enlisted(self._kept, self._listed, self._clock.unix())
            if found.all:
                log.info("Keys of the environment: %s", found)
                await self._put(found.all, "environment", "import", after=msgspec.json.encode(found.counts).decode())
            if not any(gateway.pool.usable() for gateway in self.gateways.values()):
                log.warning("No usable Gemini key: every call gets 503. Put keys into API_KEYS, or add them.")

    def views(self, where: KeyFilter = ALL) -> list[KeyView]:
        """Of all that the filter takes, by age."""
        return [view for view in self.each(where.ids) if where.takes(view)]

    def each(self, ids: Iterable[str] | None = None) -> Iterator[KeyView]:
        """Of these, or of all, by age, as they are when they are looked at: whoever asks may pause between two."""
        now = self._clock.now()
        for kept in self._kept.values() if ids is None else self._of(ids):
            if kept.off is not Off.DELETED:
                yield view_of(kept, self._key(kept), now)

    def view(self, key_id: str) -> KeyView:
        """Raises NotFound."""
        if found := self.views(only(key_id)):
            return found[0]
        raise no_key(key_id)

    def known(self, ids: Iterable[str]) -> dict[str, KeyView]:
        """By their ids, in no more time than a look at each takes; deleted ones, too. Others are left out."""
        found, now = (self._kept.get(KeyId(one)) for one in ids), self._clock.now()
        return {kept.id: view_of(kept, self._key(kept), now) for kept in found if kept is not None}

    def called(self, text: str) -> list[KeyId]:
        """Those that somebody means by an id, a label or the last four characters."""
        if KeyId(text) in self._kept:
            return [KeyId(text)]
        text = text.strip().removeprefix("…").casefold()
        kept = (key for key in self._kept.values() if key.off is not Off.DELETED)
        return [key.id for key in kept if text and text in (key.label.casefold(), tail_of(key.secret).casefold())]

    def keys(self, where: KeyFilter = ALL) -> list[KeptKey]:
        """With their secrets. By age."""
        return [self._kept[id_of(view)] for view in self.views(where)]

    def preview(self, reading: Reading) -> Preview:
        """What `bring_in` would do. A key that was deleted is new: whoever gives it wants it back."""
        return previewed(reading, holders(self._kept.values()))

    async def bring_in(self, reading: Reading, who: str, *, suspicious: bool = False) -> Preview:
        """Keeps what is new in it; `suspicious`: also what looks like no key. Returns what was seen."""
        self._learn(entry.key for entry in reading.entries)
        return await asyncio.shield(self._bring_in(reading, who, suspicious=suspicious))

    async def change(self, where: KeyFilter, edit: KeyEdit, who: str) -> list[KeyId]:
        """Returns whom it changed. Raises UnusableKey, and then nothing is changed."""
        return await self._all(where, edit.applied, who, "set")

    async def replace(self, key_id: str, secret: str, who: str) -> None:
        """It has this secret from now on; how it fared is forgotten. Raises NotFound, SecretTaken, UnusableKey."""
        with_it = lambda key: renewed(key, secret, holders(self._kept.values()))  # noqa: E731
        await self._all(only(self.view(key_id).id), with_it, who, "replace")

    async def restore(self, before: Iterable[KeptKey], names: Sequence[str], who: str) -> list[KeyId]:
        """In these fields they are again what they were. Whoever was deleted meanwhile stays so."""
        was = {key.id: {name: getattr(key, name) for name in names} for key in before}
        return await self._all(only(*was), lambda key: msgspec.structs.replace(key, **was[key.id]), who, "undo")

    async def enable(self, where: KeyFilter, who: str) -> list[KeyId]:
        """These serve again; returns those that did not."""
        return await self._all(where, lambda key: switched(key, Off.NO, 0.0) if key.off else key, who, "enable")

    async def disable(self, where: KeyFilter, who: str) -> list[KeyId]:
        """No call begins with these from now on."""
        now = self._clock.unix()
        turned = lambda key: key if key.off is Off.OPERATOR else switched(key, Off.OPERATOR, now)  # noqa: E731
        return await self._all(where, turned, who, "disable")

    async def delete(self, where: KeyFilter, who: str) -> list[KeyId]:
        """For good: the environment's list does not bring them back."""
        now = self._clock.unix()
        return await self._all(where, lambda key: deleted(key, now), who, "delete")

    async def reset(self, where: KeyFilter, who: str) -> list[KeyId]:
        """Their failures are forgotten, and they serve at once."""
        names = [id_of(view) for view in self.views(where)]
        await self.find(Verdicts(well=names), who, "reset")
        return names

    async def find(self, verdicts: Verdicts, who: str, action: str) -> None:
        """What was found out is done, and told to the other processes."""
        names = [*verdicts.well, *verdicts.dead, *verdicts.apart]
        if names:
            after = msgspec.json.encode(verdicts).decode()
            await asyncio.shield(self._note(self._noted(names, who, action, after=after), lambda: self._take(verdicts)))

    async def export(self, where: KeyFilter, form: Format, who: str, *, plain: bool = False) -> str:
        """`plain`: with the secrets, which is noted."""
        keys = self.keys(where)
        if plain:
            await self._changes.add(self._noted([key.id for key in keys], who, "export"))
        return written([entry_of(key) for key in keys], form, plain=plain)

    def groups(self) -> list[Group]:
        """Those that nobody has confirmed yet."""
        found = (group for gateway in self.gateways.values() for group in gateway.pool.groups())
        return [Group(group.name, sorted(key.id for key in group.keys)) for group in found]

    async def confirm(self, name: str, who: str, project: str = "") -> list[KeyId]:
        """These keys are one project, of this name from now on, or the group's own. Raises NotFound, UnusableKey."""
        gateway, names = self._group(name)
        changed = await self._all(only(*names), KeyEdit(project=project or name).applied, who, "confirm")
        if any(group.name == name for group in gateway.pool.groups()):
            gateway.pool.confirm(name)
        return changed

    async def reject(self, name: str, who: str) -> list[KeyId]:
        """These keys share nothing: no two of them are grouped again. Raises NotFound."""
        _, names = self._group(name)
        await self.find(Verdicts(apart=names), who, "reject")
        return names

    async def _note(self, change: Change, done: Callable[[], None]) -> None:
        await self._changes.add(change)
        done()

    def _of(self, ids: Iterable[str]) -> list[KeptKey]:
        return sorted((self._kept[KeyId(name)] for name in ids if name in self._kept), key=age_of)

    def _key(self, kept: KeptKey) -> Key | None:
        return self.gateways[kept.upstream].pool.keys.get(kept.id)

    def _group(self, name: str) -> tuple[Gateway, list[KeyId]]:
        for gateway in self.gateways.values():
            for group in gateway.pool.groups():
                if group.name == name:
                    return gateway, [key.id for key in group.keys]
        raise NotFound(f"There is no group {name} that could be confirmed or rejected.")

    async def _bring_in(self, reading: Reading, who: str, *, suspicious: bool) -> Preview:
        async with self._lock:
            await self._read()
            seen = self.preview(reading)
            now = self._clock.unix()
            taken = seen.taken(suspicious=suspicious)
            new = [kept_of(entry, Origin.OPERATOR, now + n * APART) for n, entry in enumerate(taken)]
            if new:
                await self._put(new, who, "add")
            return seen

    async def _all(self, where: KeyFilter, edited: Callable[[KeptKey], KeptKey], who: str, action: str) -> list[KeyId]:
        return await asyncio.shield(self._edit(where, edited, who, action))

    async def _edit(self, where: KeyFilter, edited: Callable[[KeptKey], KeptKey], who: str, action: str) -> list[KeyId]:
        """Whoever asked may leave meanwhile: what is stored is served with, too."""
        async with self._lock:
            await self._read()
            pairs = [(key, edited(key)) for key in self.keys(where)]
            changed = [(before, after) for before, after in pairs if before != after]
            if changed:
                names = differing(*changed[0])
                texts = [told(key, names) for key in changed[0]]
                texts[0] = texts[0] if len(changed) == 1 else ""  # each was something else before
                now = self._clock.unix()
                gone = [stone for pair in changed for stone in left_behind(*pair, now)]
                await self._put([after for _, after in changed], who, action, texts[0], texts[1], gone)
            return [after.id for _, after in changed]

    async def _put(
        self,
        keys: Sequence[KeptKey],
        who: str,
        action: str,
        before: str = "",
        after: str = "",
        beside: Sequence[KeptKey] = (),
    ) -> None:
        change = self._noted([key.id for key in keys], who, action, before, after)
        await self._store.put([*keys, *beside], change)
        self._serve_with((self._kept | {key.id: key for key in (*keys, *beside)}).values())

    async def _read(self) -> None:
        kept = await self._store.all()
        if kept != list(self._kept.values()):
            self._serve_with(kept)

    def _serve_with(self, kept: Iterable[KeptKey]) -> None:
        before, self._kept = self._kept, {key.id: key for key in sorted(kept, key=age_of)}
        news = [key for key in self._kept.values() if before.get(key.id) is not key]
        self._learn(secret for key in news for secret in (key.secret, *credentials_in(key.proxy)) if secret)
        specs: defaultdict[str, list[KeySpec]] = defaultdict(list)
        for key in self._kept.values():
            if key.off is not Off.DELETED:
                specs[key.upstream].append(served(key))
        for upstream, gateway in self.gateways.items():
            gateway.pool.set_keys(self._clock.now(), specs[upstream])
            gateway.room.look()

    async def _heed(self) -> None:
        """What other processes found out of keys since the last look."""
        numbers = set(await self._changes.others(self._heeded))
        before: int | None = None
        found: list[Change] = []
        while numbers and (page := await self._changes.page(before, PAGE, Subject.KEY)):
            found += [change for change in page if change.id in numbers]
            before = page[-1].id
            if before <= min(numbers):
                break
        for change in reversed(found):
            if change.action in ("reset", "check", "reject") and change.after:
                self._take(msgspec.json.decode(change.after, type=Verdicts))
        self._heeded = max([self._heeded, *numbers])

    def _take(self, verdicts: Verdicts) -> None:
        now = self._clock.now()
        for gateway in self.gateways.values():
            for name in verdicts.well:
                gateway.pool.reset(now, name)
            for name, cause in verdicts.dead.items():
                gateway.pool.condemn(now, name, cause)
            if verdicts.apart:
                gateway.pool.part(now, verdicts.apart)
            gateway.room.look()

    def _noted(self, names: Sequence[str], who: str, action: str, before: str = "", after: str = "") -> Change:
        return Change(
            at=self._clock.unix(),
            who=who,
            subject=Subject.KEY,
            target=names[0] if len(names) == 1 else f"{len(names)} {MANY_KEYS}",
            action=action,
            before=before or None,
            after=after or None,
        )
