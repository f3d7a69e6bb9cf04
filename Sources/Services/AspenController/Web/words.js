// The words of the page: phases, causes and numbers as people read them.

export const phases = {
  streaming: "Live",
  connecting: "Connecting",
  failing: "Failing",
  unassigned: "Not placed",
  stopped: "Stopped",
  unknown: "Unknown",
};

const faults = {
  host_not_found: "The host name is not known.",
  refused: "Nothing listens at this address: check the port, and that the camera is on.",
  unreachable: "There is no route to the camera.",
  timeout: "The camera does not answer in time.",
  unauthorized: "The camera refuses the user or the password.",
  not_found: "The camera does not know this path.",
  file_missing: "The file is not in the worker's media directory.",
  no_video: "The source has no video track.",
  unsupported_codec: "The video codec is not supported.",
  unsupported_transport: "The camera refuses this transport.",
  no_keyframe: "The camera sends no keyframe.",
  decode_errors: "The video is damaged on its way.",
  stalled: "The camera stopped sending pictures.",
  ended: "The source ended.",
  protocol_error: "The camera speaks the protocol in a way that is not understood.",
};

const idle = {
  unassigned: "No worker has this camera yet.",
  connecting: "Opening the camera…",
  stopped: "This stream is switched off.",
  unknown: "The worker of this camera is not heard of.",
};

/** Why there is no picture: the cause in a sentence, and the worker's own words if they add to it. */
export function reason(status) {
  const cause = status.phase === "failing" ? faults[status.fault] : idle[status.phase];
  const own = (status.message ?? "").trim();
  return [cause, own && own.toLowerCase() !== status.phase ? own : null].filter(Boolean);
}

/** Milliseconds as a short age: `80 ms`, `1.4 s`, `3 min`. */
export function age(milliseconds) {
  if (milliseconds < 950) return `${Math.max(0, Math.round(milliseconds / 10) * 10)} ms`;
  if (milliseconds < 90_000) return `${(milliseconds / 1000).toFixed(milliseconds < 9_950 ? 1 : 0)} s`;
  if (milliseconds < 5_400_000) return `${Math.round(milliseconds / 60_000)} min`;
  return `${Math.round(milliseconds / 3_600_000)} h`;
}

/** Frames a second: `25 fps`, `0.5 fps`. */
export function rate(framesPerSecond) {
  return `${framesPerSecond >= 9.95 ? Math.round(framesPerSecond) : +framesPerSecond.toFixed(1)} fps`;
}

/** `3 cameras · 2 live · 1 failing`. */
export function counts(cameras) {
  const total = cameras.length;
  const of = (phase) => cameras.filter((camera) => camera.status.phase === phase).length;
  const live = of("streaming");
  const failing = of("failing");
  const waiting = total - live - failing;
  return [
    `${total} camera${total === 1 ? "" : "s"}`,
    live && `${live} live`,
    failing && `${failing} failing`,
    waiting && `${waiting} waiting`,
  ].filter(Boolean).join(" · ");
}
