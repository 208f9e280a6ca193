"""The world outside custody on the embedded chains: it deploys Safes and the test token, and pays the vaults."""

from collections.abc import Sequence

from countersign.bitcoin import address
from countersign.chains.embedded_bitcoin import EmbeddedBitcoin
from countersign.chains.embedded_ethereum import EmbeddedEthereum, EmbeddedSafe
from countersign.ethereum.abi import Address
from countersign.ethereum.arrivals import Arrival
from countersign.formats import caip, eip55
from countersign.formats.keccak import keccak256

TOKEN = Address(keccak256(b"countersign demonstration token")[12:])
EURO = Address(keccak256(b"countersign demonstration euro")[12:])
SOMEBODY = Address(keccak256(b"somebody outside custody")[12:])


class Outside:
    """Whoever pays into the demonstration's vaults."""

    def __init__(self, bitcoin: EmbeddedBitcoin, ethereum: EmbeddedEthereum) -> None:
        self._bitcoin = bitcoin
        self._ethereum = ethereum
        for token in (TOKEN, EURO):
            ethereum.balances.setdefault(token, {})

    def safe_address(self, owners: Sequence[bytes], threshold: int) -> str:
        """Deploy a Safe 1.4.1 with these owners (20 bytes each); its address in EIP-55."""
        place = Address(keccak256(b"countersign demonstration safe" + b"".join(owners))[12:])
        self._ethereum.safes[place] = EmbeddedSafe(tuple(Address(owner) for owner in owners), threshold)
        return eip55.checksum(place)

    def token(self) -> str:
        """The test ERC-20, CAIP-19."""
        return self._named(TOKEN)

    def euro(self) -> str:
        """Another test ERC-20, CAIP-19."""
        return self._named(EURO)

    def _named(self, token: Address) -> str:
        return f"eip155:{self._ethereum.chain_id}/erc20:{eip55.checksum(token)}"

    def pay_coins(self, to: str, satoshis: int) -> None:
        """Somebody pays a Bitcoin address."""
        self._bitcoin.fund(address.script_of(to, caip.hrp(caip.BITCOIN_REGTEST)), satoshis)

    def pay_tokens(self, safe: str, amount: int, token: str | None = None) -> str:
        """Somebody pays a Safe in a token (CAIP-19; None: the test token); `0x<transaction>:<log>`."""
        paid = TOKEN if token is None else Address(caip.AssetId.parse(token).token)
        return self._pay(paid, self._ethereum.balances[paid], safe, amount)

    def pay_ether(self, safe: str, wei: int) -> str:
        """Somebody pays a Safe in ether; `0x<transaction>:<log>`."""
        return self._pay(None, self._ethereum.ether, safe, wei)

    def _pay(self, token: Address | None, ledger: dict[Address, int], safe: str, amount: int) -> str:
        holder, chain = Address(eip55.parse(safe)), self._ethereum
        ledger[holder] = ledger.get(holder, 0) + amount
        transaction = "0x" + keccak256(b"transfer" + holder + (chain.height + 1).to_bytes(8, "big")).hex()
        chain.mine(transaction, [Arrival(token, SOMEBODY, holder, amount)])
        return f"{transaction}:0"
