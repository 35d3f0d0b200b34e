import ArrayFiles
import Foundation
import Testing

@Suite("Output appears complete or not at all")
struct OutputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("A file is not there before it is finished, nor left when dropped")
  func atomicFile() throws {
    let path = folder.file("a.txt")
    try AtomicFile.write("old", to: path)
    do {
      var file = try AtomicFile(path: path)
      try file.write("half")
      #expect(try folder.bytes("a.txt") == Array("old".utf8))
      #expect(try folder.names().count == 2)
    }
    #expect(try folder.names() == ["a.txt"])

    var file = try AtomicFile(path: path)
    try file.write("new ")
    try file.write([1, 2] as [UInt8])
    try file.finish(synchronising: true)
    #expect(try folder.names() == ["a.txt"])
    #expect(try folder.bytes("a.txt") == Array("new \u{1}\u{2}".utf8))
  }

  @Test("Places that cannot be written to give status 73 and the reason")
  func cannotWrite() throws {
    let nowhere = folder.file("nowhere/a.txt")
    let missing = failure { () throws(FileError) in
      try AtomicFile.write("", to: nowhere)
    }
    #expect(
      missing
        == .cannotWrite(file: nowhere, reason: "No such file or directory"))
    #expect(missing?.exitStatus == .cannotWrite)
    for path in [folder.path, "/dev/null"] {
      let error = failure { () throws(FileError) in
        try AtomicFile.write("", to: path)
      }
      #expect(error?.exitStatus == .cannotWrite)
    }
    #expect(FileManager.default.fileExists(atPath: "/dev/null"))
  }

  @Test("A missing folder is made, with those above it")
  func makesFolders() throws {
    let path = folder.file("x/y/z/")
    let output = try OutputFolder(path: path)
    try output.write(
      ShapedArray(shape: [1], values: [2.0]), as: "theta.npy")
    try output.write("{}\n", as: "result.json")
    #expect(try NPY.readNumbers(output.file("theta.npy")).values == [2])
  }

  @Test("A folder with files is refused, or its result taken away")
  func nonEmptyFolder() throws {
    _ = try folder.file("a.npy", holding: [1])
    _ = try folder.file("result.json", holding: [2])
    let error = failure { () throws(FileError) in
      try OutputFolder(path: folder.path)
    }
    #expect(error == .folderNotEmpty(folder: folder.path))
    #expect(error?.exitStatus == .cannotWrite)
    #expect(try folder.names() == ["a.npy", "result.json"])

    _ = try OutputFolder(path: folder.path, overwrite: true)
    #expect(try folder.names() == ["a.npy"])
  }

  @Test("A hidden file counts; a file is no folder")
  func hiddenFile() throws {
    let path = try folder.file(".hidden", holding: [])
    for place in [folder.path, path, path + "/below"] {
      let error = failure { () throws(FileError) in
        try OutputFolder(path: place)
      }
      #expect(error?.exitStatus == .cannotWrite)
    }
  }
}
