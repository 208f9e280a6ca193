"""Labels of the demonstration: what was just done by the others, and whose turn it is."""

LABELS: dict[str, str] = {
    "demo.note-chains": "Bitcoin regtest and chain id 31337, embedded in this process; nothing here is worth anything.",
    "demo.note-witnesses": "The two witnesses run inside this process, not outside; that counts in a demonstration only.",
    "demo.opening": "Founding a demonstration desk: tokens, keys, log, vaults. The window opens in some ten seconds.",
    "demo.open": "The window is open. What crosses the air gap lies in {folder}. Close the window to end.",
    "demo.founded": "The desk is founded, both vaults hold their deposits. Press Next step: the contract arrives.",
    "demo.agreed": "The contract arrived signed by both parties, was logged and endorsed; both holds are placed. Next step: the "
    "operations officer prepares both transactions.",
    "demo.prepared": "Two instructions wait for you on the Desk. Next step: three attacks come first; your token signs each "
    "refusal, so you are asked for your PIN.",
    "demo.drilled": "Refused, signed and logged: an altered recipient (B8), a delegate call (E3), a contract that is not in the "
    "log (L3). Your turn: on the Desk, open the settlement, review it, and sign both transactions.",
    "demo.sign-yours": "Your turn: on the Desk, open the settlement, review it, and sign both transactions. Your PIN is {pin}.",
    "demo.attested": "Conrad Lake and Dora Finch attested, each from their own console, that nothing was cancelled or frozen: a "
    "crossing by QR code cannot prove that. Your turn: on Carry, choose Bitcoin and show the codes. Then press Next step: the "
    "vault operator films your screen.",
    "demo.show-request": "Your turn: on Carry, choose Bitcoin and show the codes. Then press Next step: the vault operator films "
    "your screen.",
    "demo.qr-answered": "The vault operator read your codes, verified everything offline, and signed. Your turn: on Carry, Scan, "
    "read the pictures of the answer; they lie in the folder {folder}: type that, or choose answer-0001.png there.",
    "demo.take-pictures": "Your turn: on Carry, Scan, read the pictures of the answer; they lie in the folder {folder}: type "
    "that, or choose answer-0001.png there.",
    "demo.qr-refused": "The vault operator could not take in your codes: {what} Show the Bitcoin codes on Carry again, then press "
    "Next step.",
    "demo.write-usb": "Your turn: on Carry, choose Ethereum, USB, and write the request to the folder {folder}: type that. Then "
    "press Next step.",
    "demo.usb-answered": "The vault operator inserted your stick, verified everything offline, and signed; inserted again it was "
    "answered from the record. Your turn: on Carry, USB, read the file {file}: type that.",
    "demo.usb-refused": "The vault operator could not take in what lies on the stick: {what} On Carry, choose Ethereum, USB, and "
    "write it to the folder {folder} again, then press Next step.",
    "demo.read-usb": "Your turn: on Carry, USB, read the file {file}: type that.",
    "demo.released": "Both quorums are there. Maker and checker released both transactions together, and both were broadcast. "
    "Next step: both parties confirm.",
    "demo.final": "Final: both parties confirmed, the ledger moved, the books balance with the chains. Next step, if you like: an "
    "evening's market among five institutions.",
    "demo.market": "Five institutions have traded forty contracts, among them a basket of four assets and a block split over "
    "two books; one is disputed, one seller has lent what it sells. Next step: the cut-off.",
    "demo.cycle": "The cut-off: the loan was recalled, one contract was short and left out, the others are netted into a "
    "handful of transactions. Your turn: on the Desk, open any contract of the cycle, review it, and sign every transaction.",
    "demo.sign-cycle": "Your turn: on the Desk, open any contract of the netted cycle and sign every transaction. "
    "Your PIN is {pin}.",
    "demo.cycle-signed": "Officer E has signed too, at another machine: every quorum is there. Next step: release and finality.",
    "demo.cycle-final": "Final: thirty-eight contracts delivered by a handful of transactions; the books balance with the chains.",
    "demo.waits": "Released and sent. Bitcoin's blocks are full this evening: they take nothing below {rate} satoshis a vbyte, "
    "and the cycle's transaction waits. Next step: operations and compliance declare a child that lifts it.",
    "demo.lifted": "Operations made a child, and compliance read it back and declared it: it spends the change of what waits, "
    "back to the same vaults, and pays for both. Your turn: on the Desk, open any contract of the netted cycle, review the "
    "child and sign it. Your PIN is {pin}.",
    "demo.sign-child": "Your turn: on the Desk, open any contract of the netted cycle, review the child that lifts what waits "
    "and sign it. Your PIN is {pin}.",
    "demo.child-signed": "Officer E has signed the child too. Next step: it is released and sent, and lifts what waits.",
    "demo.child-final": "Final: one block took both, the child and what it paid for; thirty-eight contracts are delivered, and "
    "the books balance with the chains.",
    "demo.over": "The story is over. Look at the Log, or verify everything there.",
    "demo.elsewhere": "The settlement stands at: {state}. The demonstration goes no further from there; close the window and start "
    "it again.",
    "step-found": "The desk is founded; deposits are credited",
    "step-contract": "The contract is signed, logged, endorsed; both holds are placed",
    "step-prepare": "Two instructions are prepared",
    "step-drill": "Three things are refused in front of the officer",
    "step-sign": "Officer A signs both with token A",
    "step-qr": "The Bitcoin request crosses the air gap by QR and comes back signed",
    "step-usb": "The Ethereum request crosses by USB and comes back signed",
    "step-release": "Maker and checker release both; both are broadcast",
    "step-final": "Both parties confirm; the settlement is final; the books balance",
    "step-market": "Forty contracts among five institutions; one is disputed, one seller has lent what it sells",
    "step-cycle": "The cut-off: one contract is short, the others are netted and prepared",
    "step-batch": "Officers A and E sign the netted cycle",
    "step-delivery": "The netted cycle is released, seen on both chains, final; the books balance",
    "step-files": "Writing what was produced",
}
