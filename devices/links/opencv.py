"""OpenCV, set up once for the whole process: import `cv2` from here and nowhere else.

What OpenCV takes from the environment it reads while it loads or while it opens its first camera, so it stands here.
"""

import os

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(1 << 27))  # 134 million: a picture bomb is refused, not decoded
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "5")  # seconds; a dead USB camera else holds its thread 10 s
# We say ourselves what failed, with the camera's name. -8 is AV_LOG_QUIET; at any other level set here FFmpeg would
# write to stdout (ffmpeg_log_callback in cap_ffmpeg_impl.hpp), into the middle of JSON lines.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# OPENCV_FFMPEG_CAPTURE_OPTIONS is left alone on purpose: it holds for all cameras of the process and replaces, rather
# than adds to, OpenCV's own options (rtsp over TCP), and a misspelt option in it is silently ignored.

import cv2  # the variables above are read while it loads

cv2.setNumThreads(1)  # a 2 ms job spread over all cores costs more than it gains; cameras run side by side instead
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # else one warning per frame of luma taken undecoded

__all__ = ["cv2"]
