import ArgumentParser
import AspenModel

/// `aspen context list`
struct ContextList: Command {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List contexts; the current one is marked.", aliases: ["ls"])

  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup var options: ContextOptions

  func run(in context: CommandContext) async throws {
    let configuration = try options.load(in: context).configuration
    let printer = Printer(output, in: context)
    let contexts = configuration.contexts.sorted { $0.key < $1.key }
    let isCurrent = { (name: String) in name == configuration.currentContext }
    if printer.choice == .name {
      return context.write(contexts.map { $0.key + "\n" }.joined())
    }
    guard printer.format == .table else {
      return printer.printDocument(
        list: contexts.map { $0.value.shown(name: $0.key, isCurrent: isCurrent($0.key)) })
    }
    if contexts.isEmpty {
      return context.writeError("there is no context; make one: aspen login URL")
    }
    var table = TextTable(header: ["NAME", "CURRENT", "SERVER", "CREDENTIAL"])
    for (name, value) in contexts {
      table.add([name, isCurrent(name) ? "*" : "", value.server, value.credentialWords])
    }
    printer.print(table)
  }
}
