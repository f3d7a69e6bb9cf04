import COpenSSL

/// OpenSSL's per-thread error queue.
enum OpenSSLError {
  /// The first queued error in words, or `fallback`; the queue is empty afterwards.
  static func take(or fallback: String) -> String {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0, let reason = ERR_reason_error_string(code) else { return fallback }
    return String(cString: reason)
  }
}
