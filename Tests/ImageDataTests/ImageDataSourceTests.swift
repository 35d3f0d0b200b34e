import ArrayFiles
import Glibc
import Testing

@testable import ImageData

@Suite("Naming a data set")
struct ImageDataSourceTests {
  @Test(arguments: [
    "digits", "mnist:a", "fashion-mnist:/b/c", "cifar-10:d:e", "cifar-100:.",
    "stl-10:f g",
  ])
  func theTextComesBack(text: String) throws {
    #expect(try ImageDataSource(parsing: text).description == text)
  }

  @Test func theFolderMayHoldColons() throws {
    #expect(
      try ImageDataSource(parsing: "cifar-10:d:e") == .cifar10(folder: "d:e"))
  }

  @Test(arguments: [
    ("minst:x", "mnist"), ("cifar10:x", "cifar-10"), ("stl", "stl-10"),
    ("CIFAR100:x", "cifar-100"), ("fashion_mnist", "fashion-mnist"),
    ("digit", "digits"),
  ])
  func anUnknownNameBringsTheNearest(text: String, nearest: String) {
    let error = #expect(throws: ImageDataError.self) {
      try ImageDataSource(parsing: text)
    }
    #expect(error?.exitStatus == .usage)
    let message = error?.description ?? ""
    #expect(message.contains("nearest is '\(nearest)'"), "\(message)")
    for form in ["digits", "mnist:DIR", "cifar-100:DIR", "stl-10:DIR"] {
      #expect(message.contains(form))
    }
  }

  @Test(arguments: ["", ":", ":x", String(repeating: "x", count: 100_000)])
  func nonsenseIsRefused(text: String) {
    #expect(throws: ImageDataError.self) {
      try ImageDataSource(parsing: text)
    }
  }

  @Test(arguments: ["mnist", "mnist:", "stl-10:"])
  func aFolderIsAskedFor(text: String) {
    let error = #expect(throws: ImageDataError.self) {
      try ImageDataSource(parsing: text)
    }
    #expect(error?.exitStatus == .usage)
    #expect(error?.description.contains(":DIR") == true)
  }

  @Test(arguments: ["digits:", "digits:x"])
  func theDigitsTakeNoFolder(text: String) {
    #expect(throws: ImageDataError.unwantedFolder(dataSet: "digits")) {
      try ImageDataSource(parsing: text)
    }
  }

  @Test func aMissingFolderIsNoInput() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/absent"
    let error = #expect(throws: ImageDataError.noFolder(path)) {
      try ImageDataSource.mnist(folder: path).load()
    }
    #expect(error?.exitStatus == .noInput)
    try folder.write([1], to: "absent")
    #expect(throws: ImageDataError.noFolder(path)) {
      try ImageDataSource.mnist(folder: path).load()
    }
  }

  @Test func missingFilesAreNamedBesideThoseFound() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "t10k-labels.idx1-ubyte")
    try folder.write([1], to: "notes.txt")
    let error = #expect(throws: ImageDataError.self) {
      try ImageDataSource.mnist(folder: folder.path).load()
    }
    #expect(
      error
        == .missingFiles(
          folder: folder.path,
          expected: [
            "train-images-idx3-ubyte or train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz",
          ],
          found: ["notes.txt", "t10k-labels.idx1-ubyte"]))
    #expect(error?.exitStatus == .noInput)
    let empty = try TemporaryFolder()
    let cifar = #expect(throws: ImageDataError.self) {
      try ImageDataSource.cifar100(folder: empty.path).load()
    }
    #expect(cifar?.description.contains("an empty folder") == true)
    #expect(cifar?.description.contains("train.bin, test.bin") == true)
  }

  @Test func aFolderInTheFilesPlaceIsRefused() throws {
    let folder = try TemporaryFolder()
    for (name, bytes) in TinyMNIST.files {
      try folder.write(bytes, to: name)
    }
    let images = "\(folder.path)/train-images-idx3-ubyte"
    #expect(unlink(images) == 0 && mkdir(images, 0o777) == 0)
    #expect(throws: FileError.self) {
      try ImageDataSource.mnist(folder: folder.path).load()
    }
  }
}
