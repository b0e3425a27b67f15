"""What holds for all tests: no speed of the machine, no luck of the draw, and Ctrl-C reaches the programs tested."""

import os
import signal

from hypothesis import HealthCheck, settings

settings.register_profile("new examples", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The same examples on every machine: a check of one commit says the same twice. `make fuzz` draws new ones.
settings.register_profile("same examples", settings.get_profile("new examples"), derandomize=True)
settings.load_profile("new examples" if os.environ.get("MENSHEN_NEW_EXAMPLES") else "same examples")

# A shell starts `make test &` with SIGINT ignored, and every child would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
