// The words of the page: phases, causes and numbers as people read them.

export const phases = {
  streaming: "Live",
  connecting: "Connecting",
  failing: "Failing",
  unassigned: "Not placed",
  stopped: "Stopped",
  stopping: "Stopping…",
  new: "…",
  unknown: "Unknown",
  ready: "Ready",
  expected: "Expected",
  lost: "Lost",
  leader: "Leads",
  follower: "Follows",
  cordoned: "Cordoned",
  draining: "Draining",
  disabled: "Disabled",
  pending: "Waiting",
  running: "Running",
  succeeded: "Done",
  failed: "Failed",
  refused: "Refused",
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
  stopping: "It is gone as soon as its streams have stopped.",
};

/** What a camera or stream does, which may not be known yet; one that shall go is stopping. */
export function phaseOf(resource) {
  return resource.deletion_requested_at ? "stopping" : (resource.status?.phase ?? "new");
}

/** Why there is no picture: the cause in a sentence, and the worker's own words if they add to it. */
export function reason(resource) {
  const phase = phaseOf(resource);
  const { status } = resource;
  const cause = phase === "failing" ? faults[status.fault] : idle[phase];
  if (phase === "stopping") return ["Stopping…", cause];
  const own = (status?.message ?? "").trim();
  return [cause, own && own.toLowerCase() !== phase ? own : null].filter(Boolean);
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
  const of = (phase) => cameras.filter((camera) => phaseOf(camera) === phase).length;
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

/** A problem's words as a sentence of the page. */
export function sentence(text) {
  const words = text.trim();
  return words[0].toUpperCase() + words.slice(1) + (/[.!?…]$/.test(words) ? "" : ".");
}

/** A time of the API as people here write it. */
export function moment(text) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return text;
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday
    ? at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" })
    : at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Several words with a count before them: `1 stream`, `2 streams`. */
export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What the page calls a kind. */
export const kinds = {
  camera: "camera", stream: "stream", worker: "worker", site: "site", token: "access token",
  role_binding: "role binding", user: "user", join_token: "join token",
};
