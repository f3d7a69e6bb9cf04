import AspenModel

extension KindComponents {
  static let site = KindComponents(
    KindShape(
      kind: .site, name: "Site", spec: .siteSpec, input: .siteSpecInput, isSpecOptional: true,
      patch: { APIComponent.siteInputFields }, status: { .object([]) }))

  static let token = KindComponents(
    KindShape(
      kind: .token, name: "Token", spec: .tokenSpec, input: .tokenSpecInput,
      patch: { APIComponent.tokenInputFields }, status: { .object([]) },
      createdFields: { [.optional("token", .text(1...256, onceShown))] }))

  static let roleBinding = KindComponents(
    KindShape(
      kind: .roleBinding, name: "RoleBinding", spec: .roleBindingSpec,
      input: .roleBindingSpecInput, patch: { APIComponent.roleBindingInputFields },
      status: { .object([]) }))

  static let user = KindComponents(
    KindShape(
      kind: .user, name: "User", spec: .userSpec, input: .userSpecInput,
      createInput: .userSpecCreate, patch: { APIComponent.userInputFields }, status: { .object([]) }
    ))

  static let joinToken = KindComponents(
    KindShape(
      kind: .joinToken, name: "JoinToken", spec: .joinTokenSpec, input: .joinTokenSpecInput,
      isSpecOptional: true, patch: { APIComponent.joinTokenInputFields },
      status: { .component(.joinTokenStatus) },
      createdFields: {
        [.optional("token", .text(1...256, "`aspen_join_ID_SECRET`. " + onceShown))]
      }))
}

private let onceShown = "Shown this one time; a dry run makes none."

extension APIComponent {
  static let siteSpec = APIComponent("SiteSpec") {
    .object([
      .optional("description", siteDescription),
      .optional("placement", .component(.placementPolicy)),
    ])
  }
  static let siteSpecInput = APIComponent("SiteSpecInput") { .object(siteInputFields) }
  static var siteInputFields: [APIField] {
    [
      .input("description", siteDescription),
      .input("placement", .component(.placementPolicy)),
    ]
  }

  static let placementPolicy = APIComponent("PlacementPolicy") {
    .choice(
      of: PlacementPolicy.self,
      """
      How streams are shared out among workers that suit them equally well. `spread`: the least \
      loaded worker first; so it is unless given. `pack`: the fullest one that has room first.
      """)
  }

  private static var siteDescription: APISchema {
    .text(0...1024, pattern: APIPattern.line, "At most 1,024 bytes.")
  }

  static let tokenSpec = APIComponent("TokenSpec") {
    .object([
      .required("role", .component(.role)), .optional("selector", tokenSelector),
      .optional("expires_at", .component(.timestamp)),
    ])
  }
  static let tokenSpecInput = APIComponent("TokenSpecInput") { .object(tokenInputFields) }
  static var tokenInputFields: [APIField] {
    [.required("role", .component(.role)), .input("selector", tokenSelector)] + expiryInput
  }

  private static var tokenSelector: APISchema {
    .component(.selector, "For the cameras with these labels only; everything unless given.")
  }

  /// When something ends: as a time, or counted from now.
  private static var expiryInput: [APIField] {
    [
      .input(
        "expires_at",
        .component(.timestampInput, "It never expires unless given.")),
      .input(
        "expires_in_seconds",
        .integer(
          1...ExpiryLimits.longestSeconds, "The same, counted from now; it prevails over the other."
        )),
    ]
  }

  static let roleBindingSpec = APIComponent("RoleBindingSpec") {
    .object([
      .required("subject", .component(.subject)), .required("role", .component(.role)),
      .optional("selector", tokenSelector),
    ])
  }
  static let roleBindingSpecInput = APIComponent("RoleBindingSpecInput") {
    .object(roleBindingInputFields)
  }
  static var roleBindingInputFields: [APIField] {
    [
      .required("subject", .component(.subject)), .required("role", .component(.role)),
      .input("selector", tokenSelector),
    ]
  }

  static let subject = APIComponent("Subject") {
    .object(
      [
        .required("kind", .choice(of: RoleSubject.Kind.self)),
        .required(
          "name",
          .text(
            1...RoleSubject.maxNameBytes, pattern: APIPattern.line,
            "For a user, its name; at most 255 bytes.")),
      ], "A user, or what the identity provider's tokens say.")
  }

  static let userSpec = APIComponent("UserSpec") {
    .object([.optional("display_name", displayName), .required("disabled", .boolean)])
  }
  static let userSpecInput = APIComponent("UserSpecInput") { .object(userInputFields) }
  static let userSpecCreate = APIComponent("UserSpecCreate") {
    .object(
      userInputFields.map { $0.name == "password" ? .required("password", newPassword) : $0 })
  }
  static var userInputFields: [APIField] {
    [
      .input("display_name", displayName),
      .input(
        "disabled",
        APISchema.boolean.defaulting(to: false).described("A disabled user cannot sign in.")),
      .input("password", newPassword),
    ]
  }

  private static var displayName: APISchema {
    .text(0...256, pattern: APIPattern.line, "At most 256 bytes.")
  }

  /// A password that is set.
  static var newPassword: APISchema {
    APISchema.text(
      UserSpecInput.shortestPassword...UserSpecInput.maxPasswordBytes, pattern: APIPattern.line,
      "Never comes back. At most 256 bytes, without control characters, and not the user's name."
    ).writeOnly
  }

  static let joinTokenSpec = APIComponent("JoinTokenSpec") {
    .object([
      .optional("uses", uses), .optional("expires_at", .component(.timestamp)),
      .optional("site", .component(.siteName)),
    ])
  }
  static let joinTokenSpecInput = APIComponent("JoinTokenSpecInput") {
    .object(joinTokenInputFields)
  }
  static var joinTokenInputFields: [APIField] {
    [.input("uses", uses)] + expiryInput + [.input("site", .component(.siteName))]
  }

  private static var uses: APISchema {
    .integer(1...1_000_000, "How many workers may join with it; any number unless given.")
  }

  static let joinTokenStatus = APIComponent("JoinTokenStatus") {
    .object([
      .optional("uses_remaining", .integer(0...1_000_000, "How many more workers may join."))
    ])
  }
}

/// How long things may live.
enum ExpiryLimits {
  /// Ten years: longer is better said as no expiry at all.
  static let longestSeconds: Int64 = 315_360_000
}
