/// Text in aligned columns, two blanks apart; the last column is not padded.
struct TextTable {
  /// How it is printed.
  struct Style: Sendable, Hashable {
    var showsHeader = true
    /// No line is longer; nil for any length. Cells are cut for it, the cut marked, but those of the
    /// first column, which are names to be copied, stay whole.
    var columns: Int?
    var hasColours = false
  }

  private struct Row {
    let cells: [String]
    /// The index of the cell that is a phase.
    let phase: Int?
  }

  private let header: [String]
  private var rows: [Row] = []

  /// A cell is never cut shorter than this.
  private static let narrowestCell = 8

  init(header: [String]) {
    self.header = header
  }

  mutating func add(_ row: [String], phase: Int? = nil) {
    precondition(row.count == header.count, "a row has a cell for each column")
    rows.append(Row(cells: row.map(TerminalText.line), phase: phase))
  }

  /// The lines, each ending with a newline. `showsHeader` false leaves the titles out.
  func text(showsHeader: Bool = true) -> String {
    text(Style(showsHeader: showsHeader))
  }

  /// The lines, each ending with a newline.
  func text(_ style: Style) -> String {
    let lines = (style.showsHeader ? [Row(cells: header, phase: nil)] : []) + rows
    var widths = [Int](repeating: 0, count: header.count)
    for line in lines {
      for (index, cell) in line.cells.enumerated() {
        widths[index] = max(widths[index], cell.count)
      }
    }
    if let columns = style.columns { widths = Self.fitted(widths, in: columns) }
    return lines.map { Self.line($0, widths, style) + "\n" }.joined()
  }

  /// The widths, with the widest columns made narrower until a line fits or nothing can give way.
  private static func fitted(_ widths: [Int], in columns: Int) -> [Int] {
    var widths = widths
    var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - columns
    while excess > 0 {
      let widest = widths.indices.dropFirst().max { widths[$0] < widths[$1] }
      guard let widest, widths[widest] > narrowestCell else { break }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }

  private static func line(_ row: Row, _ widths: [Int], _ style: Style) -> String {
    var line = ""
    var blanks = 0
    for (index, cell) in row.cells.enumerated() {
      let cell = TerminalText.short(cell, limit: max(widths[index], 1))
      // Blanks are held back until something follows them, so that no line ends with any.
      if !cell.isEmpty {
        line += String(repeating: " ", count: blanks)
        blanks = 0
        let colour = index == row.phase && style.hasColours ? PhaseColour(phase: cell) : nil
        line += colour?.paint(cell) ?? cell
      }
      blanks += widths[index] - cell.count + 2
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
