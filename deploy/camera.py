#!/usr/bin/python3
"""A real RTSP camera for demonstrations and tests: one clip, played for ever in three codecs.

Mounts /h264, /h265 and /mjpeg; every other path is 404. Prints `ready rtsp://HOST:PORT/` on
stdout once it listens. The clip is transcoded once into --cache; playing it then only copies
compressed pictures, so it costs next to no CPU. Needs ffmpeg and gst-rtsp-server with gi.
"""

import argparse
import fcntl
import hashlib
import os
import signal
import subprocess
import tempfile

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

DEFAULT_CLIP = "/usr/share/doc/opencv-doc/examples/data/vtest.avi"

# One keyframe a second, no B-frames, whole pictures: what a well configured camera sends.
# RTP/JPEG (RFC 2435) carries no Huffman tables, so the encoder must use the default ones.
ENCODERS = {
    "h264": "-c:v libx264 -preset veryfast -bf 0 -crf 23 -pix_fmt yuv420p"
    " -x264-params sliced-threads=0:scenecut=0 -force_key_frames expr:gte(t,n_forced)",
    "h265": "-c:v libx265 -preset ultrafast -crf 26 -pix_fmt yuv420p -tag:v hvc1"
    " -x265-params bframes=0:scenecut=0:log-level=error -force_key_frames expr:gte(t,n_forced)",
    "mjpeg": "-c:v mjpeg -huffman default -q:v 4 -pix_fmt yuvj420p",
}
PARSERS = {
    "h264": "h264parse ! video/x-h264,stream-format=avc,alignment=au",
    "h265": "h265parse ! video/x-h265,stream-format=hvc1,alignment=au",
    "mjpeg": "jpegparse",
}
PAYLOADERS = {
    "h264": "h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "h265parse ! rtph265pay name=pay0 pt=96 config-interval=-1",
    "mjpeg": "rtpjpegpay name=pay0 pt=26",
}
PROTOCOLS = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP}


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="0", help="0 takes a free port")
    parser.add_argument("--user", default="", help="asks for RTSP digest authentication")
    parser.add_argument("--password", default="")
    parser.add_argument("--protocol", choices=["tcp", "udp", "both"], default="both")
    parser.add_argument("--file", default=DEFAULT_CLIP, help="the clip to play")
    parser.add_argument("--codecs", default="h264,h265,mjpeg", help="the mounts to offer")
    parser.add_argument("--fps", type=float, default=0, help="frame rate; the clip's by default")
    parser.add_argument("--duration", type=float, default=60, help="seconds of the clip to use")
    parser.add_argument(
        "--cache", default=os.path.join(tempfile.gettempdir(), f"aspen-camera-{os.getuid()}"))
    parser.add_argument(
        "--exit-with-parent", action="store_true", help="ends when its parent process has ended")
    return parser.parse_args()


def transcoded(arguments, codec):
    """The clip in `codec`, from the cache or made now. Two cameras never make the same one."""
    clip = os.stat(arguments.file)
    recipe = (ENCODERS[codec], os.path.realpath(arguments.file), clip.st_size, clip.st_mtime_ns,
              arguments.fps, arguments.duration)
    digest = hashlib.sha256(repr(recipe).encode()).hexdigest()[:16]
    os.makedirs(arguments.cache, exist_ok=True)
    path = os.path.join(arguments.cache, f"{codec}-{digest}.mov")
    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(path):
            return path
        rate = ["-r", str(arguments.fps)] if arguments.fps else []
        part = path + ".part.mov"
        subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-y", "-t", str(arguments.duration),
             "-i", arguments.file, "-an", "-sn", *rate, *ENCODERS[codec].split(), part],
            check=True)
        os.rename(part, path)
    return path


class Clip:
    """The compressed pictures of one clip in memory, with the caps that describe them."""

    def __init__(self, path, codec):
        pipeline = Gst.parse_launch(
            f'filesrc location="{path}" ! qtdemux ! {PARSERS[codec]} ! appsink name=sink sync=false')
        sink = pipeline.get_by_name("sink")
        pipeline.set_state(Gst.State.PLAYING)
        self.caps = None
        self.pictures = []
        while True:
            sample = sink.emit("pull-sample")
            if sample is None:
                break
            self.caps = self.caps or sample.get_caps()
            self.pictures.append(sample.get_buffer())
        pipeline.set_state(Gst.State.NULL)
        if not self.pictures:
            raise SystemExit(f"camera: no pictures in {path}")
        first, last = self.pictures[0], self.pictures[-1]
        count = len(self.pictures)
        if count > 1 and last.pts > first.pts:
            self.interval = (last.pts - first.pts) // (count - 1)
        else:
            self.interval = Gst.SECOND // 10


class Player:
    """Feeds one media's appsrc, picture after picture, with timestamps that never jump back.

    A seeking or looping GStreamer source restarts or freezes the RTP timestamps instead.
    """

    def __init__(self, clip, source):
        self.clip = clip
        self.source = source
        self.count = 0
        source.set_property("caps", clip.caps)
        source.connect("need-data", self.push)

    def push(self, source, _length):
        clip = self.clip
        picture = clip.pictures[self.count % len(clip.pictures)].copy()
        picture.pts = picture.dts = self.count * clip.interval
        picture.duration = clip.interval
        self.count += 1
        source.emit("push-buffer", picture)


def factory(clip, codec, arguments):
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(
        f"( appsrc name=source format=time max-buffers=2 max-bytes=0 ! {PAYLOADERS[codec]} )")
    made.set_shared(True)
    if arguments.protocol in PROTOCOLS:
        made.set_protocols(PROTOCOLS[arguments.protocol])
    if arguments.user:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_role("viewer")
        permissions.add_permission_for_role("viewer", "media.factory.access", True)
        permissions.add_permission_for_role("viewer", "media.factory.construct", True)
        made.set_permissions(permissions)
    made.connect(
        "media-configure",
        lambda _, media: Player(clip, media.get_element().get_by_name("source")))
    return made


def digest_authentication(arguments):
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(arguments.user, arguments.password, token)
    return auth


def main():
    parent = os.getppid()
    arguments = options()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(arguments.host)
    server.set_service(arguments.port)
    if arguments.user:
        server.set_auth(digest_authentication(arguments))
    for codec in arguments.codecs.split(","):
        clip = Clip(transcoded(arguments, codec), codec)
        server.get_mount_points().add_factory("/" + codec, factory(clip, codec, arguments))
    if server.attach(None) == 0:
        raise SystemExit(f"camera: cannot listen on {arguments.host}:{arguments.port}")

    loop = GLib.MainLoop()
    for number in (signal.SIGTERM, signal.SIGINT):
        GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, loop.quit)
    if arguments.exit_with_parent:
        GLib.timeout_add_seconds(1, lambda: os.getppid() == parent or loop.quit())
    print(f"ready rtsp://{arguments.host}:{server.get_bound_port()}/", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
