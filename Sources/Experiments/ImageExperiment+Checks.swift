import ArrayFiles
import Foundation
import ImageData
import ImageTrain
import Networks

/// A teacher that is read and not trained.
struct TeacherFile: Sendable {
  /// The model's name.
  let model: String
  let network: DenseNetwork<Double>
  /// The file's digest.
  let checksum: String
}

/// What only the data tell, found before a run leaves anything behind.
extension ImageExperiment {
  /// The shape of all networks that are trained on the images.
  func shape(for images: PreparedImages) -> DenseShape {
    DenseShape(
      sizes: [images.train.shape.valueCount] + network.hidden
        + [images.train.classNames.count],
      activation: network.activation)
  }

  /// Reads the teachers that come from files.
  func readTeacherFiles(_ images: PreparedImages) throws -> [TeacherFile] {
    try teachers.compactMap { teacher in
      guard let file = teacher.file else { return nil }
      return TeacherFile(
        model: teacher.name,
        network: try images.readNetwork(
          file, activation: network.activation),
        checksum: MD5.hexDigest(of: try FileBytes.read(file)))
    }
  }

  /// Refuses a plan whose buffers alone exceed the machine's memory.
  ///
  /// - Throws: `ExperimentError.memory`.
  func checkMemory(
    _ images: PreparedImages,
    available: UInt64 = ProcessInfo.processInfo.physicalMemory
  ) throws {
    let sizes = shape(for: images).sizes
    for model in models where model.file == nil {
      let needed = model.plan.workspaceBytes(
        sampleCount: images.train.count, sizes: sizes,
        scalarSize: network.precision == .float ? 4 : 8)
      guard needed <= Double(available) else {
        throw ExperimentError.memory(
          model: model.name, needed: needed, available: available)
      }
    }
  }
}

extension ImageReport {
  /// Refuses samples that are mixed of images that the data set does not have.
  ///
  /// - Throws: `FileError.malformed`.
  func checkSources(_ samples: StoredSamples, imageCount: Int) throws {
    if let bad = (samples.first + samples.second).first(where: {
      !(0..<imageCount).contains(Int($0))
    }) {
      throw FileError.malformed(
        file: "\(path), samples of \(samples.arm.name)",
        expected: "images in 0 ..< \(imageCount)", found: "\(bad)")
    }
  }
}
