import AspenAPI
import AspenHTTP
package import AspenModel

extension ControllerClient {
  /// Signs a person in and returns the session, to be used as `ClientCredential.session`.
  package func signIn(
    username: String, password: Secret
  ) async throws(ClientError) -> Secret {
    let answer = try await call(
      APIOperations.sessionCreate,
      body: ["username": .string(username), "password": .string(password.revealed)])
    guard let session = ClientCredential.session(settingCookies: answer.headers.all("Set-Cookie"))
    else { throw .unexpectedAnswer("its answer begins no session") }
    return session
  }

  /// Who the client is to the controller: `subject`, `grants`, `expires_at`.
  package func session() async throws(ClientError) -> JSONValue {
    try await resource(APIOperations.sessionGet)
  }

  /// Ends the session that the client uses.
  package func signOut() async throws(ClientError) {
    _ = try await call(APIOperations.sessionDelete)
  }
}
