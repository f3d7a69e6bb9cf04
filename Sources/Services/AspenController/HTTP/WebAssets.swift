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
      "/docs": Asset("text/html; charset=utf-8", PackageResources.docs_html),
      "/web/docs.css": Asset("text/css; charset=utf-8", PackageResources.docs_css),
      "/web/docs.js": Asset(script, PackageResources.docs_js),
      "/web/style.css": Asset("text/css; charset=utf-8", PackageResources.style_css),
      "/web/icon.svg": Asset("image/svg+xml", PackageResources.icon_svg),
      "/web/access.js": Asset(script, PackageResources.access_js),
      "/web/api.js": Asset(script, PackageResources.api_js),
      "/web/app.js": Asset(script, PackageResources.app_js),
      "/web/audit.js": Asset(script, PackageResources.audit_js),
      "/web/camera.js": Asset(script, PackageResources.camera_js),
      "/web/camera_form.js": Asset(script, PackageResources.camera_form_js),
      "/web/cameras.js": Asset(script, PackageResources.cameras_js),
      "/web/collection.js": Asset(script, PackageResources.collection_js),
      "/web/credential.js": Asset(script, PackageResources.credential_js),
      "/web/dialogs.js": Asset(script, PackageResources.dialogs_js),
      "/web/difference.js": Asset(script, PackageResources.difference_js),
      "/web/elements.js": Asset(script, PackageResources.elements_js),
      "/web/feed.js": Asset(script, PackageResources.feed_js),
      "/web/forms.js": Asset(script, PackageResources.forms_js),
      "/web/frames.js": Asset(script, PackageResources.frames_js),
      "/web/history.js": Asset(script, PackageResources.history_js),
      "/web/picture.js": Asset(script, PackageResources.picture_js),
      "/web/placement.js": Asset(script, PackageResources.placement_js),
      "/web/selector.js": Asset(script, PackageResources.selector_js),
      "/web/session.js": Asset(script, PackageResources.session_js),
      "/web/shared.js": Asset(script, PackageResources.shared_js),
      "/web/signin.js": Asset(script, PackageResources.signin_js),
      "/web/viewer.js": Asset(script, PackageResources.viewer_js),
      "/web/wall.js": Asset(script, PackageResources.wall_js),
      "/web/words.js": Asset(script, PackageResources.words_js),
      "/web/workers.js": Asset(script, PackageResources.workers_js),
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
