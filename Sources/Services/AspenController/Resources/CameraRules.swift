import AspenModel
import AspenStore

/// Cameras: their passwords are sealed before they are stored.
struct CameraRules: ResourceRules {
  let kind = ResourceKind.camera
  let sealer: SecretSealer?

  func draft(
    _ spec: JSONValue, of object: SpecObject, current: Resource?, _ preparation: SpecPreparation
  ) throws -> SpecDraft {
    let input = try CameraSpecInput(json: spec)
    let known = try current.map { try CameraSpecInput(json: $0.spec).spec }
    var secret = try secretChange(from: known, to: input, object.id)
    if case .storedPassword(let stored) = preparation, case .set = secret,
      isSame(stored, as: input.password, object.id)
    {
      secret = .keep
    }
    return SpecDraft(spec: input.spec.json, extras: .camera(secret))
  }

  /// Whether a password is the stored one. Sealed anew it would look like a change, and who applies the
  /// same documents again would interrupt the camera.
  private func isSame(_ stored: SealedSecret, as password: Secret?, _ id: Int64) -> Bool {
    guard let known = try? sealer?.open(stored, context: Self.context(id)) else { return false }
    return known == password
  }

  /// A password belongs to one user of one camera: it never follows to another address or user.
  private func secretChange(
    from current: CameraSpec?, to input: CameraSpecInput, _ id: Int64
  ) throws -> SecretChange {
    if let password = input.password {
      guard let sealer else {
        throw ValidationError(
          "/spec/password",
          "cannot be kept: this controller has no key to seal it with (secrets_key_file)")
      }
      return .set(try sealer.seal(password, context: Self.context(id)))
    }
    guard let username = input.spec.username else {
      return current?.username == nil ? .keep : .clear
    }
    guard let current else {
      throw ValidationError("/spec/password", "is required with a username")
    }
    if username != current.username || input.spec.host != current.host {
      throw ValidationError(
        "/spec/password", "must be given again when the user or the camera's host changes")
    }
    return .keep
  }

  /// What a sealed password is bound to: that of one camera opens for no other.
  static func context(_ id: Int64) -> String { "camera/\(id)" }
}

extension CameraSpec {
  /// Who would get the password.
  fileprivate var host: String? {
    if case .rtsp(let address, _) = source { address.hostAndPort } else { nil }
  }
}
