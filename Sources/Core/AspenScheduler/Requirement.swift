package import AspenModel

/// What a stream needs of its worker, whatever the worker does at the moment.
package struct Requirement: Sendable, Hashable {
  /// What the worker's labels must fulfil.
  package let labels: LabelSelector
  /// The site that the worker must stand at; nil: anywhere.
  package let site: ObjectName?

  /// A requirement of its parts.
  package init(labels: LabelSelector = .everything, site: ObjectName? = nil) {
    self.labels = labels
    self.site = site
  }

  /// Whether the worker fits.
  func isMet(by worker: SchedulableWorker) -> Bool {
    isAtSite(worker) && labels.matches(worker.labels)
  }

  /// Why the worker does not fit, site first; nil when it fits.
  func unmet(by worker: SchedulableWorker) -> String? {
    if let site, !isAtSite(worker) {
      let place = worker.site.map { "at site '\($0)'" } ?? "at no site"
      return "is \(place) and not at the camera's site '\(site)'"
    }
    return labels.unmet(by: worker.labels).map { "does not have the label '\($0)'" }
  }

  /// Whether the worker stands where the stream must run.
  func isAtSite(_ worker: SchedulableWorker) -> Bool {
    site == nil || site == worker.site
  }
}
