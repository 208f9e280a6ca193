"""What the adapters of `sync/` say."""

SENTENCES: dict[str, tuple[str, str]] = {
    "sync.memory": (
        "The witness cannot read or write what it remembers ({why}), so it signs nothing.",
        "See that its folder exists, has room and may be written, then try again. Nothing was lost.",
    ),
    "sync.memory-lost": (
        "The file in which the witness keeps what it remembers is gone, so it signs nothing.",
        "Put that very file back. If it is lost, retire this witness and make another under a new name.",
    ),
    "sync.witness-url": (
        "The address of the witness is not one this desk uses.",
        "Give an https address without a name, password, query or fragment; http only to a loopback address in numbers.",
    ),
    "sync.witness-plain-http": (
        "The witness at {host} would be asked without a secure connection.",
        "Give its https address. Plain http is for this machine alone: write 127.0.0.1, not localhost.",
    ),
    "sync.witness-silent": (
        "The witness at {url} does not answer ({why}).",
        "See that it runs and that this machine may reach it. The desk goes on with the others; nothing was lost.",
    ),
    "sync.witness-odd": (
        "What answers at {url} is not a witness as tlog-witness describes it (HTTP status {status}).",
        "Check the address. The desk goes on with the other witnesses; nothing was taken from its answer.",
    ),
    "sync.witness-address": (
        "The witness cannot listen at {host}, port {port} ({why}).",
        "Give an address of this machine, and a port at which nothing else listens; 0 lets the system choose one.",
    ),
}
