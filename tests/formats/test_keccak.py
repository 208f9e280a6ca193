"""keccak-256 is Ethereum's, not SHA3-256."""

from countersign.formats.keccak import keccak256


def test_known_answers() -> None:
    # The empty code hash of Ethereum, and the selector of transfer(address,uint256).
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"transfer(address,uint256)")[:4].hex() == "a9059cbb"
