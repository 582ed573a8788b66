"""All keys, who shares a project, and what was used of each quota model."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from gemini_balance.core.pool.key import Key, KeyId, KeySpec, Project, Source, domain_of, group_of, keys_of, project_of
from gemini_balance.core.pool.lane import Lane
from gemini_balance.core.pool.moving import enter
from gemini_balance.core.pool.told import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gemini_balance.core.pool.facts import Outbox
    from gemini_balance.core.pool.key import Domain
    from gemini_balance.core.pool.turns import Turns
    from gemini_balance.core.pool.windows import Ledger, Limits

MOST_LANES = 1_000  # quota models; callers invent names


class Registry:
    """What the pool's parts share."""

    def __init__(
        self, specs: Iterable[KeySpec], max_failures: int, told_limits: Mapping[str, Mapping[str, Limits]]
    ) -> None:
        self.keys: dict[KeyId, Key] = {spec.id: Key(spec) for spec in specs}
        self.projects: dict[str, Project] = {}
        self.lanes: dict[tuple[str, bool], Lane] = {}
        self.quota_models: dict[str, str] = {}  # the name a model is called by → the name its quota is counted under
        self.outbox: Outbox | None = None  # what other replicas are to be told
        self.turns: Turns | None = None  # with them, where a quota is scarce
        self.apart: set[frozenset[KeyId]] = set()  # pairs that the operator says share nothing
        self.max_failures = max_failures  # unexplained ones in a row that retire a key; 0: never
        self._told_limits = told_limits
        self.tags: dict[str, dict[Key, None]] = {}
        self._any_paid = any(key.spec.paid for key in self.keys.values())
        for key in self.keys.values():
            self._tag(key)
            if key.spec.project:
                self.label(key, key.spec.project)

    def lane(self, model: str, paid: bool = False) -> Lane:
        name = self.quota_models.get(model, model), paid and self._any_paid
        lane = self.lanes.get(name)
        if lane is None:
            self._bound_lanes()
            told = self._told((name[0], model))
            lane = self.lanes[name] = Lane(name[0], self._domains(model, paid=name[1]), told)
            lane.join(self.turns)
            lane.models.add(model)
        elif model not in lane.models:
            lane.models.add(model)
            lane.admit(self._domains(model, paid=name[1]))
        return lane

    def tell_limits(self, now: float, told_limits: Mapping[str, Mapping[str, Limits]]) -> None:
        """The operator's limits are these from now on: by model, then by project. Who waits may be served then."""
        if told_limits != self._told_limits:
            self._told_limits = told_limits
            for lane in self.lanes.values():
                tell(now, lane, self._told((lane.model, *sorted(lane.models))))

    def label(self, key: Key, name: str) -> None:
        """The operator, or Google in an error, says which project this key belongs to."""
        self.projects.setdefault(name, Project(name, Source.TOLD)).add(key)

    def regroup(self, now: float, old: list[Domain], new: list[Domain], *, told: bool = False) -> None:
        """Keys share their quota in another way than before: their use, rests and limits go with them.

        `told`: by another replica.
        """
        if self.outbox is not None and not told:
            self.outbox.divided(now, new)
        taken = [(place, lane.forget(old)) for place, lane in self.lanes.items()]
        for domain in new:
            if isinstance(domain, Key):
                domain.project = None
        for (name, paid), ledgers in taken:
            lane = self.lanes[name, paid]
            for domain in new:
                if self.belongs(lane, domain, paid=paid) or _used(domain, ledgers):
                    enter(now, lane, domain, ledgers)
            for share in (share for ledger in ledgers for share in ledger.shares if share.ledger is ledger):
                lane.shares.pop(share.key, None)  # of a key that was removed, or is for other calls now

    def told(self, now: float, key: Key, name: str) -> None:
        """Google names the project of a key of which nothing was known."""
        name = project_of(name, paid=key.spec.paid)
        project = self.projects.get(name)
        old: list[Domain] = [key] if project is None else [key, project]
        self.label(key, name)
        self.regroup(now, old, [self.projects[name]])

    def groups(self) -> list[Project]:
        """Keys that are believed to share a project, and nobody has said so."""
        projects = dict.fromkeys(key.project for key in self.keys.values() if key.project is not None)
        return [project for project in projects if project.source is Source.INFERRED]

    def confirm(self, name: str) -> None:
        """The operator says that this group is one project: from now on it carries blame, too. Raises KeyError."""
        group = self._group(name)
        group.source = Source.TOLD
        self.projects[name] = group

    def reject(self, now: float, name: str) -> None:
        """The operator says that these keys share nothing: no two of them are grouped again. Raises KeyError."""
        self.part(now, [key.id for key in self._group(name).keys])

    def part(self, now: float, names: Iterable[KeyId]) -> None:
        """The same of these keys, whatever group they are in: another replica may have put it together otherwise."""
        gone = set(names)
        self.apart |= {frozenset(pair) for pair in combinations(sorted(gone), 2)}
        for group in self.groups():
            leaving = [key for key in group.keys if key.id in gone]
            if len(leaving) > 1:
                rest = [key for key in group.keys if key.id not in gone]
                self.regroup(now, [group], [*leaving, group_of(rest, group.proofs)] if rest else list(leaving))

    def are_apart(self, some: list[Key], others: list[Key]) -> bool:
        """Has the operator said so of any two of them?"""
        return bool(self.apart) and any(frozenset((a.id, b.id)) in self.apart for a in some for b in others)

    def tagged(self, tags: frozenset[str]) -> Iterator[Key]:
        """Keys with one of these tags."""
        return iter(dict.fromkeys(key for tag in tags for key in self.tags.get(tag, ())))

    @staticmethod
    def belongs(lane: Lane, domain: Domain, *, paid: bool) -> bool:
        """Has it a key for what is asked of this lane?"""
        keys = [key for key in keys_of(domain) if key.spec.paid == paid]
        return any(key.serves(model) for key in keys for model in lane.models)

    def _tag(self, key: Key) -> None:
        for tag in key.spec.tags:
            self.tags.setdefault(tag, {})[key] = None

    def _group(self, name: str) -> Project:
        found = next((group for group in self.groups() if group.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def counted_as(self, model: str, *, paid: bool, quota_model: str) -> None:
        """Google counts this model's quota under another name, perhaps together with other models."""
        if self.quota_models.setdefault(model, quota_model) == quota_model:
            lane = self.lanes.get((model, paid))
            if lane is not None and model != quota_model and (quota_model, paid) not in self.lanes:
                del self.lanes[model, paid]
                self.lanes[quota_model, paid] = lane
                lane.model = quota_model
                lane.join(self.turns)

    def _bound_lanes(self) -> None:
        if len(self.lanes) >= MOST_LANES:
            idle = [name for name, lane in self.lanes.items() if not lane.ledgers and not len(lane.queue)]
            for name in idle[: MOST_LANES // 2]:
                del self.lanes[name]

    def _told(self, names: Iterable[str]) -> Mapping[str, Limits]:
        """The limits of a model that goes by several names."""
        return next((self._told_limits[name] for name in names if name in self._told_limits), {})

    def _domains(self, model: str, *, paid: bool) -> Iterator[Domain]:
        serving = (key for key in self.keys.values() if key.spec.paid == paid and key.serves(model))
        return iter(dict.fromkeys(domain_of(key) for key in serving))


def _used(domain: Domain, ledgers: list[Ledger]) -> bool:
    """Does one of them count what a key of this project used?"""
    return any(domain_of(share.key) is domain for ledger in ledgers for share in ledger.shares)
