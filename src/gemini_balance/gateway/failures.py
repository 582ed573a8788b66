"""What a caller is told about an outcome that no further attempt could mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gemini_balance.core import errors
from gemini_balance.core.outcome import Blame, Cause, Outcome

if TYPE_CHECKING:
    from gemini_balance.core.errors import GatewayError

ASK_THE_OPERATOR = (
    "No API key of this gateway is usable. The operator can check the keys' state, add working ones or reset failures."
)
ASK_FOR_BILLING = (
    "{model} is for keys with billing here, and none of this gateway's may use it. The operator can set PAID_KEY to a "
    "key of a project with billing, or mend the one that is set."
)
SENTENCES = {
    Cause.EGRESS_REFUSED: "Google refuses requests from this gateway's network location. The operator can set PROXIES.",
    Cause.OUR_MISTAKE: "The gateway sent a request that Google could not attribute to a key. Please report this.",
    Cause.UNREACHABLE: "Google could not be reached.",
    Cause.CUT: "Google's answer was cut before its end.",
    Cause.EMPTY: "The model gave an empty answer, and again when asked anew.",
    Cause.THOUGHTS_ONLY: "The model thought but gave no answer, and again when asked anew.",
    Cause.MALFORMED_CALL: "The model produced a malformed answer, and again when asked anew.",
    Cause.UPSTREAM_SLOW: "Google did not answer in time.",
    Cause.DEADLINE: "The deadline that this request came with ran out before Google answered.",
}
QUOTA_PAUSE = 60.0  # seconds after which a spent quota may be asked for again, where nothing better is known
OVERLOADED = "The model {model} is overloaded at Google. Try again later, or another model."


class CallFailed(Exception):
    """The last outcome stands. A verbatim caller is shown the upstream's own words, others an error of ours."""

    def __init__(self, outcome: Outcome, model: str, *, paid: bool = False) -> None:
        """`paid`: it was for keys with billing."""
        super().__init__(outcome.message)
        self.outcome = outcome
        self.model = model
        self.paid = paid


def no_key(model: str, *, paid: bool) -> GatewayError:
    """None is usable, and what the operator can do about it."""
    return errors.NoKeyAvailable(ASK_FOR_BILLING.format(model=model) if paid else ASK_THE_OPERATOR)


def error_for(outcome: Outcome, model: str, *, paid: bool = False) -> GatewayError:
    """The one table from outcomes to what callers see. Upstream 401/403 about our keys never pass as such.

    `paid`: the call was for keys with billing.
    """
    if outcome.cause is Cause.PAID_ONLY or (paid and outcome.cause is Cause.QUOTA_NONE):
        return no_key(model, paid=True)
    sentence = SENTENCES.get(outcome.cause) or outcome.message or "Google failed to answer."
    match outcome.blame:
        case Blame.KEY | Blame.PROJECT:
            return no_key(model, paid=paid)
        case Blame.MODEL:
            return errors.ModelNotFound(f"No key of this gateway may use the model {model}.", param="model")
        case Blame.QUOTA:
            spent = f"The quota for {model} is spent on every key of this gateway."
            return errors.PoolBusy(spent, _pause(outcome))
        case Blame.CAPACITY:
            return errors.UpstreamOverloaded(OVERLOADED.format(model=model))
        case Blame.CALLER | Blame.RESOURCE:
            return _callers_fault(outcome, sentence)
        case Blame.EGRESS:
            return errors.NoKeyAvailable(sentence)
        case _:
            slow = outcome.cause is Cause.UPSTREAM_SLOW
            return errors.UpstreamTimeout(sentence) if slow else errors.UpstreamFailed(sentence)


def _pause(outcome: Outcome) -> float:
    """A refusal for the day names a delay as well, which is not true."""
    named = None if outcome.cause is Cause.QUOTA_DAY else outcome.retry_after
    return QUOTA_PAUSE if named is None else min(named, QUOTA_PAUSE)


def _callers_fault(outcome: Outcome, sentence: str) -> GatewayError:
    if outcome.cause is Cause.DEADLINE:
        return errors.UpstreamTimeout(outcome.message or sentence)
    if outcome.cause is Cause.MODEL_UNKNOWN:
        return errors.ModelNotFound(sentence, param="model")
    match outcome.status:
        case 403:
            return errors.Forbidden(sentence)
        case 404:
            return errors.NotFound(sentence)
        case 413:
            return errors.TooLarge(sentence)
        case _:
            return errors.BadRequest(sentence)
