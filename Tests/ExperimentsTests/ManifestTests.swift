import Foundation
import Testing

@testable import Experiments

@Suite("Where a result comes from")
struct ManifestTests {
  private func manifest() -> Manifest {
    Manifest(
      version: "1.0", command: ["mixlab", "run", "a b.yaml"],
      configurationIdentity: "0123456789abcdef", seeds: [1, 2],
      threadCounts: ["jobs": 2, "blas": 1],
      libraries: ["OpenBLAS": "0.3.21 SkylakeX"],
      started: Date(timeIntervalSince1970: 0),
      revision: SourceRevision(commit: "abc", isDirty: true),
      host: HostFacts(
        kernel: "Linux 6", operatingSystem: "Debian", architecture: "x86_64",
        processor: nil, coreCount: 2))
  }

  @Test("it is written as JSON that reads back")
  func written() throws {
    var manifest = manifest()
    manifest.wallTimes = ["b": 2.5, "a": 0.1]
    let folder = try TemporaryFolder()
    try manifest.write(to: folder.path("manifest.json"))
    let document = try JSONDocument(file: folder.path("manifest.json"))
    #expect(document.value == manifest.value)
    #expect(document.value["started"]?.text == "1970-01-01T00:00:00Z")
    #expect(document.value["ended"] == .null)
    #expect(document.value["source"]?["dirty"] == .bool(true))
    #expect(document.value["host"]?["processor"] == .null)
    #expect(document.value["wallTimes"]?.entries?.map(\.key) == ["a", "b"])
    #expect(document.value["toolchain"]?.text?.hasPrefix("Swift 6.") == true)
  }

  @Test("an unknown source is null")
  func unknownSource() {
    var manifest = manifest()
    manifest.revision = nil
    #expect(manifest.value["source"] == .null)
  }

  @Test("this machine has a kernel and a core")
  func host() {
    let host = HostFacts.current()
    #expect(host.kernel.hasPrefix("Linux "))
    #expect(host.coreCount >= 1)
    #expect(!host.architecture.isEmpty)
  }

  @Test("the processor's model is the first that is named")
  func processor() {
    let text = "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Fast: 3 GHz\n"
    #expect(HostFacts.processorModel(in: text) == "Fast: 3 GHz")
    #expect(HostFacts.processorModel(in: "model name") == nil)
    #expect(HostFacts.processorModel(in: "") == nil)
  }

  @Test("a folder that is no checkout has no revision")
  func noCheckout() throws {
    let folder = try TemporaryFolder()
    #expect(SourceRevision(ofCheckout: folder.path("")) == nil)
    #expect(SourceRevision(ofCheckout: folder.path("missing")) == nil)
  }
}
