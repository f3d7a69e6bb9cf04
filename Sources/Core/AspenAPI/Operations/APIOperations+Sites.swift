import AspenModel

extension APIOperations {
  /// The operations of sites.
  package static let site = KindOperations(
    KindTraits(
      kind: .site, tag: .sites, readAccess: .role(.viewer, .cluster),
      writeAccess: .role(.operator, .cluster), components: .site,
      createExample: ["name": "hq", "spec": ["description": "Headquarters, building 3"]],
      updateExample: ["spec": ["description": "Headquarters"]],
      deleteNote: "Refused while a camera, worker or join token is of it."))

  /// Lists sites.
  package static var siteList: APIOperation { site.list }
  /// Creates one.
  package static var siteCreate: APIOperation { creation(site) }
  /// Shows one.
  package static var siteGet: APIOperation { site.get }
  /// Changes one.
  package static var siteUpdate: APIOperation { site.update }
  /// Deletes one.
  package static var siteDelete: APIOperation { site.delete }
  /// Lists what one was before.
  package static var siteHistory: APIOperation { site.history }
  /// Makes one what it was before.
  package static var siteRevert: APIOperation { site.revert }
}
