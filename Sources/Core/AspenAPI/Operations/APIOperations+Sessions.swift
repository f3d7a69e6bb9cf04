import AspenModel

extension APIOperations {
  /// Signs in.
  package static let sessionCreate = APIOperation(
    "session_create", "POST", "/v1/session", "Sign in with a password",
    description: "The session is kept in the cookie `aspen_session`, which scripts cannot read.",
    tag: .session, access: .open,
    body: .json(
      .component(.login), example: ["username": "alice", "password": "correct horse battery"]),
    answers: [.json(201, "Who one is.", .component(.session), headers: [.setCookie])],
    problems: [.unauthorized])

  /// Says who one is.
  package static let sessionGet = APIOperation(
    "session_get", "GET", "/v1/session", "Say who one is and what one may do", tag: .session,
    access: .authenticated, answers: [.json(200, "Who one is.", .component(.session))])

  /// Signs out.
  package static let sessionDelete = APIOperation(
    "session_delete", "DELETE", "/v1/session", "Sign out",
    description: "Ends the session of the cookie; a token is not touched.", tag: .session,
    access: .authenticated, answers: [.noContent("The session is over.")])

  /// Makes the first administrator.
  package static let setupComplete = APIOperation(
    "setup_complete", "POST", "/v1/setup", "Make the first administrator",
    description: """
      Takes the one-time token that the controller prints at its first start. Makes a user who may \
      do everything, and signs in.
      """, tag: .session, access: .open,
    body: .json(
      .component(.setup),
      example: [
        "token": "aspen_setup_TOKEN", "username": "alice", "password": "correct horse battery",
      ]),
    answers: [.json(201, "Who one is.", .component(.session), headers: [.setCookie])],
    problems: [.unauthorized, .conflict])
}
