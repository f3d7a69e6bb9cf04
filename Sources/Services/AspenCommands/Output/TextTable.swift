/// Text in aligned columns, two blanks apart; the last column is not padded.
struct TextTable {
  private let header: [String]
  private var rows: [[String]] = []

  init(header: [String]) {
    self.header = header
  }

  mutating func add(_ row: [String]) {
    precondition(row.count == header.count, "a row has a cell for each column")
    rows.append(row.map(TerminalText.line))
  }

  /// The lines, each ending with a newline. `showsHeader` false leaves the titles out.
  func text(showsHeader: Bool = true) -> String {
    let lines = (showsHeader ? [header] : []) + rows
    var widths = [Int](repeating: 0, count: header.count)
    for line in lines {
      for (index, cell) in line.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    return lines.map { Self.line($0, widths) + "\n" }.joined()
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      line += cell
      if index < cells.count - 1 {
        line += String(repeating: " ", count: widths[index] - cell.count + 2)
      }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
