import ArrayFiles
import Testing

@testable import ImageData

@Suite("Fetching files", .serialized, .timeLimit(.minutes(1)))
struct FashionMNISTDownloadTests {
  static let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 31) }
  static let small: [UInt8] = Array("labels".utf8)
  static let files = [
    RemoteFile(
      name: "images.gz", size: bytes.count, md5: MD5.hexDigest(of: bytes)),
    RemoteFile(
      name: "labels.gz", size: small.count, md5: MD5.hexDigest(of: small)),
  ]

  /// A server of both files that knows ranges.
  static func server() throws -> LoopbackServer {
    try LoopbackServer { request in
      let file = request.path.hasSuffix("/images.gz") ? bytes : small
      guard let offset = request.offset else { return .init(body: file) }
      return .init(
        status: 206,
        headers: [
          "Content-Range: bytes \(offset)-\(file.count - 1)/\(file.count)"
        ],
        body: Array(file[offset...]))
    }
  }

  static func fetch(
    from address: String, into folder: TemporaryFolder,
    progress: (FashionMNISTDownload.Progress) -> Void = { _ in }
  ) async throws {
    try await FashionMNISTDownload(address: address, files: files)
      .fetch(into: folder.path, progress: progress)
  }

  @Test func bothFilesArriveWithProgress() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    var reports: [FashionMNISTDownload.Progress] = []
    try await Self.fetch(from: server.address, into: folder) {
      reports.append($0)
    }
    #expect(try folder.names == ["images.gz", "labels.gz"])
    #expect(try folder.read("images.gz") == Self.bytes)
    #expect(try folder.read("labels.gz") == Self.small)
    #expect(
      server.requests == [
        .init(path: "/data/images.gz"), .init(path: "/data/labels.gz"),
      ])
    let images = reports.filter { $0.file == "images.gz" }.map(\.received)
    #expect(images == images.sorted())
    #expect(images.first == 0 && images.last == Self.bytes.count)
    #expect(reports.last?.total == Self.small.count)
  }

  @Test func filesThatAreThereAreNotFetchedAgain() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write(Self.bytes, to: "images.gz")
    try await Self.fetch(from: server.address, into: folder)
    #expect(server.requests == [.init(path: "/data/labels.gz")])
    try await Self.fetch(from: server.address, into: folder)
    #expect(server.requests.count == 1)
  }

  @Test func aFileOfThatNameWithOtherContentsIsLeftAlone() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "images.gz")
    let error = await #expect(throws: DownloadError.self) {
      try await Self.fetch(from: server.address, into: folder)
    }
    #expect(error?.exitStatus == .cannotWrite)
    #expect(try folder.read("images.gz") == [1, 2, 3])
    #expect(server.requests.isEmpty)
  }

  @Test func aDownloadThatWasCutIsResumed() async throws {
    let cut = try LoopbackServer { _ in
      .init(
        body: Array(Self.bytes.prefix(70_000)),
        promisedLength: Self.bytes.count)
    }
    let folder = try TemporaryFolder()
    let error = await #expect(throws: DownloadError.self) {
      try await Self.fetch(from: cut.address, into: folder)
    }
    cut.stop()
    guard case .cutShort(_, let received, Self.bytes.count) = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.exitStatus == .noInput)
    #expect(try folder.names == ["images.gz.part"])
    #expect(
      try folder.read("images.gz.part") == Array(Self.bytes.prefix(received)))

    let server = try Self.server()
    defer { server.stop() }
    try await Self.fetch(from: server.address, into: folder)
    #expect(try folder.names == ["images.gz", "labels.gz"])
    #expect(try folder.read("images.gz") == Self.bytes)
    #expect(received > 0)
    #expect(server.requests.first?.offset == received)
  }

  @Test func aServerWithoutRangesSendsTheWholeFileAgain() async throws {
    let server = try LoopbackServer { request in
      .init(
        body: request.path.hasSuffix("/images.gz") ? Self.bytes : Self.small)
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([9, 9, 9], to: "images.gz.part")
    try await Self.fetch(from: server.address, into: folder)
    #expect(try folder.read("images.gz") == Self.bytes)
    #expect(server.requests.first?.offset == 3)
  }

  @Test func aPartLongerThanTheFileIsDropped() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write(Self.bytes + [1, 2, 3], to: "images.gz.part")
    try await Self.fetch(from: server.address, into: folder)
    #expect(try folder.read("images.gz") == Self.bytes)
    #expect(server.requests.first?.offset == nil)
  }

  @Test func aPartThatTheServerCannotContinueIsDropped() async throws {
    let server = try LoopbackServer { request in
      request.offset == nil
        ? .init(
          body: request.path.hasSuffix("/images.gz") ? Self.bytes : Self.small)
        : .init(status: 416)
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write([9, 9, 9], to: "images.gz.part")
    await #expect(throws: DownloadError.self) {
      try await Self.fetch(from: server.address, into: folder)
    }
    try await Self.fetch(from: server.address, into: folder)
    #expect(try folder.read("images.gz") == Self.bytes)
  }

  @Test func aWholePartNeedsNoRequest() async throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write(Self.bytes, to: "images.gz.part")
    try await Self.fetch(from: server.address, into: folder)
    #expect(try folder.read("images.gz") == Self.bytes)
    #expect(server.requests == [.init(path: "/data/labels.gz")])
  }

  @Test func wrongContentsAreRemoved() async throws {
    let server = try LoopbackServer { _ in
      .init(body: [UInt8](repeating: 7, count: Self.bytes.count))
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let error = await #expect(throws: DownloadError.self) {
      try await Self.fetch(from: server.address, into: folder)
    }
    guard case .wrongContents = error else {
      Issue.record("unexpected \(String(describing: error))")
      return
    }
    #expect(error?.exitStatus == .badData)
    #expect(try folder.names.isEmpty)
  }

  @Test func aServerThatSendsTooMuchIsStopped() async throws {
    let server = try LoopbackServer { _ in
      .init(body: Self.bytes + Self.bytes)
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    await #expect(
      throws: DownloadError.tooLong(
        address: "\(server.address)/images.gz", expected: Self.bytes.count)
    ) {
      try await Self.fetch(from: server.address, into: folder)
    }
    #expect(try folder.names.isEmpty)
  }

  @Test(arguments: [404, 500, 206])
  func otherAnswersAreNamed(status: Int) async throws {
    let server = try LoopbackServer { _ in
      .init(status: status, body: Self.bytes)
    }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    await #expect(
      throws: DownloadError.refused(
        address: "\(server.address)/images.gz", status: status)
    ) {
      try await Self.fetch(from: server.address, into: folder)
    }
    #expect(try folder.names.isEmpty)
  }

  @Test func withoutAConnectionTheWayByHandIsNamed() async throws {
    let server = try Self.server()
    server.stop()
    let folder = try TemporaryFolder()
    let error = await #expect(throws: DownloadError.self) {
      try await Self.fetch(from: server.address, into: folder)
    }
    #expect(error?.exitStatus == .noInput)
    let message = error?.description ?? ""
    for part in ["/images.gz", "/labels.gz"] {
      #expect(message.contains(server.address + part), "\(message)")
    }
    #expect(message.contains("into \(folder.path)"))
    #expect(!message.contains("\n"))
    #expect(try folder.names.isEmpty)
  }

  @Test func aFileInTheFoldersPlaceCannotBeWritten() async throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "taken")
    let error = await #expect(throws: FileError.self) {
      try await FashionMNISTDownload(address: "http://127.0.0.1:1/")
        .fetch(into: "\(folder.path)/taken") { _ in }
    }
    #expect(error?.exitStatus == .cannotWrite)
  }
}
