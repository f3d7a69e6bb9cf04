/// All operations of the API. A test holds them against `api/openapi.yaml`.
package enum APIOperations {
  private static let page = ["limit", "cursor", "selector"]
  private static let frameQuery = ["mode", "fps", "width"]

  package static let cameraList = APIOperation("camera_list", "GET", "/v1/cameras", query: page)
  package static let cameraCreate = APIOperation(
    "camera_create", "POST", "/v1/cameras", query: ["default_stream"])
  package static let cameraGet = APIOperation("camera_get", "GET", "/v1/cameras/{name}")
  package static let cameraUpdate = APIOperation("camera_update", "PATCH", "/v1/cameras/{name}")
  package static let cameraDelete = APIOperation("camera_delete", "DELETE", "/v1/cameras/{name}")

  package static let streamList = APIOperation("stream_list", "GET", "/v1/streams", query: page)
  package static let streamCreate = APIOperation("stream_create", "POST", "/v1/streams")
  package static let streamGet = APIOperation("stream_get", "GET", "/v1/streams/{name}")
  package static let streamUpdate = APIOperation("stream_update", "PATCH", "/v1/streams/{name}")
  package static let streamDelete = APIOperation("stream_delete", "DELETE", "/v1/streams/{name}")

  package static let workerList = APIOperation("worker_list", "GET", "/v1/workers", query: page)
  package static let workerGet = APIOperation("worker_get", "GET", "/v1/workers/{name}")
  package static let workerUpdate = APIOperation("worker_update", "PATCH", "/v1/workers/{name}")
  package static let workerDelete = APIOperation("worker_delete", "DELETE", "/v1/workers/{name}")

  package static let assignmentList = APIOperation(
    "assignment_list", "GET", "/v1/assignments", query: ["limit", "cursor"])
  package static let assignmentGet = APIOperation(
    "assignment_get", "GET", "/v1/assignments/{stream}")
  package static let assignmentDelete = APIOperation(
    "assignment_delete", "DELETE", "/v1/assignments/{stream}")

  package static let joinTokenList = APIOperation(
    "join_token_list", "GET", "/v1/join-tokens", query: page)
  package static let joinTokenCreate = APIOperation("join_token_create", "POST", "/v1/join-tokens")
  package static let joinTokenGet = APIOperation("join_token_get", "GET", "/v1/join-tokens/{name}")
  package static let joinTokenUpdate = APIOperation(
    "join_token_update", "PATCH", "/v1/join-tokens/{name}")
  package static let joinTokenDelete = APIOperation(
    "join_token_delete", "DELETE", "/v1/join-tokens/{name}")

  package static let framesWatch = APIOperation(
    "frames_watch", "GET", "/v1/frames", query: ["streams", "selector"] + frameQuery)
  package static let streamFramesWatch = APIOperation(
    "stream_frames_watch", "GET", "/v1/streams/{name}/frames", query: frameQuery)

  package static let workerJoin = APIOperation(
    "worker_join", "POST", "/v1/worker/join", access: .joining)
  package static let workerControl = APIOperation(
    "worker_control", "GET", "/v1/worker/control", access: .worker)
  package static let workerFrames = APIOperation(
    "worker_frames", "GET", "/v1/worker/frames", access: .worker)

  package static let healthGet = APIOperation("health_get", "GET", "/healthz", access: .open)
  package static let readinessGet = APIOperation("readiness_get", "GET", "/readyz", access: .open)

  /// Every operation of the document.
  package static let all = [
    cameraList, cameraCreate, cameraGet, cameraUpdate, cameraDelete,
    streamList, streamCreate, streamGet, streamUpdate, streamDelete,
    workerList, workerGet, workerUpdate, workerDelete,
    assignmentList, assignmentGet, assignmentDelete,
    joinTokenList, joinTokenCreate, joinTokenGet, joinTokenUpdate, joinTokenDelete,
    framesWatch, streamFramesWatch, workerJoin, workerControl, workerFrames,
    healthGet, readinessGet,
  ]
}
