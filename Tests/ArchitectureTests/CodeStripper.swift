/// Blanks comments and the text of string literals of Swift source, so that rules see code only.
/// Lines keep their numbers. Code inside an interpolation stays.
struct CodeStripper {
  private let source: [UInt8]
  private var index = 0
  private var output: [UInt8] = []

  static func strip(_ text: String) -> String {
    var stripper = CodeStripper(source: Array(text.utf8))
    stripper.code(until: nil)
    return String(decoding: stripper.output, as: UTF8.self)
  }

  private init(source: [UInt8]) {
    self.source = source
    output.reserveCapacity(source.count)
  }

  /// Copies code; `closing` ends it at its own nesting level.
  private mutating func code(until closing: UInt8?) {
    var depth = 0
    while let byte = peek() {
      if starts("//") {
        while let next = peek(), next != 0x0A { blank(next) }
      } else if starts("/*") {
        blockComment()
      } else if let hashes = stringStart() {
        string(hashes: hashes)
      } else {
        if closing != nil, byte == UInt8(ascii: "(") { depth += 1 }
        if byte == closing {
          if depth == 0 { return }
          depth -= 1
        }
        output.append(byte)
        index += 1
      }
    }
  }

  private mutating func blockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        blank(0x20)
      } else if starts("*/") {
        depth -= 1
        blank(0x20)
      }
      if let byte = peek() { blank(byte) }
    } while depth > 0 && index < source.count
  }

  /// The number of `#` before a string literal that begins here.
  private func stringStart() -> Int? {
    var hashes = 0
    while peek(hashes) == UInt8(ascii: "#") { hashes += 1 }
    return peek(hashes) == UInt8(ascii: "\"") ? hashes : nil
  }

  private mutating func string(hashes: Int) {
    let fence = String(repeating: "#", count: hashes)
    for _ in 0..<hashes { copy() }
    let quotes = starts("\"\"\"") ? "\"\"\"" : "\""
    for _ in quotes.utf8 { copy() }
    while let byte = peek() {
      if starts(quotes + fence) {
        for _ in 0..<(quotes.utf8.count + hashes) { copy() }
        return
      }
      if starts("\\" + fence + "(") {
        for _ in 0..<(hashes + 2) { copy() }
        code(until: UInt8(ascii: ")"))
      } else if starts("\\" + fence), index + hashes + 1 < source.count {
        for _ in 0...hashes { blank(0x20) }
        blank(source[index])
      } else {
        blank(byte)
      }
    }
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    index + offset < source.count ? source[index + offset] : nil
  }

  private func starts(_ text: String) -> Bool {
    var offset = 0
    for byte in text.utf8 {
      if peek(offset) != byte { return false }
      offset += 1
    }
    return true
  }

  private mutating func copy() {
    guard let byte = peek() else { return }
    output.append(byte)
    index += 1
  }

  private mutating func blank(_ byte: UInt8) {
    output.append(byte == 0x0A ? byte : 0x20)
    index += 1
  }
}
