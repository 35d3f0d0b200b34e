extension ImageDataSource {
  /// Reads CIFAR-10's binary version: records of a label and 32 x 32 pixels in
  /// red, green and blue planes.
  ///
  /// - Source: Krizhevsky, "The CIFAR-10 dataset", section "Binary version".
  func loadCIFAR10(_ folder: DataFolder) throws -> ImageDataset {
    let batches = (1...5).map { "data_batch_\($0).bin" }
    let nameFile = "batches.meta.txt"
    _ = try folder.names(
      of: (batches + ["test_batch.bin", nameFile]).map { [$0] })
    let classNames = try folder.classNames(in: nameFile, count: 10)
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
    let nameFile = "fine_label_names.txt"
    _ = try folder.names(of: ["train.bin", "test.bin", nameFile].map { [$0] })
    let classNames = try folder.classNames(in: nameFile, count: 100)
    return try ImageDataset(
      name: name,
      train: cifar(
        ["train.bin"], in: folder, part: "train", labelBytes: 2,
        classNames: classNames),
      test: cifar(
        ["test.bin"], in: folder, part: "test", labelBytes: 2,
        classNames: classNames))
  }

  /// The records of CIFAR files one after another; the last label byte counts.
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
    let nameFile = "class_names.txt"
    let files = ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin"]
    _ = try folder.names(of: (files + [nameFile]).map { [$0] })
    let classNames = try folder.classNames(in: nameFile, count: 10)
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
