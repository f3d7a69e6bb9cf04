import AspenModel

/// Regular expressions of the texts that the API knows: ASCII, anchored, alike in ECMAScript and
/// Python. Tests hold them against the code that reads these texts.
enum APIPattern {
  static let objectName = "^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$"
  static let labelKey = "^[A-Za-z0-9._/-]{1,63}$"
  static let labelValue = "^[A-Za-z0-9._/-]{0,63}$"
  /// No control characters.
  static let line = #"^[^\x00-\x1F\x7F]*$"#
  /// Neither a colon nor control characters.
  static let username = #"^[^\x00-\x1F\x7F:]+$"#
  static let withoutNUL = #"^[^\x00]*$"#
  static let base64URL = "^[A-Za-z0-9_-]+$"
  static let timestamp = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$"

  private static let host =
    #"(\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\]|[A-Za-z0-9_][A-Za-z0-9._-]{0,252})(:0*[1-9][0-9]{0,4})?"#
  private static let pathAndQuery = #"([/?][!-"$-~]*)?"#
  /// As it is sent: user and password may stand before the host.
  static let addressInput = #"^[Rr][Tt][Ss][Pp]://([!-"$-.0->@-~]*@)?"# + host + pathAndQuery + "$"
  static let address = "^rtsp://" + host + pathAndQuery + "$"
  /// Parts that neither are empty nor begin with a dot; no backslash, no colon.
  static let mediaPath = {
    let first = #"[^\x00-\x1F\x7F/\\:.]"#
    let rest = #"[^\x00-\x1F\x7F/\\:]*"#
    return "^\(first)\(rest)(/\(first)\(rest))*$"
  }()

  /// Paths of members, separated by commas.
  static let fieldPaths = {
    let name = #"[^,.\x00]{1,63}"#
    let path = "\(name)([.]\(name))*"
    return "^\(path)(,\(path))*$"
  }()

  /// Filters separated by commas; a backslash takes the meaning of a comma.
  static let filters = {
    let path = "(name|spec([.][a-z0-9_]{1,63})+)"
    let filter = #"\#(path)!?=([^,\\\x00]|\\[,\\])*"#
    return "^(\(filter))?(,(\(filter))?)*$"
  }()

  /// Some of the kinds, separated by commas.
  static let kinds = {
    let kind = "(\(ResourceKind.allCases.map(\.rawValue).joined(separator: "|")))"
    return "^\(kind)(,\(kind))*$"
  }()

  /// Terms separated by commas, spaces around everything; empty terms are skipped.
  static let selector = {
    let key = "[A-Za-z0-9._/-]{1,63}"
    let value = "[A-Za-z0-9._/-]{0,63}"
    let values = " *\(value) *(, *\(value) *)*"
    let term = [
      "!? *\(key)", "\(key) *(!=|=)=* *\(value)", "\(key) +(in|notin) *[(]\(values)[)]",
    ].map { "(\($0))" }.joined(separator: "|")
    return "^ *(\(term))? *(, *(\(term))? *)*$"
  }()
}
