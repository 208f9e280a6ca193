"""The terms of an award on their way to two signatures: a file that the second officer completes.

- The file is a contract (contract.md) with one officer's signature, or its bare terms as canonical JSON, drafted by anybody.
- Before a signature: the terms are an award on a known contract, between its books, and bear the ruling's hash.

    terms.award → first officer → terms with one signature → second officer → the proposed event
"""

from hashlib import sha256

from countersign.desk.author import Author
from countersign.desk.deed_views import AwardPaper
from countersign.errors import Refused
from countersign.keys import jws as jose
from countersign.keys.jws import Jws
from countersign.settlement import awarding, contract, deed_words
from countersign.settlement.contract import Contract
from countersign.settlement.roster import HolderKind, Purpose, Role
from countersign.settlement.state import State
from countersign.settlement.stop_bodies import AwardMade


async def signed_terms(state: State, data: bytes, ruling: bytes, author: Author, now: int) -> Contract:
    """An award's terms with this officer's signature beside those they have; `now` in unix seconds.

    Malformed; Refused("desk.other-ruling"), "settlement.award-signer", "settlement.award-officers", what `awarding` raises.
    """
    found = _read(data)
    bears, has = found.terms.legal_text_sha256, sha256(ruling).hexdigest()
    if bears != has:
        raise Refused("desk.other-ruling", found=has, expected=bears)
    awarding.check_terms(state, found, now)
    people = _signers(state, found)
    if author.id in people:
        return found
    compliance = any(Role.COMPLIANCE in state.roster.officer(each).roles for each in (*people, author.id))
    if len(people) > 1 or (people and not compliance):
        raise Refused("settlement.award-officers", contract=found.hash, found=len(people) + 1)
    jws = await author.sign(found.jws.payload, contract.TYP)
    return Contract(found.terms, jose.merge(found.jws, jws) if people else jws, found.hash)


def read(state: State, data: bytes, ruling: bytes) -> AwardPaper:
    """What an award's file would do, to be read before it is signed. Malformed; Refused: an unknown settlement or party, a
    signature that is not good."""
    found = _read(data)
    people = tuple(state.roster.officer(each).name for each in _signers(state, found))
    return AwardPaper(deed_words.awarded(state, AwardMade(found)), people, data, ruling)


def whole(state: State, found: Contract) -> bool:
    """Whether two officers have signed the terms."""
    return len(_signers(state, found)) == 2


def _read(data: bytes) -> Contract:
    """A contract file, or bare terms that nobody has signed. Malformed."""
    if data.startswith(b'{"payload"'):
        return contract.parse(data)
    return Contract(contract.parse_terms(data), Jws(data, ()), contract.hash_of(data))


def _signers(state: State, found: Contract) -> tuple[str, ...]:
    """The officers whose good signatures the terms bear. Refused("settlement.award-signer"), what the check raises."""
    keys, people = {}, []
    for kid in found.jws.kids:
        known = state.roster.key(kid)
        if known.holder.kind is not HolderKind.OFFICER or known.purpose is not Purpose.IDENTITY:
            raise Refused("settlement.award-signer", key=kid)
        keys[kid] = known.key
        people.append(known.holder.id)
    if people:
        jose.verify(found.jws, keys, contract.TYP)
    return tuple(dict.fromkeys(people))
