import AspenModel

extension APIComponent {
  static let login = APIComponent("Login") {
    .object([
      .required("username", .text(1...LoginBody.maxUsernameBytes, pattern: APIPattern.line)),
      .required(
        "password",
        APISchema.text(1...UserSpecInput.maxPasswordBytes, pattern: APIPattern.line)
          .writeOnly),
    ])
  }

  static let setup = APIComponent("Setup") {
    .object([
      .required(
        "token", APISchema.text(1...SetupBody.maxTokenBytes, pattern: APIPattern.line).writeOnly),
      .required("username", .component(.objectName)), .required("password", newPassword),
    ])
  }

  static let session = APIComponent("Session") {
    .object([
      .required("subject", .component(.actor)), .required("grants", .array(of: .component(.grant))),
      .optional("expires_at", .component(.timestamp)),
    ])
  }

  static let grant = APIComponent("Grant") {
    .object([
      .required("role", .component(.role)),
      .optional(
        "selector", .component(.selector, "Where it holds; everywhere if it is not there.")),
    ])
  }

  static let viewLinkCreate = APIComponent("ViewLinkCreate") {
    .object([
      .required("stream", .component(.objectName)),
      .input(
        "expires_in_seconds",
        APISchema.integer(1...ViewLinkBody.longestSeconds)
          .defaulting(to: .integer(ViewLinkBody.usualSeconds))),
    ])
  }

  static let viewLink = APIComponent("ViewLink") {
    .object([
      .required("stream", .component(.objectName)), .required("token", .component(.viewLinkToken)),
      .required("path", .text(1...2048, "Where the frames are, with the token.")),
      .required("expires_at", .component(.timestamp)),
    ])
  }

  static let viewLinkToken = APIComponent("ViewLinkToken") {
    .text(1...1024, pattern: "^[A-Za-z0-9._-]+$", "`aspen_view_…`: signed, for one stream.")
  }
}
