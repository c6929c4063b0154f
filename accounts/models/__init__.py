from accounts.models.people import RoleGrant, User
from accounts.models.stations import OperatorSession, PinAttempt, PinCheck, Station

__all__ = ["OperatorSession", "PinAttempt", "PinCheck", "RoleGrant", "Station", "User"]
