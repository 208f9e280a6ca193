"""What is said when bytes or text are not what they claim to be: JSON (C2), CBOR (T4), names (D3), addresses, times."""

_MEND_JSON = "Ask whoever made it to write it again with a tool that follows the format; nothing was changed here."
_RESEND = "Have it sent again. If it arrives the same way, its sender must mend it; nothing was changed here."
_OURS = "This is a mistake in this program: report it."
_COPY = "Copy it again from the original, whole and unchanged."

SENTENCES: dict[str, tuple[str, str]] = {
    "C2.size": ("The text has {size} bytes; at most {limit} are read.", _MEND_JSON),
    "C2.byte-order-mark": ("The text begins with a byte order mark, which signed text may not have.", _MEND_JSON),
    "C2.depth": ("The text is nested {depth} levels deep; at most {limit} are read.", _MEND_JSON),
    "C2.not-utf-8": ("The text is not valid UTF-8: byte {position} cannot be read.", _MEND_JSON),
    "C2.syntax": ("The text is not JSON: {problem} at character {position}.", _MEND_JSON),
    "C2.duplicate-key": (
        "The text names the field “{key}” twice, so two readers could understand it differently.",
        "Do not trust either value. " + _MEND_JSON,
    ),
    "C2.integer-range": ("The number {number} is not one that every reader reads the same way.", _MEND_JSON),
    "C2.float": ("The number {number} has a fraction or an exponent, which is not allowed anywhere.", _MEND_JSON),
    "C2.not-a-number": ("The text holds {text}, which is not a number.", _MEND_JSON),
    "C2.lone-surrogate": ("The text holds half of a character, which cannot be written down.", _MEND_JSON),
    "C2.not-canonical": (
        "The text says something readable but is not written in the one form that may be signed.",
        "It was changed or re-saved after signing, or made by another tool. Ask for the original file.",
    ),
    "C2.not-json": (
        "A value of type {type} has no place in signed text.",
        _OURS,
    ),
    "C2.wrong-type": ("At {where} there should be {expected}, but there is {found}.", _MEND_JSON),
    "C2.missing-field": ("At {where} the field “{field}” is missing.", _MEND_JSON),
    "C2.unknown-field": ("At {where} there is a field “{field}” that this version does not know.", _MEND_JSON),
    "C2.string-length": ("The text at {where} has {length} characters; at most {limit} are allowed.", _MEND_JSON),
    "C2.integer-bounds": ("The number at {where} is {found}; it must be from {minimum} to {maximum}.", _MEND_JSON),
    "C2.array-length": ("The list at {where} has {found} entries; it must have {minimum} to {maximum}.", _MEND_JSON),
    "C2.not-allowed": ("At {where} stands “{found}”; allowed are: {allowed}.", _MEND_JSON),
    "C2.amount": (
        "“{text}” is not an amount: whole base units in plain digits, without sign, spaces or leading zeros.",
        _MEND_JSON,
    ),
    "T4.size": ("The data has {size} bytes; at most {limit} are read.", _RESEND),
    "T4.truncated": ("The data ends before it is complete.", _RESEND),
    "T4.trailing": ("After the end of the data at byte {position} something more follows.", _RESEND),
    "T4.indefinite": ("The data does not say beforehand how long a part is.", _RESEND),
    "T4.syntax": ("The data is not CBOR.", _RESEND),
    "T4.not-shortest": ("A number in the data is written longer than it needs to be.", _RESEND),
    "T4.depth": ("The data is nested deeper than {limit} levels.", _RESEND),
    "T4.items": ("The data announces more than {limit} items.", _RESEND),
    "T4.tag": ("The data uses the tag {tag}, which has no meaning here.", _RESEND),
    "T4.simple": ("The data holds a fraction or a special value, which is not allowed.", _RESEND),
    "T4.not-utf-8": ("A text in the data is not valid UTF-8.", _RESEND),
    "T4.key-type": ("An entry of the data is named by something that is neither text, bytes nor a number.", _RESEND),
    "T4.key-order": ("The entries of the data are not in their prescribed order.", _RESEND),
    "T4.duplicate-key": ("The data names one entry twice, so two readers could understand it differently.", _RESEND),
    "T4.type": (
        "A value of type {type} cannot be written as CBOR here.",
        _OURS,
    ),
    "T4.integer-range": ("A number is too large to be written as CBOR here.", "Use a smaller number."),
    "D3.identifier": (
        "“{text}” is not an identifier: 1 to 64 letters, digits, dots, colons, hyphens and underscores.",
        "Choose another identifier.",
    ),
    "D3.name-length": ("A name has {length} characters; it must have 1 to {limit}.", "Choose another name."),
    "D3.hidden-character": (
        "The name “{name}” holds the invisible character {character}.",
        "Do not use it: it may be made to look like another. Ask for the name in plain characters.",
    ),
    "D3.not-nfc": (
        "The name “{name}” is not in its normal Unicode form, so it may look like another.",
        "Ask for the name in normal form (NFC).",
    ),
    "D3.marks": (
        "The name “{name}” begins with a mark, or piles more than {limit} upon a letter: they are painted over other letters.",
        "Ask for the name as it is written in its language.",
    ),
    "D3.spaces": ("The name “{name}” has spaces at its ends, doubled or of an unusual kind.", "Remove them."),
    "D3.right-to-left": (
        "The name “{name}” holds the right-to-left character {character}, which can reorder what is shown beside it.",
        "Have the name listed in the registry if it is genuine.",
    ),
    "D3.script": (
        "The name “{name}” holds {character}, a character of a script or style that names may not use.",
        "Ask for the name in plain letters, or have it listed in the registry if it is genuine.",
    ),
    "D3.mixed-scripts": (
        "The name “{name}” mixes letters of several scripts ({scripts}) and may be made to look like another.",
        "Do not trust it by its looks. Have the name listed in the registry if it is genuine.",
    ),
    "B1.hrp": (
        "The address belongs to another Bitcoin network: it begins with “{found}”, expected is “{expected}”.",
        "Ask for an address on the network of the contract.",
    ),
    "E6.checksum": (
        "“{text}” is not in the checked spelling of an Ethereum address: a letter or digit is wrong, or its case is.",
        _COPY,
    ),
    "formats.base64url": ("“{text}” is not base64url in its one spelling.", _MEND_JSON),
    "formats.hexadecimal": ("“{text}” is not lower-case hexadecimal.", _MEND_JSON),
    "formats.hexadecimal-length": ("There are {found} bytes in hexadecimal where {expected} belong.", _MEND_JSON),
    "formats.time": ("“{text}” is not a time of the form 2026-11-22T12:00:00Z.", _MEND_JSON),
    "formats.time-range": ("{seconds} is outside the years 1970 to 9999.", "Check the clock and the times entered."),
    "formats.date": ("“{text}” is not a date of the form 2026-11-22.", _MEND_JSON),
    "formats.lei": (
        "“{text}” is not a Legal Entity Identifier, or its check digits are wrong.",
        "Compare it with the participant's published LEI.",
    ),
    "formats.price": ("“{text}” is not a price: plain digits, with a point and decimals if needed.", _MEND_JSON),
    "formats.base58-character": ("The key or address holds a character that none of its kind has.", _COPY),
    "formats.base58-checksum": ("The key or address fails its own checksum: something in it is wrong.", _COPY),
    "formats.base58-length": ("The key or address is longer than {limit} characters.", _COPY),
    "formats.bech32-character": ("“{text}” holds a character that no such address has.", _COPY),
    "formats.bech32-case": ("“{text}” is not written in lower case throughout.", _COPY),
    "formats.bech32-length": ("“{text}” has not the length or form of such an address.", _COPY),
    "formats.bech32-checksum": ("The address “{text}” fails its own checksum: something in it is wrong.", _COPY),
    "formats.bech32-padding": ("The address does not fill whole bytes.", _COPY),
    "formats.segwit-version": ("There is no witness version {version}.", _COPY),
    "formats.segwit-length": ("A version {version} address cannot name {length} bytes.", _COPY),
    "formats.segwit-checksum": ("The address uses the checksum of another version than its own, {version}.", _COPY),
    "formats.address": ("“{text}” is not an Ethereum address: 0x and 40 hexadecimal digits.", _COPY),
    "formats.address-length": ("An Ethereum address has {expected} bytes; there are {found}.", _COPY),
    "formats.chain": ("“{text}” is not a chain that this program knows how to name.", "Check the chain's identifier."),
    "formats.chain-unknown": ("The chain {chain} is not known here.", "Check the chain's identifier."),
    "formats.asset": (
        "“{text}” is not an asset in its one spelling: a chain's coin, or a token on an Ethereum chain.",
        "Compare it with the asset registry.",
    ),
    "formats.account": ("“{text}” is not a destination of the expected kind of chain.", "Check the destination."),
}
