from accounts.models.people import RoleGrant, User
from accounts.models.stations import OperatorSession, PinAttempt, PinCheck, SignInAttempt, Station

__all__ = ["OperatorSession", "PinAttempt", "PinCheck", "RoleGrant", "SignInAttempt", "Station", "User"]
