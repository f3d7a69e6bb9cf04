import AspenHTTP
import AspenModel
import AspenNet
import AspenTelemetry
import AspenTestSupport

@testable import AspenController

/// Keys and tokens that another implementation made, all about `OIDCTokens.now`.
struct OIDCTokens: Sendable {
  static let now = Timestamp(microseconds: 1_800_000_000_000_000)
  static let issuer = "https://id.example/realm"
  static let audience = "aspen"

  private let document: JSONValue

  private static let sharedTask = Task {
    let text = try await Command.run("/usr/bin/python3", ["-c", OIDCTokens.script])
    return OIDCTokens(document: try JSONValue(parsing: Array(text.utf8)))
  }

  /// Made once for all tests of the process.
  static var shared: OIDCTokens {
    get async throws { try await sharedTask.value }
  }

  /// A token by its name in the script.
  func token(_ name: String) -> String { document["tokens"]?[name]?.text ?? "there is no \(name)" }

  /// A key set by its name in the script.
  func keys(_ name: String) -> [UInt8] { document["keys"]?[name]?.serialized ?? [] }

  private static let script = """
    import base64, hashlib, hmac, json
    import jwt
    from jwt.algorithms import RSAAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    NOW = 1_800_000_000
    CLAIMS = {"iss": "\(issuer)", "aud": "\(audience)", "sub": "ann", "groups": ["ops", "night"],
              "iat": NOW - 10, "nbf": NOW - 10, "exp": NOW + 300}

    def encoded(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    def number(value, size):
        return encoded(value.to_bytes(size, "big"))

    def rsa_key(kid, key, **more):
        return {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig", **more}

    def ec_key(kid, key, curve, size):
        point = key.public_key().public_numbers()
        return {"kty": "EC", "kid": kid, "crv": curve, "x": number(point.x, size),
                "y": number(point.y, size)}

    first, second = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
    small, large = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
    pem = first.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(key=first, algorithm="RS256", kid="first", headers={}, without=None, **claims):
        body = {**CLAIMS, **claims}
        body.pop(without, None)
        named = {"kid": kid} if kid else {}
        return jwt.encode(body, key, algorithm=algorithm, headers={**named, **headers})

    def by_hand(header, mac_key=None):
        text = ".".join(encoded(json.dumps(part).encode()) for part in [header, CLAIMS])
        code = hmac.new(mac_key, text.encode(), hashlib.sha256).digest() if mac_key else b""
        return text + "." + encoded(code)

    good = sign()
    head, body, signature = good.split(".")
    changed = encoded(json.dumps({**CLAIMS, "sub": "root"}).encode())
    modulus = first.public_key().public_numbers().n.to_bytes(256, "big")
    tokens = {name: sign(first, name, "first") for name in ["RS256", "RS384", "RS512", "PS256"]}
    tokens |= {
        "ES256": sign(small, "ES256", "small"), "ES384": sign(large, "ES384", "large"),
        "second": sign(second, kid="second"), "no kid": sign(kid=None),
        "no kid on a curve": sign(small, "ES256", None),
        "access token": sign(headers={"typ": "at+jwt"}),
        "several audiences": sign(aud=["other", "\(audience)"]), "one group": sign(groups="ops"),
        "no groups": sign(without="groups"), "other claim": sign(roles=["chief"]),
        "ended within the skew": sign(exp=NOW - 59), "fractions": sign(exp=NOW + 300.5),
        "begins within the skew": sign(nbf=NOW + 59, iat=NOW + 59),
        "none": by_hand({"alg": "none", "kid": "first"}),
        "None": by_hand({"alg": "None", "kid": "first"}),
        "none with a signature": by_hand({"alg": "none", "kid": "first"}, b"x"),
        "HS256 with the public key": by_hand({"alg": "HS256", "kid": "first"}, pem),
        "HS256 with the modulus": by_hand({"alg": "HS256", "kid": "first"}, modulus),
        "RS256 with a code": by_hand({"alg": "RS256", "kid": "first"}, pem),
        "no algorithm": by_hand({"kid": "first"}, pem),
        "algorithm of a number": by_hand({"alg": 256, "kid": "first"}, pem),
        "another key's name": sign(second, kid="first"), "unknown key": sign(second, kid="third"),
        "key of another kind": sign(first, "RS256", "small"),
        "critical": sign(headers={"crit": ["exp"]}), "logout": sign(headers={"typ": "logout+jwt"}),
        "key id of a number": by_hand({"alg": "RS256", "kid": 1}, pem),
        "changed": ".".join([head, changed, signature]), "unsigned": head + "." + body + ".",
        "expired": sign(exp=NOW - 60), "no end": sign(without="exp"), "end as text": sign(exp="soon"),
        "endless": sign(exp=10 ** 30), "too early": sign(nbf=NOW + 61), "future": sign(iat=NOW + 61),
        "another audience": sign(aud="other"), "no audience": sign(without="aud"),
        "empty audiences": sign(aud=[]), "audience of numbers": sign(aud=[1, "\(audience)"]),
        "another issuer": sign(iss="\(issuer)/"), "no issuer": sign(without="iss"),
        "no subject": sign(without="sub"), "empty subject": sign(sub=""),
        "long subject": sign(sub="x" * 256), "subject of two lines": sign(sub="ann\\nroot"),
        "groups of numbers": sign(groups=[1]), "groups in an object": sign(groups={"ops": True}),
        "long group": sign(groups=["x" * 257]), "two parts": head + "." + body,
        "five parts": good + ".x.y", "padded": head + "=." + body + "." + signature,
        "a list": ".".join([head, encoded(b"[]"), signature]), "nothing": "", "dots": "..",
        "overlong": sign(groups=["x" * 100] * 80),
    }
    unused = [{"kty": "oct", "kid": "first", "k": "AAAA"}, {"kty": "OKP", "kid": "first"}, 7,
              rsa_key("first", second, use="enc"), rsa_key("first", second, alg="RSA-OAEP"),
              rsa_key("first", second, key_ops=["encrypt"]), {"kty": "RSA", "kid": "first", "n": "A"}]
    curves = [ec_key("small", small, "P-256", 32), ec_key("large", large, "P-384", 48)]
    keys = {
        "first": {"keys": unused + [rsa_key("first", first)] + curves},
        "rotated": {"keys": [rsa_key("first", first), rsa_key("second", second)] + curves},
        "second": {"keys": [rsa_key("second", second)]}, "none": {"keys": unused},
        "only for RS512": {"keys": [rsa_key("first", first, alg="RS512")]},
    }
    print(json.dumps({"tokens": tokens, "keys": keys}))
    """
}

/// A provider on this machine that serves what it is told, and counts who asks.
final class OIDCProvider: Sendable {
  struct Answer: Sendable {
    var status = 200
    var keys: [UInt8] = []
    var description: JSONValue?
  }

  let answer = Collected(Answer())
  let requests = Collected<[String]>()

  /// Runs `body` while the provider listens at `base`.
  func run(
    _ body: (_ base: String, _ loops: [EventLoop]) async throws -> Void
  ) async throws {
    try await withLoops { loops in
      let server = HTTPServer(loops: loops, log: Log.silent) { request in
        self.requests.append(request.path)
        let answer = self.answer.value
        guard answer.status == 200 else { return .text("no", status: answer.status) }
        let isDescription = request.path.hasSuffix("/.well-known/openid-configuration")
        return .json(isDescription ? answer.description?.serialized ?? [] : answer.keys)
      }
      let address = try server.listen(on: SocketAddress(ip: "127.0.0.1", port: 0))
      try await body("http://\(address)", loops)
      await server.drain(deadline: .seconds(1))
    }
  }
}

/// A monotonic clock that stands until it is moved.
final class ManualClock: Sendable {
  private let time = Collected(MonotonicTime(nanoseconds: 1_000_000_000_000))

  var now: @Sendable () -> MonotonicTime {
    { self.time.value }
  }

  func advance(_ duration: Duration) { time.update { $0 = $0 + duration } }
}
