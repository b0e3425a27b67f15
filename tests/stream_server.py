"""A network camera for tests: JPEGs in, a multipart stream over HTTP out; it can hang, break off and send garbage."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Source = Callable[[int], bytes | None]  # the n-th frame's bytes; None breaks the stream off


class Camera:
    """`frame` says what is sent; `hang` holds every answer while it is set, with the connection left open."""

    def __init__(self, frame: Source, frames_per_second: float) -> None:
        self.frame = frame
        self.pause = 1 / frames_per_second
        self.hang = threading.Event()
        self.over = threading.Event()
        self.sent = 0
        self.url = ""

    def wait_while_it_hangs(self) -> None:
        while self.hang.is_set() and not self.over.wait(0.02):
            pass

    def wait_until_sent(self, frames: int) -> None:
        while self.sent < frames and not self.over.wait(0.02):
            pass


@contextmanager
def serve(frame: Source, *, frames_per_second: float = 30) -> Iterator[Camera]:
    camera = Camera(frame, frames_per_second)

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nothing: tests read the stream, not the log."""

        def do_GET(self) -> None:
            camera.wait_while_it_hangs()
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            number, due = 0, time.monotonic()
            while not camera.over.is_set() and (data := camera.frame(number)) is not None:
                camera.wait_while_it_hangs()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + data + b"\r\n")
                except OSError:  # the reader has gone
                    return
                number += 1
                camera.sent = number
                due += camera.pause
                camera.over.wait(max(0.0, due - time.monotonic()))

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        camera.url = f"http://127.0.0.1:{server.server_port}/stream"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield camera
        finally:
            camera.over.set()
            server.shutdown()
            thread.join()
