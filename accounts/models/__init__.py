from accounts.models.badges import Badge
from accounts.models.people import RoleGrant, User
from accounts.models.skills import Skill, SkillGrant
from accounts.models.stations import Device, OperatorSession, PinAttempt, PinCheck, SignInAttempt, Station

__all__ = [
    "Badge",
    "Device",
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
