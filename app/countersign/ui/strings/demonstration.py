"""Labels of the demonstration: what was just done by the others, and whose turn it is."""

LABELS: dict[str, str] = {
    "demo.note-chains": "Bitcoin regtest and chain id 31337, embedded in this process; nothing here is worth anything.",
    "demo.note-witnesses": "The two witnesses run inside this process, not outside; that counts in a demonstration only.",
    "demo.founded": "The desk is founded, both vaults hold their deposits. Press Next step: the contract arrives.",
    "demo.agreed": "The contract arrived signed by both parties, was logged and endorsed; both holds are placed. Next: the "
    "operations officer prepares both transactions.",
    "demo.prepared": "Two instructions wait for you on the Desk. Next: an attacker tries three things in front of you.",
    "demo.drilled": "Refused, signed and logged: an altered recipient (B8), a delegate call (E3), a contract that is not in the "
    "log (L3). Your turn: open the settlement, review it, and sign both instructions (PIN {pin}).",
    "demo.sign-yours": "Your turn: open the settlement on the Desk, then Sign. Your PIN is {pin}.",
    "demo.show-request": "Your turn: on Carry, choose the Bitcoin request and show it. Then press Next step: the vault operator "
    "films your screen.",
    "demo.qr-answered": "The vault operator read your codes, verified everything offline, and signed. The answer's pictures lie in "
    "{folder}: take them in on Carry, Scan.",
    "demo.take-pictures": "Your turn: on Carry, Scan, take in the answer's pictures from {folder}.",
    "demo.write-usb": "Your turn: on Carry, USB, write the Ethereum request into {folder}. Then press Next step.",
    "demo.usb-answered": "The vault operator inserted your file, verified everything offline, and signed; inserted again it was "
    "answered from the record. Read {file} on Carry, USB.",
    "demo.read-usb": "Your turn: on Carry, USB, read {file}.",
    "demo.released": "Both quorums are there. Maker and checker released both transactions together, and both were broadcast. "
    "Next: both parties confirm.",
    "demo.final": "Final: both parties confirmed, the ledger moved, the books balance with the chains.",
    "demo.over": "The story is over. Look at the Log, or verify everything.",
    "step-found": "The desk is founded; deposits are credited",
    "step-contract": "The contract is signed, logged, endorsed; both holds are placed",
    "step-prepare": "Two instructions are prepared",
    "step-drill": "Three things are refused in front of the officer",
    "step-sign": "Officer A signs both with token A",
    "step-qr": "The Bitcoin request crosses the air gap by QR and comes back signed",
    "step-usb": "The Ethereum request crosses by USB and comes back signed",
    "step-release": "Maker and checker release both; both are broadcast",
    "step-final": "Both parties confirm; the settlement is final; the books balance",
    "step-files": "Writing what was produced",
}
