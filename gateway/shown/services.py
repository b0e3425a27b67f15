"""A request in another state in; the pages' requests and windows as they stand out.

Floor 4, a pure room: part of gateway/shown/fold.py.
"""

from gateway.enact.homes import forget_windows
from gateway.people import ServiceWindow
from gateway.rules.services import is_forgotten, window_of_service
from gateway.services import PERMITTED, Service, ServiceState
from gateway.state.indexed import Indexed


def keep_service(service: Service, services: Indexed[Service], windows: dict[str, ServiceWindow]) -> None:
    """Approved, it is a window; what was over long enough ago is forgotten."""
    services[service.id] = service
    if service.state is ServiceState.APPROVED and (window := window_of_service(service)) is not None:
        windows[service.id] = window
        forget_windows(windows, service.changed_at)
    elif service.state not in PERMITTED:
        windows.pop(service.id, None)
    for old in [each.id for each in services.values() if is_forgotten(each, service.changed_at)]:
        del services[old]
