import ArgumentParser
import AspenModel

/// `aspen context show`
struct ContextShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a context, the current one unless named; never its secret."
  )

  @Argument(help: "The context.", completion: .contexts) var name: String?
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var options: ContextOptions

  func run(in context: CommandContext) async throws {
    let configuration = try options.load(in: context).configuration
    let named = name ?? context.environment.filled("ASPEN_CONTEXT")
    guard let name = named ?? configuration.currentContext else {
      throw CommandError(.usage, "there is no current context", "make one: aspen login URL")
    }
    guard let value = configuration.contexts[name] else {
      throw CommandError.unknownContext(name, configuration)
    }
    let printer = Printer(output, in: context)
    let isCurrent = name == configuration.currentContext
    if printer.choice == .name { return context.write(name + "\n") }
    guard printer.format == .table else {
      return printer.printDocument(value.shown(name: name, isCurrent: isCurrent))
    }
    var table = TextTable(header: ["", ""])
    table.add(["Name:", name])
    table.add(["Server:", value.server])
    if let ca = value.ca { table.add(["CA:", ca]) }
    table.add(["Credential:", value.credentialWords])
    table.add(["Current:", isCurrent ? "yes" : "no"])
    printer.print(table, showsHeader: false)
  }
}
