import AspenHTTP
import AspenMedia
import AspenModel
import AspenNet
import AspenRuntime
package import Logging
import Synchronization

/// One worker: joins by any of its controllers, follows all of them, and runs the cameras that it is given.
///
/// Cameras keep running while no controller can be reached; connections are retried for ever.
package final class WorkerService: Sendable {
  private let configuration: WorkerConfiguration
  private let loop: EventLoop
  private let links: ControllerLinks
  private let engine: WorkerEngine
  private let log: Logger
  private let stored: WorkerCredential?
  private let files = BlockingPool(name: "worker-files", maxThreads: 1)
  private let life = Mutex(Life())

  private struct Life {
    var isStopping = false
    var task: Task<WorkerError?, Never>?
  }

  /// Reads the stored credential and the certificates; connects to nothing yet. Blocks.
  package init(_ configuration: WorkerConfiguration, log: Logger) throws(WorkerError) {
    self.configuration = configuration
    self.log = log
    stored = try WorkerCredential.load(configuration)
    if stored?.isJoined != true, configuration.joinToken == nil {
      throw .noJoinToken(controller: configuration.controllers[0].text)
    }
    // Found out before the join, since a credential that cannot be stored would be lost.
    try WorkerCredential.prepareDirectory(configuration)
    do {
      loop = try EventLoop(name: "worker")
    } catch {
      throw .system("\(error)")
    }
    do {
      links = try ControllerLinks(configuration, loop: loop)
    } catch {
      loop.stop()
      throw error
    }
    let host = HostResources()
    engine = WorkerEngine(
      loop: loop, configuration: configuration,
      resources: WorkerResources(
        cpuMillicores: host.cpuMillicores, memoryMiB: host.memoryBytes >> 20, accelerators: [],
        codecs: MediaAbilities.codecs),
      links: links, log: log)
  }

  /// Works until `stop`, or until an operator must act. Once.
  package func run() async throws(WorkerError) {
    let task = life.withLock { life in
      let task = Task(executorPreference: loop) { [self] () async -> WorkerError? in
        do throws(WorkerError) {
          try await follow()
          return nil
        } catch {
          await engine.stop()
          return error
        }
      }
      life.task = task
      if life.isStopping { task.cancel() }
      return task
    }
    let error = await task.value
    files.stop()
    loop.stop()
    if let error { throw error }
  }

  /// Stops the cameras and says goodbye, so that the controller gives the streams to others at once;
  /// then `run` returns.
  package func stop() async {
    life.withLock { $0.isStopping = true }
    let engine = engine
    await Task(executorPreference: loop) { await engine.stop() }.value
    life.withLock { $0.task }?.cancel()
  }

  private var isStopping: Bool { life.withLock { $0.isStopping } }

  // MARK: On the loop

  private func follow() async throws(WorkerError) {
    guard let credential = try await joinedCredential() else { return }
    let (failures, failure) = AsyncStream.makeStream(of: WorkerError.self)
    // Offered again and again, so that it does not matter which attempt was heard.
    let successor = Mutex(WorkerCredential?.none)
    engine.begin(credential) { [self] link in
      let offer = successor.withLock { successor in
        let offer = successor ?? .make(configuration)
        successor = offer
        return offer
      }
      do throws(WorkerError) {
        guard let new = try await rejoin(offer, by: link) else { return nil }
        successor.withLock { $0 = nil }
        return new
      } catch {
        failure.yield(error)
        return nil
      }
    }
    // Until the task is cancelled, which ends the stream.
    for await error in failures { throw error }
  }

  /// The credential by which a controller knows this worker; nil if the worker is stopped meanwhile.
  private func joinedCredential() async throws(WorkerError) -> Secret? {
    if let stored, stored.isJoined { return stored.secret }
    let offer = stored ?? .make(configuration)
    // Before it is offered: a worker that dies before the answer offers the same one again.
    if stored == nil { try await store(offer) }
    return try await join(offer)
  }

  /// Joins, as often as it takes; nil if the worker is stopped meanwhile.
  private func join(_ offer: WorkerCredential) async throws(WorkerError) -> Secret? {
    guard let token = configuration.joinToken else {
      throw .noJoinToken(controller: configuration.controllers[0].text)
    }
    var backOff = BackOff()
    var lastFailure = ""
    while !isStopping {
      var refusal: WorkerError?
      for address in configuration.controllers where !isStopping {
        switch await answer(to: token, offer, by: try links.link(address)) {
        case .joined(let secret): return try await joined(secret, by: address)
        case .refused(let error): refusal = refusal ?? error
        case .later(let why):
          let why = "\(address): \(why)"
          if why != lastFailure {
            lastFailure = why
            log.warning("not joined yet", metadata: ["why": "\(why)"])
          }
        }
      }
      if let refusal { throw refusal }
      let delay = backOff.next(random: .random(in: 0..<1))
      do { try await loop.sleep(for: delay) } catch { return nil }
    }
    return nil
  }

  /// One attempt to become a worker again after the credential was refused. Failing is no end here: a
  /// worker that once ran waits for its operator, and keeps its old credential until then.
  private func rejoin(
    _ offer: WorkerCredential, by link: ControllerLink
  ) async throws(WorkerError) -> Secret? {
    guard let token = configuration.joinToken else {
      log.warning(
        "credential refused: was this worker deleted? A join token would let it join anew")
      return nil
    }
    switch await answer(to: token, offer, by: link) {
    case .joined(let secret):
      log.warning("credential refused: joined anew")
      return try await joined(secret, by: link.address)
    case .refused(let error):
      log.warning("credential refused, and the join token too", metadata: ["why": "\(error)"])
    case .later(let why):
      log.warning("credential refused, not joined yet", metadata: ["why": "\(why)"])
    }
    return nil
  }

  private func answer(
    to token: Secret, _ offer: WorkerCredential, by link: ControllerLink
  ) async -> ControllerLink.JoinAnswer {
    do {
      return try await link.join(token, as: offer.secret)
    } catch {
      return .later("\(error)")
    }
  }

  private func joined(
    _ secret: Secret, by address: ControllerAddress
  ) async throws(WorkerError) -> Secret {
    try await store(
      WorkerCredential(
        controllers: configuration.controllers, worker: configuration.name.text, secret: secret))
    log.info("joined", metadata: ["controller": "\(address)"])
    return secret
  }

  private func store(_ credential: WorkerCredential) async throws(WorkerError) {
    let configuration = configuration
    do {
      try await files.run { try credential.store(configuration) }
    } catch {
      throw error as? WorkerError ?? .state("\(error)")
    }
  }
}
