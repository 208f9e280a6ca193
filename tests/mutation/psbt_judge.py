"""What a PSBT does, read by embit and judged by a few lines of arithmetic: no code of ours.

A mutant that was let through is equal if it has the honest one's unsigned transaction and would be signed over the
same digests, or if it pays the same to everybody outside, brings the rest of the same coins home, and every vault bears
its own obligations and its share of a fee within the bounds.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from embit.psbt import PSBT

from mutation import psbt_mutants
from mutation.subject import SAME_DIGEST, SAME_EFFECTS

INPUT_WEIGHT, SIGNATURES = 418, 2
"""A finished 2-of-3 P2WSH input (FACTS.md)."""


@dataclass(frozen=True)
class Judge:
    """`vault_of`: every script of a paying vault's slots to its vault; `caps`: the fee caps in satoshis of the vaults, in
    order of descriptor checksum; `payments`: (script, satoshis) of what is owed."""

    honest: bytes
    vault_of: Mapping[bytes, str]
    caps: Mapping[str, int]
    payments: frozenset[tuple[bytes, int]]

    def __call__(self, data: bytes) -> str:
        """SAME_DIGEST, SAME_EFFECTS, or what differs."""
        try:
            found = PSBT.parse(_without_taproot(data))
        except Exception as error:
            return f"embit does not read it: {error!r}"
        known = PSBT.parse(self.honest)
        if _digests(found) == _digests(known):
            return SAME_DIGEST
        wrong = self._effects(found, known)
        return SAME_EFFECTS if wrong is None else wrong

    def _effects(self, found: PSBT, known: PSBT) -> str | None:
        """What it does that the honest one does not."""
        if _outpoints(found) - _outpoints(known):
            return "it spends other coins"
        if len(_outpoints(found)) != len(found.tx.vin):
            return "it spends a coin twice"
        if self._leaving(found) != self._leaving(known):
            return f"it pays {self._leaving(found)}"
        if (
            found.tx.locktime
            or any(each.sequence < 0xFFFFFFFD for each in found.tx.vin)
            or found.tx.version not in (1, 2)
        ):
            return "it waits, or is of another version"
        return self._vaults(found, known)

    def _vaults(self, found: PSBT, known: PSBT) -> str | None:
        fee = _fee(found)
        vsize = (self._weight(found) + 3) // 4
        if not vsize <= fee <= 500 * vsize or fee * 20 >= sum(self._leaving(found).elements_value):
            return f"its fee is {fee} for {vsize} vB"
        shares = self._shares(found, fee)
        lost, owed = self._lost(found), self._lost(known)
        honest = self._shares(known, _fee(known))
        for vault, cap in self.caps.items():
            if lost[vault] - shares[vault] != owed[vault] - honest[vault]:
                return f"{vault} gives {lost[vault]}, of which {shares[vault]} fee"
            if shares[vault] > cap:
                return f"{vault} bears {shares[vault]}"
        return None

    def _leaving(self, found: PSBT) -> "Paid":
        outputs = Counter((each.script_pubkey.data, each.value) for each in found.tx.vout)
        return Paid(
            {each: count for each, count in outputs.items() if each in self.payments or each[0] not in self.vault_of}
        )

    def _change(self, found: PSBT) -> list[tuple[str, int, int]]:
        """Vault, satoshis and weight of every output that comes home."""
        outputs = [(each.script_pubkey.data, each.value) for each in found.tx.vout]
        return [
            (self.vault_of[code], value, 4 * (9 + len(code)))
            for code, value in outputs
            if code in self.vault_of and (code, value) not in self.payments
        ]

    def _lost(self, found: PSBT) -> Counter[str]:
        """What each vault's coins are worth, less what comes back to it."""
        sums: Counter[str] = Counter()
        for spent in _spent(found):
            sums[self.vault_of[spent.script_pubkey.data]] += spent.value
        for vault, value, _ in self._change(found):
            sums[vault] -= value
        return sums

    def _shares(self, found: PSBT, fee: int) -> dict[str, int]:
        """DESIGN.md §8: floor(fee x weight / all), what is left one each in order of checksum (here: the vaults' order)."""
        weight: Counter[str] = Counter()
        for spent in _spent(found):
            weight[self.vault_of[spent.script_pubkey.data]] += INPUT_WEIGHT
        for vault, _, units in self._change(found):
            weight[vault] += units
        total = sum(weight.values())
        shares = {vault: fee * weight[vault] // total for vault in self.caps}
        for vault in list(self.caps)[: fee - sum(shares.values())]:
            shares[vault] += 1
        return shares

    @staticmethod
    def _weight(found: PSBT) -> int:
        outputs = sum(4 * (9 + len(each.script_pubkey.data)) for each in found.tx.vout)
        return 4 * 10 + 2 + INPUT_WEIGHT * len(found.tx.vin) + outputs


def _without_taproot(data: bytes) -> bytes:
    """Without the inputs' taproot fields (BIP-371), which no P2WSH spend reads and of which embit wants keys on the curve."""
    parts = psbt_mutants.take_apart(data)
    inputs = tuple(tuple(each for each in found if not 0x13 <= each[0][0] <= 0x18) for found in parts.inputs)
    return replace(parts, inputs=inputs).serialise()


class Paid(Counter[tuple[bytes, int]]):
    """How often each amount goes to each script."""

    @property
    def elements_value(self) -> list[int]:
        """Every amount, as often as it is paid."""
        return [value for _, value in self.elements()]


def _outpoints(found: PSBT) -> set[tuple[bytes, int]]:
    return {(each.txid, each.vout) for each in found.tx.vin}


def _spent(found: PSBT) -> list:  # type: ignore[type-arg]
    """The outputs that it spends, from the parents, which must hash to what the inputs say."""
    spent = []
    for each, scope in zip(found.tx.vin, found.inputs, strict=True):
        assert scope.non_witness_utxo.txid() == each.txid
        spent.append(scope.non_witness_utxo.vout[each.vout])
    return spent


def _fee(found: PSBT) -> int:
    return sum(each.value for each in _spent(found)) - sum(each.value for each in found.tx.vout)


def _digests(found: PSBT) -> list[bytes]:
    """BIP-143, SIGHASH_ALL, as embit computes it."""
    spent = _spent(found)
    return [
        found.tx.sighash_segwit(index, scope.witness_script, spent[index].value)
        for index, scope in enumerate(found.inputs)
    ]
