import AspenCrypto
import AspenHTTP

/// The web page's files, embedded in the program.
struct WebAssets: Sendable {
  private struct Asset: Sendable {
    let type: String
    let bytes: [UInt8]
    let tag: String

    init(_ type: String, _ bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
      tag = "\"\(Base64URL.encode(SHA256.hash(bytes)))\""
    }
  }

  private let assets: [String: Asset]

  /// All files by path.
  init() {
    let script = "text/javascript; charset=utf-8"
    assets = [
      "/": Asset("text/html; charset=utf-8", PackageResources.index_html),
      "/web/style.css": Asset("text/css; charset=utf-8", PackageResources.style_css),
      "/web/icon.svg": Asset("image/svg+xml", PackageResources.icon_svg),
      "/web/api.js": Asset(script, PackageResources.api_js),
      "/web/app.js": Asset(script, PackageResources.app_js),
      "/web/dialogs.js": Asset(script, PackageResources.dialogs_js),
      "/web/frames.js": Asset(script, PackageResources.frames_js),
      "/web/picture.js": Asset(script, PackageResources.picture_js),
      "/web/wall.js": Asset(script, PackageResources.wall_js),
      "/web/words.js": Asset(script, PackageResources.words_js),
    ]
  }

  /// The file at `path`, with a policy that lets it talk to this server only and run no inline script.
  /// 304 when `known` is its ETag.
  func response(path: String, known: String?) -> HTTPResponse? {
    guard let asset = assets[path] else { return nil }
    let headers: HTTPHeaders = [
      "Content-Type": asset.type, "Cache-Control": "no-cache", "ETag": asset.tag,
      "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    ]
    if known == asset.tag { return HTTPResponse(status: 304, headers: headers) }
    return HTTPResponse(status: 200, headers: headers, body: asset.bytes)
  }
}
