"""Safe transactions of any shape."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from countersign.ethereum.abi import Address
from countersign.ethereum.safe import CURRENT, SafeTx, SafeVersion

addresses: SearchStrategy[Address] = st.binary(min_size=20, max_size=20).map(Address)
words = st.one_of(st.integers(0, 3), st.integers(0, 2**256 - 1))
json_integers = st.one_of(st.integers(0, 3), st.integers(0, 2**53 - 1))


def safe_txs(*versions: SafeVersion) -> SearchStrategy[SafeTx]:
    """Of these versions, else of the current one."""
    return st.builds(
        SafeTx,
        chain_id=json_integers,
        safe=addresses,
        to=addresses,
        value=words,
        data=st.binary(max_size=200),
        operation=st.sampled_from([0, 1]),
        safe_tx_gas=words,
        base_gas=words,
        gas_price=words,
        gas_token=addresses,
        refund_receiver=addresses,
        nonce=json_integers,
        version=st.sampled_from(versions or (CURRENT,)),
    )
