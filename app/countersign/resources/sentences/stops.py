"""What is said of disputes, freezes by order and awards, and what to do next, in an officer's words."""

_ORDER = (
    "Nothing goes forward while the order stands. Ask compliance; an order is lifted by two officers with its paper."
)
_RULING = "Have the ruling's terms signed by two officers, one of them of compliance, who also sign the event."

SENTENCES: dict[str, tuple[str, str]] = {
    "settlement.frozen": ("Contract {contract} is frozen by order {order}.", _ORDER),
    "settlement.frozen-account": ("The account of {lei}, book {book}, in {asset} is frozen by order {order}.", _ORDER),
    "settlement.frozen-owners": (
        "Order {order} stops what lies in the Safe {vault}: nobody may come to own it, and no fewer may sign for it.",
        "Compliance has the order's paper; two officers lift it. An owner may be taken out meanwhile, or more wanted to sign.",
    ),
    "settlement.disputed": (
        "Contract {contract} is disputed; nothing of its settlement is prepared, signed or released.",
        "Wait until who opened the dispute takes it back, all parties resolve it, or an award is made.",
    ),
    "settlement.no-dispute": (
        "No dispute stands over contract {contract}.",
        "Look at the settlement's history; a dispute ends once.",
    ),
    "settlement.dispute-open": (
        "{lei} has already opened a dispute over contract {contract}.",
        "Add what you expect to that dispute's proceedings; a contract has one dispute at a time.",
    ),
    "settlement.dispute-late": (
        "The time to dispute contract {contract} ended {seconds} seconds earlier.",
        "Take it to the forum that the contract names; the desk moves nothing any more.",
    ),
    "settlement.not-disputable": (
        "Contract {contract} has the template {template}; only a sale is disputed.",
        "A withdrawal is cancelled by its owner; against an award, turn to the forum that made it.",
    ),
    "settlement.not-the-opener": (
        "{lei} did not open the dispute over contract {contract}; {opener} did.",
        "Only {opener} takes it back. All parties together may resolve it.",
    ),
    "settlement.resolve-all": (
        "The dispute over contract {contract} is resolved only by all its parties together.",
        "Let the other parties sign the same resolution.",
    ),
    "settlement.transfer-to-self": (
        "The dispute expects a transfer from {lei}, book {book}, to itself ({where}).",
        "Name who should pay and who should receive.",
    ),
    "settlement.scope": (
        "The order's scope is of the kind {kind}, but does not name exactly what that kind needs ({where}).",
        (
            "A participant is named by its LEI, a book by LEI and book, a contract by its hash, an asset by its id; the "
            "other fields are null."
        ),
    ),
    "settlement.order-taken": (
        "Order {order} was recorded before.",
        "An order's name is used once. Give a further order a name of its own.",
    ),
    "settlement.order-lifted": ("Order {order} has been lifted already.", "Nothing more is needed."),
    "settlement.order-unknown": (
        "No order {order} stands here.",
        "Check the order's name against the freezes that are listed.",
    ),
    "settlement.not-an-award": (
        "Contract {contract} has the template {template}, which is no award.",
        "Draw up the ruling's terms with the template award, naming the disputed contract.",
    ),
    "settlement.award-signer": ("The key {key} is not the identity key of an officer of this desk.", _RULING),
    "settlement.award-officers": (
        "The award {contract} does not bear the signatures of two officers, one of them of compliance.",
        _RULING,
    ),
    "settlement.award-signers": (
        "The award {contract} is signed by other officers than the event that makes it.",
        _RULING,
    ),
}
