"""The smallest scopes that explain a change of one metric."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from streams.incidents.alert import excess_rate
from streams.records.scope import compatible, narrower

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.incidents.policy import Policy
    from streams.records.verdicts import Verdict


class Localised(NamedTuple):
    """A scope to speak of, and the significant verdicts that it accounts for (itself among them)."""

    verdict: Verdict
    family: list[Verdict]


def localise(significant: Iterable[Verdict], policy: Policy) -> list[Localised]:
    """Chosen scopes, the most surprising first.

    `significant` are verdicts of one metric at one tick, all of one kind (good or bad) and direction, score >= 1.
    Starting from the widest, a scope is replaced by those within it that stand out from all others and carry
    `policy.explained` of its change: one, or up to `policy.siblings`; by one around them that is as sure as itself;
    or by one that is surer and explains it. Where nobody has looked who stands out, by a narrower one that carries so
    much of its excess, as long as what remains of the wider scope deviates clearly less:
    when everything fails alike, the wide scope is the explanation, however large its largest part. Of the scopes left,
    one that overlaps a more surprising one of no smaller excess belongs to it.
    """
    considered = sorted(significant, key=_weight)[: policy.max_considered]
    widest = [v for v in considered if not any(narrower(v.scope, other.scope) for other in considered)]
    found: dict[int, Verdict] = {}
    for verdict in widest:
        for chosen in _explain(verdict, considered, policy):
            found.setdefault(id(chosen), chosen)
    kept: list[Verdict] = []
    for verdict in sorted(found.values(), key=_surprise):
        rivals = [o for o in kept if accounts_for(o.scope, excess_rate(o), o.excess, verdict, policy)]
        if not rivals:
            kept.append(verdict)
        elif (
            len(rivals) == 1
            and _smallest([*rivals, verdict], policy) is verdict
            and _as_much(verdict, rivals[0], policy)
        ):
            kept[kept.index(rivals[0])] = verdict
    return [Localised(verdict, [v for v in considered if compatible(v.scope, verdict.scope)]) for verdict in kept]


def few_that_explain(verdict: Verdict, standouts: Sequence[dict[str, str]], policy: Policy) -> Sequence[dict[str, str]]:
    """These scopes that stand out where they make up most of a change; none where they are many, or do not."""
    share = sum(part.share for part in verdict.contributors if part.scope in standouts)
    return standouts if len(standouts) <= policy.siblings and share >= policy.explained else []


def accounts_for(scope: Mapping[str, str], rate: float, excess: float, verdict: Verdict, policy: Policy) -> bool:
    """Whether a verdict belongs to another scope that is already spoken of and has this excess, `rate` per second.

    It does where the scopes are nested; where they merely overlap, only while its excess is not too large for it.
    """
    if not compatible(scope, verdict.scope):
        return False
    nested = scope == verdict.scope or narrower(scope, verdict.scope) or narrower(verdict.scope, scope)
    return nested or excess_rate(verdict) * policy.explained <= rate or verdict.excess * policy.explained <= excess


def _explain(verdict: Verdict, considered: Sequence[Verdict], policy: Policy) -> list[Verdict]:
    inside = [v for v in considered if narrower(v.scope, verdict.scope)]
    if verdict.standouts is not None:
        seen = [scope for scope in verdict.standouts if any(v.scope == scope for v in inside)]
        few = few_that_explain(verdict, seen, policy) or _as_sure(inside, verdict, policy)
        return [c for part in inside if part.scope in few for c in _explain(part, considered, policy)] or [verdict]
    alone = [v for v in inside if _explains([v], verdict, policy)]
    if alone:
        return _explain(_smallest(alone, policy), considered, policy)
    for group in _by_dimensions(inside):
        for size in range(2, min(policy.siblings, len(group)) + 1):
            if _explains(group[:size], verdict, policy):
                return [chosen for part in group[:size] for chosen in _explain(part, considered, policy)]
    return [verdict]


def _as_sure(inside: Sequence[Verdict], whole: Verdict, policy: Policy) -> list[dict[str, str]]:
    """The scope that is as sure as the whole and is around those that stand out, or surer and explains it, if any.

    A part has fewer data and a stricter limit: what is as sure all the same holds the trouble, and the rest dilutes it.
    """
    sure = [
        part
        for part in inside
        if (part.score >= whole.score and any(narrower(scope, part.scope) for scope in whole.standouts or []))
        or (part.score > whole.score and _explains([part], whole, policy))
    ]
    return [min(sure, key=_surprise).scope] if sure else []


def _smallest(verdicts: Sequence[Verdict], policy: Policy) -> Verdict:
    """The smallest scope of those that surprise about as much: a thin one knows itself less well."""
    least = policy.sharper * max(verdict.score for verdict in verdicts)
    return min((v for v in verdicts if v.score >= least), key=lambda v: (_exposure(v), *_surprise(v)))


def _as_much(verdict: Verdict, other: Verdict, policy: Policy) -> bool:
    return (
        excess_rate(verdict) >= policy.explained * excess_rate(other)
        or verdict.excess >= policy.explained * other.excess
    )


def _explains(parts: Sequence[Verdict], whole: Verdict, policy: Policy) -> bool:
    exposure = sum(map(_exposure, parts))
    # At the onset a longer window dilutes the rate of what it sees, so the plain excess may speak for it as well.
    by_rate = sum(map(excess_rate, parts)) / max(excess_rate(whole), 1e-12)
    by_number = sum(part.excess for part in parts) / max(whole.excess, 1e-12)
    excess = excess_rate(whole) * max(by_rate, by_number)
    if excess <= 0 or excess < policy.explained * excess_rate(whole):
        return False
    remaining_exposure = _exposure(whole) - exposure
    if len(parts) > 1 and exposure > policy.minority * _exposure(whole):
        return False  # several that make up nearly all of it are the whole
    if exposure <= 0 or remaining_exposure <= 0.02 * _exposure(whole):
        return len(parts) == 1  # one part that is the whole is named
    remaining = max(excess_rate(whole) - excess, 0.0) / remaining_exposure
    return remaining <= policy.contrast * excess / exposure


def _by_dimensions(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """Groups with equal dimensions, fewest dimensions first, the largest excess first within each."""
    ordered = sorted(verdicts, key=lambda v: (len(v.scope), sorted(v.scope), *_weight(v)))
    return [list(group) for _, group in groupby(ordered, key=lambda v: sorted(v.scope))]


def _exposure(verdict: Verdict) -> float:
    return verdict.exposure / max(verdict.window_s, 1)


def _weight(verdict: Verdict) -> tuple[float, list[tuple[str, str]]]:
    return -excess_rate(verdict), sorted(verdict.scope.items())


def _surprise(verdict: Verdict) -> tuple[float, float, int, list[tuple[str, str]]]:
    """The same excess surprises more in a smaller scope: the most surprising of several explanations is the one."""
    return -verdict.score, _exposure(verdict), -len(verdict.scope), sorted(verdict.scope.items())
