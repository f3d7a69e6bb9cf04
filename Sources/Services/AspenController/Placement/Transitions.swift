import AspenAPI
import AspenModel

/// Since when each condition has had its status. In memory only: a new controller counts anew.
struct Transitions: Sendable {
  /// Whose condition.
  enum Subject: Sendable, Hashable {
    case stream(Int64)
    case worker(Int64)
  }

  private struct Key: Hashable {
    let subject: Subject
    let kind: Condition.Kind
  }

  private struct Entry {
    let status: Condition.Status
    let since: Timestamp
  }

  private var entries: [Key: Entry] = [:]

  /// Notes the status of a condition; since when it has had it.
  @discardableResult
  mutating func note(
    _ kind: Condition.Kind, of subject: Subject, _ status: Condition.Status, at now: Timestamp
  ) -> Timestamp {
    let key = Key(subject: subject, kind: kind)
    if let entry = entries[key], entry.status == status { return entry.since }
    entries[key] = Entry(status: status, since: now)
    return now
  }

  /// Forgets what is no more.
  mutating func keep(streams: Set<Int64>, workers: Set<Int64>) {
    entries = entries.filter { key, _ in
      switch key.subject {
      case .stream(let id): streams.contains(id)
      case .worker(let id): workers.contains(id)
      }
    }
  }
}
