"""Labels of Enrol a vault."""

LABELS: dict[str, str] = {
    "screen.enrol": "Enrol a vault: do all cosigners mean the same one, and can each sign for it?",
    "enrol.step": "Step {number} of 5: {word}",
    "enrol.step-file": "Description",
    "enrol.step-vault": "Keys",
    "enrol.step-words": "Compare",
    "enrol.step-test": "Test",
    "enrol.step-propose": "Propose",
    "enrol.back": "Back",
    "enrol.leave": "To Vaults",
    "enrol.leave-tip": "Back to Vaults; what was read here stays until the window closes",
    "enrol.next-vault": "Whose vault, whose keys",
    "enrol.next-words": "Compare the words",
    "enrol.next-test": "These are their words",
    "enrol.next-propose": "Whose signatures are there",
    "enrol.skip": "To the signatures",
    "enrol.skip-tip": "For whoever proposes the vault and is none of its cosigners",
    "enrol.body": "This step",
    "enrol.file-title": "The description of the vault",
    "enrol.file-explain": (
        "A descriptor file (a slot a line), or the BSMS record of round 2 (BIP-129) that the coordinator made. It is read once: "
        "what you compare and sign afterwards are these bytes."
    ),
    "enrol.file": "Descriptor file or BSMS record",
    "enrol.file-hint": "vault.txt, vault.bsms or vault.dat",
    "enrol.choose": "Choose…",
    "enrol.kinds": "Descriptions (*.txt *.bsms *.dat *.desc);;All files (*)",
    "enrol.session": "The BSMS session's token, if the records are encrypted",
    "enrol.session-hint": "16 or 32 hex digits; empty where nothing is encrypted",
    "enrol.read": "Read the file",
    "enrol.reading": "Reading…",
    "enrol.other": "Before there is a description",
    "enrol.other-explain": (
        "Devices make their key records first (round 1). A device's key is registered as its officer's before it can stand in a "
        "vault; then one description is made of all records (round 2)."
    ),
    "enrol.register": "Register my device…",
    "enrol.assemble": "Make a description…",
    "enrol.nothing-read": "Nothing is read yet.",
    "enrol.says": "What the file says",
    "enrol.file-descriptor": "Descriptor file",
    "enrol.file-round-two": "BSMS descriptor record (round 2)",
    "enrol.file-round-one": "BSMS key record (round 1)",
    "enrol.form": "Form",
    "enrol.quorum": "Quorum",
    "enrol.quorum-of": "{threshold} of {cosigners} sign",
    "enrol.extended": "extended keys, one descriptor for all places",
    "enrol.slots": "{count} numbered slots, a descriptor each",
    "enrol.note": "The device's note",
    "enrol.checksum": "Checksum (it identifies nothing)",
    "enrol.checksum-of": "Checksum of slot {number}",
    "enrol.single": "This is one device's key, not a vault. Register it, or make a description of all cosigners' records.",
    "enrol.refused-form": "Nothing is signed for a vault of this form.",
    "enrol.keys": "Keys",
    "enrol.keys-of": "Keys of {place}",
    "enrol.key": "Key {number}",
    "enrol.key-of": "Key {number} · {name}",
    "enrol.key-text": "Key {number}, whole",
    "enrol.origin": "Fingerprint {fingerprint}, path {path}, {kind}",
    "enrol.kind-extended": "extended key",
    "enrol.kind-plain": "plain key",
    "enrol.held": "{label} in {token} ({model}, serial {serial})",
    "enrol.yours": "yours",
    "enrol.you": "you",
    "enrol.step-done": "{said}. Done: {done}",
    "enrol.online": "online",
    "enrol.cold": "cold",
    "enrol.first-places": "First addresses",
    "enrol.vault-title": "Which vault it will be",
    "enrol.name": "Id of the vault",
    "enrol.name-hint": "for example meridian-btc; that of a standing vault, for more slots or to try it again",
    "enrol.owner": "Owner and book",
    "enrol.chain": "Chain",
    "enrol.own": "Your own device's key record (round 1)",
    "enrol.own-hint": "only if your key lies in a device of your own",
    "enrol.own-explain": (
        "Take it from your device itself, not from the coordinator: only it knows under which origin your key stands."
    ),
    "enrol.records": "Key records (*.bsms *.dat);;All files (*)",
    "enrol.judge": "Hold it against the roster",
    "enrol.judging": "Holding it against the roster…",
    "enrol.not-judged": "Not held against the roster yet: whose each key is will stand here.",
    "enrol.judged-new": "Nothing of the roster stands against it: every key is a registered officer's, and no other vault uses it.",
    "enrol.judged-slots": (
        "The vault stands and gains these slots; the others stay as they are. Nothing of the roster stands against them, and only "
        "they are tried."
    ),
    "enrol.judged-again": "The vault stands exactly as it is described here. Its cosigners can try it now; nothing else changes.",
    "enrol.own-once": "Your key stands in it exactly once, key {number}.",
    "enrol.own-each": "Your key stands in each of its {places} slots exactly once: {count} keys are yours.",
    "enrol.own-slots": "Your key stands exactly once in each new slot ({places}): {count} keys are yours.",
    "enrol.own-not": "Your own key is not confirmed.",
    "enrol.as-new": "{name} of {owner}, book {book}, on {chain}",
    "enrol.as-slots": "More slots for {name} of {owner}, book {book}, on {chain}",
    "enrol.as-again": "The standing vault {name} of {owner}, book {book}, on {chain}",
    "enrol.words-title": "Compare with every other cosigner",
    "enrol.words-explain": (
        "Read these twelve words aloud, in person or on a line where you know each other's voices. They stand for all of it: id, "
        "owner, chain, quorum, every key. Then type the words that the others read from their own consoles."
    ),
    "enrol.words": "The words of this vault",
    "enrol.addresses": "Then compare its first addresses",
    "enrol.addresses-explain": "Group by group. A device shows the first one when it signs the test.",
    "enrol.address-receive": "First receive address ({place})",
    "enrol.address-change": "First change address ({place})",
    "enrol.address-slot": "Address of {place}",
    "enrol.heard": "The words that the other cosigners read",
    "enrol.heard-hint": "twelve words",
    "enrol.comparing": "Comparing…",
    "enrol.test-title": "Your test signature",
    "enrol.test-explain": (
        "You sign a transaction over coins that cannot exist: no chain ever takes it. It proves that your key signs for this very "
        "vault, before coins lie there."
    ),
    "enrol.test-pays": "It pays to the vault's first address",
    "enrol.test-device": (
        "Your key lies in your own device. Its screen must show that the test pays to the address above, whole. If another stands "
        "there, cancel on the device and enrol nothing."
    ),
    "enrol.test-token": "Your keys lie in the token of this seat. It asks for its PIN where it is locked.",
    "enrol.export": "Export the test…",
    "enrol.export-explain": (
        "The words of this vault were compared before it leaves. What the device gives back is cut down to your signatures."
    ),
    "enrol.take": "Take back…",
    "enrol.take-explain": "Your signatures are cut out, each is verified, and they are written beside the description.",
    "enrol.sign": "Sign the test with the token",
    "enrol.signing": "Signing the test…",
    "enrol.signed": "Your test signatures were verified and written: {path}",
    "enrol.tests-title": "Whose test signatures are there",
    "enrol.tests-files": "Test files",
    "enrol.tests-explain": (
        "Every file (*.psbt, *.test) beside the description is looked at, and those that you add. Every signature is verified "
        "here. Give your own file to whoever proposes the vault."
    ),
    "enrol.folder": "Folder",
    "enrol.signed-by": "{name}",
    "enrol.there": "signed",
    "enrol.lacking": "missing",
    "enrol.look": "Look again",
    "enrol.looking": "Verifying the test signatures…",
    "enrol.add": "Add files…",
    "enrol.tests": "Test signatures (*.psbt *.test *.txt *.base64);;All files (*)",
    "enrol.refused-file": "Refused, {file}:",
    "enrol.all-there-new": "Every cosigner has signed the test. The vault can be proposed.",
    "enrol.all-there-slots": "Every cosigner has signed the test. The slots can be proposed.",
    "enrol.all-there-again": "Every cosigner has signed the test. That can be put into the log.",
    "enrol.still-missing": "Missing: {names}. Without a reason it is proposed only with every cosigner's test.",
    "enrol.again-missing": "Not signed here: {names}. The vault stands, and nobody's test is owed: what is there can be proposed.",
    "enrol.again-nobody": "Nobody has signed yet: {names}.",
    "enrol.untested-title": "Without somebody's test",
    "enrol.untested-explain": (
        "A key that cannot sign now may never be able to spend. If it must be entered all the same, say why: every administrator "
        "reads this reason, and who has tried nothing, above the signature, and it stays in the log."
    ),
    "enrol.untested": "Why it is entered all the same",
    "enrol.untested-hint": "for example: the device is at its maker's; nothing is paid in before it has signed",
    "enrol.propose": "Propose the vault…",
    "enrol.propose-tip": "A change of the roster that the administrators sign under Settings; an administrator signs it at once",
    "enrol.proposing": "Proposing…",
    "enrol.proposed": "The vault {vault} is proposed. It is registered once the administrators have signed and it was logged.",
    "enrol.device-title": "Register my device",
    "enrol.device-explain": (
        "The key in your device's record becomes yours in the roster, once the administrators have signed. The record proves that "
        "the device holds the key."
    ),
    "enrol.device-record": "The key record that your device made",
    "enrol.device-serial": "Serial number of the device",
    "enrol.device-model": "Model",
    "enrol.device-online": "The device hangs on a networked machine",
    "enrol.device-now": "Propose the device",
    "enrol.device-proposed": "The device is proposed. Its key counts once the administrators have signed and it was logged.",
    "enrol.assemble-title": "Make a description of key records",
    "enrol.assemble-explain": (
        "Every cosigner's record in the order in which the keys shall stand. Each one's signature is verified."
    ),
    "enrol.assemble-list": "Key records, in order",
    "enrol.assemble-add": "Add records…",
    "enrol.assemble-remove": "Remove the last",
    "enrol.threshold": "How many must sign",
    "enrol.assemble-now": "Make and save…",
    "enrol.assemble-kinds": "BSMS records (*.bsms *.dat)",
}
