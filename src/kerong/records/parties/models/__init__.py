"""Tables of the parties: who takes part, who acts for whom, and what was signed."""

from kerong.records.parties.models.directory import (
    FICTITIOUS,
    Branch,
    DemoLoad,
    Enterprise,
    Institution,
    Licence,
    Office,
)
from kerong.records.parties.models.guards import CodeInVain, PasswordUsed
from kerong.records.parties.models.people import Membership, Person, User
from kerong.records.parties.models.signing import FirmClaim, SigningRequest

__all__ = [
    "FICTITIOUS",
    "Branch",
    "CodeInVain",
    "DemoLoad",
    "Enterprise",
    "FirmClaim",
    "Institution",
    "Licence",
    "Membership",
    "Office",
    "PasswordUsed",
    "Person",
    "SigningRequest",
    "User",
]
