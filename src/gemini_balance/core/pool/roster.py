"""Which keys there are, and what the operator says of them: all of it may change while they serve."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from gemini_balance.core.pool.judge import Judge
from gemini_balance.core.pool.key import (
    RETIRED,
    Domain,
    Health,
    Key,
    KeyId,
    Project,
    Source,
    domain_of,
    group_of,
    told_of,
)
from gemini_balance.core.pool.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gemini_balance.core.outcome import Cause
    from gemini_balance.core.pool.demand import Demand
    from gemini_balance.core.pool.key import KeySpec
    from gemini_balance.core.pool.windows import Limits

    Fares: TypeAlias = tuple[int, Cause | None, float]  # failures, and why and since when it is dead, if it is
NEW: Fares = (0, None, 0.0)


class Roster(Registry):
    """All keys, those that may serve, and those that may not."""

    def __init__(
        self,
        specs: Iterable[KeySpec],
        max_failures: int,
        dice: Callable[[], float],
        told_limits: Mapping[str, Mapping[str, Limits]],
    ) -> None:
        super().__init__(specs, max_failures, told_limits)
        self._judge = Judge(self, dice)

    def usable(self) -> int:
        """How many keys are neither invalid nor disabled."""
        return len(self.keys) - self._judge.retired

    def is_lost(self, demand: Demand) -> bool:
        """May no key serve it until somebody changes something?"""
        if demand.pinned:
            key = self.keys.get(demand.pinned)
            return key is None or key.health in RETIRED or not key.serves("", demand.tags)
        if not self.usable():
            return True
        return bool(demand.tags) and all(key.health in RETIRED for key in self.tagged(demand.tags))

    def retired(self) -> list[Key]:
        """Those that a probe may find to be well again."""
        return [key for key in self.keys.values() if key.health is Health.INVALID]

    def reset(self, now: float, key_id: KeyId) -> None:
        """The operator says this key is well; it serves at once. One that is no more stays so."""
        if (key := self.keys.get(key_id)) is not None:
            self._judge.revive(now, key)

    revive = reset

    def condemn(self, now: float, key_id: KeyId, cause: Cause) -> None:
        """A probe says that this key is dead."""
        if (key := self.keys.get(key_id)) is not None:
            self._judge.retire(now, key, cause)

    def set_keys(self, now: float, specs: Iterable[KeySpec]) -> None:
        """These and no others. Who stays keeps how it fares, and its project what it used; what is under way with
        those that go may end. Whoever waits is to be looked at again.
        """
        wanted = {spec.id: spec for spec in specs}
        changed = [key for key in self.keys.values() if key.id in wanted and key.spec != wanted[key.id]]
        remade = {key.id: _fares(key, wanted[key.id]) for key in changed if _is_another(key.spec, wanted[key.id])}
        self._remove(now, [key for key in self.keys.values() if key.id not in wanted or key.id in remade])
        changed = [key for key in changed if key.id not in remade]
        moved = [key for key in changed if key.spec.project != wanted[key.id].project]
        for key in changed:
            self._change(now, key, wanted[key.id])
        self._move(now, moved)
        self._add(now, [Key(spec) for name, spec in wanted.items() if name not in self.keys], remade)
        self._any_paid = any(key.spec.paid for key in self.keys.values())

    def _add(self, now: float, keys: list[Key], before: Mapping[KeyId, Fares]) -> None:
        self.keys |= {key.id: key for key in keys}
        self._judge.retired += sum(key.health in RETIRED for key in keys)
        for key in keys:
            key.failures, dead, since = before.get(key.id, NEW)
            if dead is not None:
                self._judge.retire(since, key, dead)
        self._enrol(keys)
        self._admit(now, [domain_of(key) for key in keys])

    def _enrol(self, keys: Iterable[Key]) -> None:
        """Into the projects and under the tags that their settings name."""
        named: defaultdict[str, list[Key]] = defaultdict(list)
        for key in keys:
            self._tag(key)
            if key.spec.project:
                named[key.spec.project].append(key)
        for name, members in named.items():
            self.projects.setdefault(name, Project(name, Source.TOLD)).add(*members)
        if any(key.spec.tags for key in keys):
            self._retag()

    def _admit(self, now: float, domains: Iterable[Domain]) -> None:
        """To what is asked of the pool already."""
        found = list(dict.fromkeys(domains))
        for (_, paid), lane in self.lanes.items():
            lane.admit(domain for domain in found if self.belongs(lane, domain, paid=paid))
            for domain in found:
                lane.recall(now, domain)

    def _remove(self, now: float, keys: list[Key]) -> None:
        """What they used of a project that stays still counts there."""
        if not keys:
            return
        for key in keys:
            del self.keys[key.id]
            self._judge.retired -= key.health in RETIRED
            key.health, key.gone = Health.DISABLED, True
            self._untag(key)
        self._retag()
        projects = dict.fromkeys(key.project for key in keys if key.project is not None)
        for project in projects:
            self._shrink(now, project)
        self._dismiss([*(key for key in keys if key.project is None), *(one for one in projects if not one.keys)])

    def _shrink(self, now: float, project: Project) -> None:
        project.keys = [key for key in project.keys if not key.gone]
        project.refresh()
        if len(project.keys) == 1 and project.source is Source.INFERRED:
            self.regroup(now, [project], list(project.keys), told=True)
        elif project.keys:
            self._judge.recall(now, project)
        elif self.projects.get(project.name) is project:
            del self.projects[project.name]

    def _dismiss(self, domains: list[Domain]) -> None:
        """These are no more, and with them what they used."""
        for lane in self.lanes.values():
            for ledger in lane.forget(domains):
                for share in ledger.shares:
                    lane.shares.pop(share.key, None)
            for domain in domains:
                lane.learnt.pop(domain, None)

    def _change(self, now: float, key: Key, spec: KeySpec) -> None:
        """Where it counts is changed apart."""
        before, key.spec = key.spec, spec
        if spec.tags != before.tags:
            self._untag(key, before.tags)
            self._tag(key)
            self._retag()
        if spec.off != before.off:
            (self._judge.disable(key) if spec.off else self._judge.enable(now, key))
        if spec.weight != before.weight and key.project is not None:
            key.project.refresh()
        if spec.models != before.models:
            self._admit(now, [domain_of(key)])
        elif spec.weight != before.weight:
            self._judge.recall(now, domain_of(key))

    def _move(self, now: float, keys: Iterable[Key]) -> None:
        """To the projects that their settings name now, all that go to one of them together."""
        moving: defaultdict[str, list[Key]] = defaultdict(list)
        for key in keys:
            if not told_of(domain_of(key)) or key.project is not self.projects.get(key.spec.project):
                moving[key.spec.project].append(key)
        for name, members in moving.items():
            self._divide(now, name, members)

    def _divide(self, now: float, name: str, members: list[Key]) -> None:
        """`members` leave where they were, for the project of this name, or each to be alone."""
        old: list[Domain] = list(dict.fromkeys(domain_of(key) for key in members))
        leaving, new = set(members), list[Domain]()
        for domain in old:
            if isinstance(domain, Project) and (rest := [key for key in domain.keys if key not in leaving]):
                new.append(self._without(domain, rest))
            elif isinstance(domain, Project):
                self.projects.pop(domain.name, None)
        for key in members:
            key.project = None
        if name:
            before = self.projects.get(name)
            old += [before] if before is not None and before not in old else []
            others = before.keys if before is not None else []
            self.projects[name] = Project(name, Source.TOLD, [*others, *members])
            new.append(self.projects[name])
        else:
            new += members
        self.regroup(now, old, new, told=True)

    def _without(self, project: Project, rest: list[Key]) -> Domain:
        """What is left of it when some have gone."""
        if project.source is Source.INFERRED:
            return group_of(rest, project.proofs)
        self.projects[project.name] = Project(project.name, Source.TOLD, rest)
        return self.projects[project.name]

    def _untag(self, key: Key, tags: frozenset[str] | None = None) -> None:
        for tag in key.spec.tags if tags is None else tags:
            self.tags[tag].pop(key, None)
            if not self.tags[tag]:
                del self.tags[tag]

    def _retag(self) -> None:
        for lane in self.lanes.values():
            lane.fresh.retag()
            lane.ranks.retag()
            lane.forecasts.clear()


def _is_another(spec: KeySpec, other: KeySpec) -> bool:
    """Does it serve other calls than before, with windows of their own, or is it another key altogether?"""
    return (spec.paid, spec.secret) != (other.paid, other.secret)


def _fares(key: Key, spec: KeySpec) -> Fares:
    """What is known of a secret says nothing of another one."""
    if key.spec.secret != spec.secret:
        return NEW
    return key.failures, key.reason if key.health is Health.INVALID else None, key.since
