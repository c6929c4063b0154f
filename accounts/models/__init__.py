from accounts.models.people import RoleGrant, User
from accounts.models.skills import Skill, SkillGrant
from accounts.models.stations import OperatorSession, PinAttempt, PinCheck, SignInAttempt, Station

__all__ = [
    "OperatorSession",
    "PinAttempt",
    "PinCheck",
    "RoleGrant",
    "SignInAttempt",
    "Skill",
    "SkillGrant",
    "Station",
    "User",
]
