"""Where the released Safe contracts live, and what code they are.

Facts of safe-global/safe-deployments (`src/assets/v*/*.json`), releases 1.3.0, 1.4.1 and 1.5.0.

- Naming is display. Nothing is allowed because it has a name here; most names here are reasons to refuse (E3).
- `MULTI_SEND_CALL_ONLY` pins the canonical address by release.
- `SINGLETON_CODE` and `PROXY_CODE` hold the keccak-256 of the runtime code that each release compiles to, wherever it was
  deployed (E10). They are those of the EVM: zkSync's compiler gives others, and a Safe there is refused. `MULTI_SEND_CODE` is
  the same of MultiSendCallOnly, by release.
- `canonical`, `eip155` and `zksync` are the three ways in which a release was deployed; a chain has one or more.

    >>> named(address(bytes.fromhex("38869bf66a61cf6bdb996a6ae40d5853fd43b526"))).name
    'MultiSend'
"""

from dataclasses import dataclass

from countersign.ethereum.abi import Address, address
from countersign.ethereum.safe import SafeVersion


@dataclass(frozen=True, slots=True)
class Deployment:
    """One released contract at one address. `text` is the address in EIP-55."""

    name: str
    version: SafeVersion
    flavour: str
    text: str

    @property
    def address(self) -> Address:
        """The 20 bytes."""
        return address(bytes.fromhex(self.text[2:]))


_TABLE = """
CompatibilityFallbackHandler 1.3.0 canonical 0xf48f2B2d2a534e402487b3ee7C18c33Aec0Fe5e4
CompatibilityFallbackHandler 1.3.0 eip155 0x017062a1dE2FE6b99BE3d9d37841FeD19F573804
CompatibilityFallbackHandler 1.3.0 zksync 0x2f870a80647BbC554F3a0EBD093f11B4d2a7492A
CreateCall 1.3.0 canonical 0x7cbB62EaA69F79e6873cD1ecB2392971036cFAa4
CreateCall 1.3.0 eip155 0xB19D6FFc2182150F8Eb585b79D4ABcd7C5640A9d
CreateCall 1.3.0 zksync 0xcB8e5E438c5c2b45FbE17B02Ca9aF91509a8ad56
GnosisSafe 1.3.0 canonical 0xd9Db270c1B5E3Bd161E8c8503c55cEABeE709552
GnosisSafe 1.3.0 eip155 0x69f4D1788e39c87893C980c06EdF4b7f686e2938
GnosisSafe 1.3.0 zksync 0xB00ce5CCcdEf57e539ddcEd01DF43a13855d9910
GnosisSafeL2 1.3.0 canonical 0x3E5c63644E683549055b9Be8653de26E0B4CD36E
GnosisSafeL2 1.3.0 eip155 0xfb1bffC9d739B8D520DaF37dF666da4C687191EA
GnosisSafeL2 1.3.0 zksync 0x1727c2c531cf966f902E5927b98490fDFb3b2b70
MultiSend 1.3.0 canonical 0xA238CBeb142c10Ef7Ad8442C6D1f9E89e07e7761
MultiSend 1.3.0 eip155 0x998739BFdAAdde7C933B942a68053933098f9EDa
MultiSend 1.3.0 zksync 0x0dFcccB95225ffB03c6FBB2559B530C2B7C8A912
MultiSendCallOnly 1.3.0 canonical 0x40A2aCCbd92BCA938b02010E17A5b8929b49130D
MultiSendCallOnly 1.3.0 eip155 0xA1dabEF33b3B82c7814B6D82A79e50F4AC44102B
MultiSendCallOnly 1.3.0 zksync 0xf220D3b4DFb23C4ade8C88E526C1353AbAcbC38F
GnosisSafeProxyFactory 1.3.0 canonical 0xa6B71E26C5e0845f74c812102Ca7114b6a896AB2
GnosisSafeProxyFactory 1.3.0 eip155 0xC22834581EbC8527d974F8a1c97E1bEA4EF910BC
GnosisSafeProxyFactory 1.3.0 zksync 0xDAec33641865E4651fB43181C6DB6f7232Ee91c2
SignMessageLib 1.3.0 canonical 0xA65387F16B013cf2Af4605Ad8aA5ec25a2cbA3a2
SignMessageLib 1.3.0 eip155 0x98FFBBF51bb33A056B08ddf711f289936AafF717
SignMessageLib 1.3.0 zksync 0x357147caf9C0cCa67DfA0CF5369318d8193c8407
SimulateTxAccessor 1.3.0 canonical 0x59AD6735bCd8152B84860Cb256dD9e96b85F69Da
SimulateTxAccessor 1.3.0 eip155 0x727a77a074D1E6c4530e814F89E618a3298FC044
SimulateTxAccessor 1.3.0 zksync 0x4191E2e12E8BC5002424CE0c51f9947b02675a44
CompatibilityFallbackHandler 1.4.1 canonical 0xfd0732Dc9E303f09fCEf3a7388Ad10A83459Ec99
CompatibilityFallbackHandler 1.4.1 zksync 0x9301E98DD367135f21bdF66f342A249c9D5F9069
CreateCall 1.4.1 canonical 0x9b35Af71d77eaf8d7e40252370304687390A1A52
CreateCall 1.4.1 zksync 0xAAA566Fe7978bB0fb0B5362B7ba23038f4428D8f
MultiSend 1.4.1 canonical 0x38869bf66a61cF6bDB996A6aE40D5853Fd43B526
MultiSend 1.4.1 zksync 0x309D0B190FeCCa8e1D5D8309a16F7e3CB133E885
MultiSendCallOnly 1.4.1 canonical 0x9641d764fc13c8B624c04430C7356C1C7C8102e2
MultiSendCallOnly 1.4.1 zksync 0x0408EF011960d02349d50286D20531229BCef773
Safe 1.4.1 canonical 0x41675C099F32341bf84BFc5382aF534df5C7461a
Safe 1.4.1 zksync 0xC35F063962328aC65cED5D4c3fC5dEf8dec68dFa
SafeL2 1.4.1 canonical 0x29fcB43b46531BcA003ddC8FCB67FFE91900C762
SafeL2 1.4.1 zksync 0x610fcA2e0279Fa1F8C00c8c2F71dF522AD469380
SafeMigration 1.4.1 canonical 0x526643F69b81B008F46d95CD5ced5eC0edFFDaC6
SafeMigration 1.4.1 zksync 0x817756C6c555A94BCEE39eB5a102AbC1678b09A7
SafeProxyFactory 1.4.1 canonical 0x4e1DCf7AD4e460CfD30791CCC4F9c8a4f820ec67
SafeProxyFactory 1.4.1 zksync 0xc329D02fd8CB2fc13aa919005aF46320794a8629
SafeToL2Migration 1.4.1 canonical 0xfF83F6335d8930cBad1c0D439A841f01888D9f69
SafeToL2Migration 1.4.1 zksync 0xa26620d1f8f1a2433F0D25027F141aaCAFB3E590
SafeToL2Setup 1.4.1 canonical 0xBD89A1CE4DDe368FFAB0eC35506eEcE0b1fFdc54
SafeToL2Setup 1.4.1 zksync 0x199A9df0224031c20Cc27083A4164c9c8F1Bcb39
SignMessageLib 1.4.1 canonical 0xd53cd0aB83D845Ac265BE939c57F53AD838012c9
SignMessageLib 1.4.1 zksync 0xAca1ec0a1A575CDCCF1DC3d5d296202Eb6061888
SimulateTxAccessor 1.4.1 canonical 0x3d4BA2E0884aa488718476ca2FB8Efc291A46199
SimulateTxAccessor 1.4.1 zksync 0xdd35026932273768A3e31F4efF7313B5B7A7199d
CompatibilityFallbackHandler 1.5.0 canonical 0x3EfCBb83A4A7AfcB4F68D501E2c2203a38be77f4
CreateCall 1.5.0 canonical 0x2Ef5ECfbea521449E4De05EDB1ce63B75eDA90B4
ExtensibleFallbackHandler 1.5.0 canonical 0x85a8ca358D388530ad0fB95D0cb89Dd44Fc242c3
MultiSend 1.5.0 canonical 0x218543288004CD07832472D464648173c77D7eB7
MultiSendCallOnly 1.5.0 canonical 0xA83c336B20401Af773B6219BA5027174338D1836
Safe 1.5.0 canonical 0xFf51A5898e281Db6DfC7855790607438dF2ca44b
SafeL2 1.5.0 canonical 0xEdd160fEBBD92E350D4D398fb636302fccd67C7e
SafeMigration 1.5.0 canonical 0x6439e7ABD8Bb915A5263094784C5CF561c4172AC
SafeProxyFactory 1.5.0 canonical 0x14F2982D601c9458F93bd70B218933A6f8165e7b
SafeToL2Setup 1.5.0 canonical 0x900C7589200010D6C6eCaaE5B06EBe653bc2D82a
SignMessageLib 1.5.0 canonical 0x4FfeF8222648872B3dE295Ba1e49110E61f5b5aa
SimulateTxAccessor 1.5.0 canonical 0x07EfA797c55B5DdE3698d876b277aBb6B893654C
TokenCallbackHandler 1.5.0 canonical 0x54e86d004d71a8D2112ec75FaCE57D730b0433F3
"""


def _row(line: str) -> Deployment:
    name, version, flavour, text = line.split()
    return Deployment(name, SafeVersion.parse(version), flavour, text)


DEPLOYMENTS = tuple(_row(line) for line in _TABLE.strip().splitlines())
_BY_ADDRESS = {one.address: one for one in DEPLOYMENTS}
MULTI_SEND_CALL_ONLY = {
    one.version: one.address for one in DEPLOYMENTS if one.name == "MultiSendCallOnly" and one.flavour == "canonical"
}


def canonical(name: str, version: SafeVersion) -> Deployment:
    """A contract of a release at its canonical address; there is one for every name and release of the table."""
    return next(one for one in DEPLOYMENTS if (one.name, one.version, one.flavour) == (name, version, "canonical"))


def named(where: Address) -> Deployment | None:
    """The released Safe contract at this address, or None."""
    return _BY_ADDRESS.get(where)


FALLBACK_HANDLERS = {
    one.text: one
    for one in DEPLOYMENTS
    if one.name in ("CompatibilityFallbackHandler", "TokenCallbackHandler") and one.flavour != "zksync"
}
"""The fallback handlers (EIP-55) by which a Safe says nothing but what its owners signed.

Whatever a Safe does not know it calls at its handler, as itself, for whoever asks: at a token that is `transfer`. And what the
handler says of a signature (ERC-1271) tokens take for the Safe's. An ExtensibleFallbackHandler says what was once set in it.
"""


_SINGLETONS = """
1.3.0 GnosisSafe bba688fbdb21ad2bb58bc320638b43d94e7d100f6f3ebaab0a4e4de6304b1c2e
1.3.0 GnosisSafeL2 21842597390c4c6e3c1239e434a682b054bd9548eee5e9b1d6a4482731023c0f
1.4.1 Safe 1fe2df852ba3299d6534ef416eefa406e56ced995bca886ab7a553e6d0c5e1c4
1.4.1 SafeL2 b1f926978a0f44a2c0ec8fe822418ae969bd8c3f18d61e5103100339894f81ff
1.5.0 Safe dda019cbd7c867a533a2a86e5c53434fdc50b13122b5a5ddb4a8df61b31c20f2
1.5.0 SafeL2 180193227186ccb85316c94db1f0d156ed932b14712cfaac78901899178572dc
"""
_PROXIES = """
1.3.0 GnosisSafeProxy b89c1b3bdf2cf8827818646bce9a8f6e372885f8c55e5c07acbd307cb133b000
1.4.1 SafeProxy d7d408ebcd99b2b70be43e20253d6d92a8ea8fab29bd3be7f55b10032331fb4c
1.5.0 SafeProxy 4e381985ca68b3e5d27b4425fa581c19cf33146d3f887a3cfca96f55528ea46f
"""

_MULTI_SENDS = """
1.3.0 MultiSendCallOnly a9865ac2d9c7a1591619b188c4d88167b50df6cc0c5327fcbd1c8c75f7c066ad
1.4.1 MultiSendCallOnly ecd5bd14a08c5d2122379900b2f272bdf107a7e92423c10dd5fe3254386c9939
1.5.0 MultiSendCallOnly cdbdcec38d2f1c7d961b0029ff8416b7e86e9974d6f0e9c9580c7d17fcfb6663
"""


def _codes(table: str) -> dict[SafeVersion, dict[str, str]]:
    found: dict[SafeVersion, dict[str, str]] = {}
    for version, name, code in (line.split() for line in table.strip().splitlines()):
        found.setdefault(SafeVersion.parse(version), {})[name] = f"0x{code}"
    return found


SINGLETON_CODE = _codes(_SINGLETONS)
"""Release → contract → code hash (`0x…`) of the two singletons that a Safe of that release may run."""
PROXY_CODE = _codes(_PROXIES)
"""Release → contract → code hash of its proxy. A Safe that was upgraded keeps the proxy of the release it was made with."""
MULTI_SEND_CODE = {version: codes["MultiSendCallOnly"] for version, codes in _codes(_MULTI_SENDS).items()}
"""Release → code hash of its MultiSendCallOnly."""
