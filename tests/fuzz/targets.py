"""Every parser of the project, by name: what the fuzzer runs and what the kept corpus is replayed through."""

from fuzz import targets_chains, targets_desk, targets_formats
from fuzz.target import Target

MODULES = (targets_formats, targets_chains, targets_desk)
TARGETS: dict[str, Target] = {name: target for module in MODULES for name, target in module.TARGETS.items()}
