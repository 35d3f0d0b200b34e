extension ImageDataSource {
  /// Reads CIFAR-10's binary version.
  ///
  /// Records of a label and 32 x 32 pixels in red, green and blue planes. Of the five training batches those that are
  /// there are read, at least one.
  ///
  /// - Source: Krizhevsky, "The CIFAR-10 dataset", section "Binary version".
  func loadCIFAR10(_ folder: DataFolder) throws -> ImageDataset {
    let all = (1...5).map { "data_batch_\($0).bin" }
    let present = all.filter(folder.contains)
    let batches = present.isEmpty ? all : present
    _ = try folder.names(of: (batches + ["test_batch.bin"]).map { [$0] })
    let classNames = try folder.classNames(in: "batches.meta.txt", count: 10)
    return try ImageDataset(
      name: name,
      train: cifar(
        batches, in: folder, part: "train", labelBytes: 1,
        classNames: classNames),
      test: cifar(
        ["test_batch.bin"], in: folder, part: "test", labelBytes: 1,
        classNames: classNames))
  }

  /// Reads CIFAR-100's binary version: as CIFAR-10, with a coarse label before
  /// the fine one, which is the class here.
  func loadCIFAR100(_ folder: DataFolder) throws -> ImageDataset {
    _ = try folder.names(of: [["train.bin"], ["test.bin"]])
    let classNames = try folder.classNames(
      in: "fine_label_names.txt", count: 100)
    return try ImageDataset(
      name: name,
      train: cifar(
        ["train.bin"], in: folder, part: "train", labelBytes: 2,
        classNames: classNames),
      test: cifar(
        ["test.bin"], in: folder, part: "test", labelBytes: 2,
        classNames: classNames))
  }

  /// The records of CIFAR files one after another; the last label byte counts,
  /// one before it names one of CIFAR-100's 20 coarse classes.
  private func cifar(
    _ files: [String], in folder: DataFolder, part: String, labelBytes: Int,
    classNames: [String]
  ) throws -> ImageSet {
    let shape = ImageShape(channels: 3, height: 32, width: 32)
    let recordSize = labelBytes + shape.valueCount
    var pixels: [UInt8] = []
    var labels: [Int32] = []
    for name in files {
      let (file, bytes) = try folder.contents(of: name)
      try requireRecords(of: recordSize, in: bytes, file: file)
      pixels.reserveCapacity(files.count * bytes.count)
      for first in stride(from: 0, to: bytes.count, by: recordSize) {
        if labelBytes == 2 && bytes[first] > 19 {
          throw ImageDataError.labelOutOfRange(
            file: file, index: first / recordSize, label: Int(bytes[first]),
            expected: 0...19)
        }
        let label = Int32(bytes[first + labelBytes - 1])
        guard label < classNames.count else {
          throw ImageDataError.labelOutOfRange(
            file: file, index: first / recordSize, label: Int(label),
            expected: 0...(classNames.count - 1))
        }
        labels.append(label)
        pixels += bytes[(first + labelBytes)..<(first + recordSize)]
      }
    }
    return ImageSet(
      name: "\(name) \(part)", shape: shape, classNames: classNames,
      pixels: pixels, maximumPixel: 255, labels: labels)
  }

  /// Reads STL-10's labelled images: 96 x 96 pixels in three planes, each
  /// column after column, and labels from 1 in a file of their own.
  ///
  /// - Source: Coates, "STL-10 dataset", section "Binary files".
  func loadSTL10(_ folder: DataFolder) throws -> ImageDataset {
    let files = ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin"]
    _ = try folder.names(of: files.map { [$0] })
    let classNames = try folder.classNames(in: "class_names.txt", count: 10)
    return try ImageDataset(
      name: name,
      train: stl("train", in: folder, classNames: classNames),
      test: stl("test", in: folder, classNames: classNames))
  }

  private func stl(
    _ part: String, in folder: DataFolder, classNames: [String]
  ) throws -> ImageSet {
    let shape = ImageShape(channels: 3, height: 96, width: 96)
    let images = try folder.contents(of: "\(part)_X.bin")
    let labels = try folder.contents(of: "\(part)_y.bin")
    try requireRecords(
      of: shape.valueCount, in: images.bytes, file: images.file)
    return try ImageSet(
      name: "\(name) \(part)", shape: shape, classNames: classNames,
      pixels: transposed(images.bytes, shape: shape), maximumPixel: 255,
      imageFile: images.file,
      storedLabels: labels.bytes, firstLabel: 1, labelFile: labels.file)
  }

  /// Turns planes of columns into planes of rows.
  private func transposed(_ bytes: [UInt8], shape: ImageShape) -> [UInt8] {
    var rows = [UInt8](repeating: 0, count: bytes.count)
    for plane in stride(from: 0, to: bytes.count, by: shape.planeCount) {
      for row in 0..<shape.height {
        for column in 0..<shape.width {
          rows[plane + row * shape.width + column] =
            bytes[plane + column * shape.height + row]
        }
      }
    }
    return rows
  }

  /// Throws unless the bytes are one or more whole records.
  private func requireRecords(
    of size: Int, in bytes: [UInt8], file: String
  ) throws(ImageDataError) {
    guard !bytes.isEmpty && bytes.count % size == 0 else {
      throw .partialRecord(file: file, recordSize: size, found: bytes.count)
    }
  }
}
