"""A gray picture in, the texts of the QR codes in it out.

The order of readers and its figures: zxing-cpp reads nearly everything at a tenth of the cost of zbar, and with
`return_errors` it also says, for nothing, where it saw a code that it could not read. Only there is more effort spent:
the cut-out is brought into other shapes and shown to both readers. Only QR Model 2 is asked for: with `QRCode`
zxing-cpp 3 also looks for Micro QR and reads phantoms in ordinary photos.

Whoever stands at the gate chooses what is in the picture, so nothing here trusts it: any array is taken, no size is too
large, no text is assumed to be UTF-8, and what looks like many codes and is none gets no second look.
"""

import time
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import zxingcpp
from pyzbar import pyzbar

from devices.links.opencv import cv2

Gray = npt.NDArray[np.uint8]  # two dimensions, one byte a pixel
Variant = Callable[[Gray], list[str]]

MODEL_2 = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
SHORTEST_SIDE = 21  # a version 1 code is 21 modules wide
LONGEST_SIDE = 4096  # a larger picture is scaled down to this
MOST_TEXTS = 32  # of one picture; zxing-cpp stops looking at 255 symbols
RESCUED = 3  # located codes of one picture that get the long treatment
MOST_LOCATED = 12  # unread ones: more is a pattern made to keep us busy, or a wall of tiles; not worth a look
RESCUE_SECONDS = 0.5  # of this thread's own time, for all rescues of one picture: it would hold up the frames behind it


def read_codes(frame: npt.NDArray[np.generic], harder: Iterable[Variant] = ()) -> tuple[str, ...]:
    """The texts in a gray picture, each once; if there are none, of the first of the `harder` variants that has any."""
    gray = prepared(frame)
    if gray is None:
        return ()
    symbols = _symbols(gray)
    texts = [text for symbol in symbols if symbol.valid and (text := _text_of(symbol))]
    located = [symbol for symbol in symbols if not symbol.valid]
    deadline = time.thread_time() + RESCUE_SECONDS
    for symbol in located[:RESCUED] if len(located) <= MOST_LOCATED else ():
        texts += _first(RESCUES, _cut_out(gray, symbol.position), deadline)
    return each_once(texts or _first(harder, gray))


def each_once(texts: Iterable[str]) -> tuple[str, ...]:
    """In the order found, without empty ones, not too many."""
    return tuple(dict.fromkeys(text for text in texts if text))[:MOST_TEXTS]


def prepared(frame: npt.NDArray[np.generic]) -> Gray | None:
    """The picture as all readers take it: gray bytes in one piece, not too large; None if no code can be in it."""
    if frame.ndim != 2 or min(frame.shape) < SHORTEST_SIDE or frame.dtype != np.uint8:
        return None
    gray = np.ascontiguousarray(frame, dtype=np.uint8)
    longest = max(gray.shape)
    if longest > LONGEST_SIDE:
        height, width = (max(1, side * LONGEST_SIDE // longest) for side in gray.shape)
        gray = _gray(cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA))
    return gray


def zxing(gray: Gray) -> list[str]:
    return [text for symbol in _symbols(gray) if symbol.valid and (text := _text_of(symbol))]


def zbar(gray: Gray) -> list[str]:
    # Without `symbols` pyzbar is 1.8 times slower and lets zbar write assertions to stderr.
    return [_decoded(found.data) for found in pyzbar.decode(gray, symbols=[pyzbar.ZBarSymbol.QRCODE])]


def adaptive(gray: Gray) -> Gray:
    """Black and white by the mean of the 51 pixels around: for shadows and glare."""
    return _gray(cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 51, 5))


def equalised(gray: Gray) -> Gray:
    """More contrast, place by place: for codes in the dark. A CLAHE object has buffers, so none is shared."""
    return _gray(cv2.createCLAHE(2.0, (8, 8)).apply(gray))


def fine(gray: Gray) -> Gray:
    """Black and white by the pixels close by: for codes without a margin, and a little out of focus."""
    return _gray(cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 25, 5))


def flattened(gray: Gray) -> Gray:
    """Every row equally bright: for the bands that a lamp at mains frequency lays over a rolling shutter's rows.

    A row is as bright as the brightest tenth of it, of every eighth pixel: there is something light in most rows.
    """
    some = np.ascontiguousarray(gray[:, ::8])
    tenth = some.shape[1] * 9 // 10
    bright = np.partition(some, tenth, axis=1)[:, tenth : tenth + 1].astype(np.float32)
    return np.clip(gray * (200.0 / np.maximum(cv2.blur(bright, (1, 3)).reshape(-1, 1), 16.0)), 0, 255).astype(np.uint8)


def sharpened(gray: Gray) -> Gray:
    return _gray(cv2.addWeighted(gray, 2.5, cv2.GaussianBlur(gray, (0, 0), 2.0), -1.5, 0))


def doubled(gray: Gray) -> Gray:
    """Twice as large, for small modules; what is large already stays as it is."""
    if max(gray.shape) > 1000:
        return gray
    return _gray(cv2.resize(gray, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def halved(gray: Gray) -> Gray:
    """Half as large, which takes away noise and the grid of a screen."""
    if min(gray.shape) < 2 * SHORTEST_SIDE:
        return gray
    return _gray(cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


RESCUES: tuple[Variant, ...] = (  # for the cut-out of a code that was located, cheapest first
    lambda gray: zxing(adaptive(gray)),
    lambda gray: zxing(equalised(gray)),
    lambda gray: zxing(flattened(gray)),
    lambda gray: zxing(fine(gray)),
    zbar,
    lambda gray: zbar(adaptive(gray)),
    lambda gray: zxing(doubled(gray)),
    lambda gray: zbar(halved(gray)),
)
GLANCES: tuple[Variant, ...] = (  # for a whole frame in which nothing was located: what a live camera can afford
    lambda gray: zxing(adaptive(gray)),
    lambda gray: zbar(halved(gray)),
    lambda gray: zxing(flattened(gray)),
    lambda gray: zxing(equalised(gray)),
    lambda gray: zxing(fine(gray)),
)
EVERYTHING: tuple[Variant, ...] = (  # for a still picture, where half a second does not matter
    *GLANCES,
    lambda gray: zbar(adaptive(gray)),
    zbar,
    lambda gray: zxing(sharpened(gray)),
    lambda gray: zxing(doubled(gray)),
)


def _symbols(gray: Gray) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(
        gray,
        formats=MODEL_2,
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )


def _text_of(symbol: zxingcpp.Barcode) -> str:
    try:
        return str(symbol.text)
    except UnicodeDecodeError:  # a payload zxing-cpp could not bring into UTF-8
        return _decoded(bytes(symbol.bytes))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")  # one character for each byte: nothing is lost, nothing fails


def _cut_out(gray: Gray, where: zxingcpp.Position) -> Gray:
    """The code with a third of its size around it: a finder pattern found is no exact corner."""
    corners = (where.top_left, where.top_right, where.bottom_left, where.bottom_right)
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    margin = int(0.35 * max(max(xs) - min(xs), max(ys) - min(ys))) + 8
    rows = slice(max(0, min(ys) - margin), max(0, max(ys) + margin))
    columns = slice(max(0, min(xs) - margin), max(0, max(xs) + margin))
    return np.ascontiguousarray(gray[rows, columns])


def _first(variants: Iterable[Variant], gray: Gray, deadline: float = float("inf")) -> list[str]:
    """What the first variant reads that reads anything; none is begun after the deadline of this thread's time."""
    if min(gray.shape) < SHORTEST_SIDE:
        return []
    return next((texts for variant in variants if time.thread_time() < deadline and (texts := variant(gray))), [])


def _gray(picture: npt.NDArray[np.generic]) -> Gray:
    """OpenCV's answers are gray bytes here; numpy's types cannot say so."""
    return picture.astype(np.uint8, copy=False)
