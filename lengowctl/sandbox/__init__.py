"""A pretend Lengow: the API, a believable shop behind it, marketplaces with temperaments, and a clock of its own.

It knows nothing of the rest of the package and needs the standard library only, so that it can witness against
any client. `sandbox.py` is the object, `server.py` the door for other processes.
"""
