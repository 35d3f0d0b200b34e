public import ArgumentParser
public import Experiments
import ImageData

struct Data: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Image data sets: what is in them, fetching, exporting.",
    discussion: """
      A data set is named as \(ImageDataSource.forms.joined(separator: ", ")), \
      where DIR holds the files of its own download.
      """,
    subcommands: [Info.self, Preview.self, Fetch.self, Export.self])
}

extension ImagePart: ExpressibleByArgument {}

extension Data {
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shape, pixels, classes and counts of a data set.")

    @Argument(help: "The data set, like digits or mnist:DIR.")
    var source: String

    func run() throws {
      let summary = DatasetSummary(
        of: try ImageDataSource(parsing: source).load())
      print(summary.factTable.text)
      print(summary.classTable.text, terminator: "")
    }
  }

  struct Preview: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "A sheet of training images, class by class.",
      discussion: "Writes preview.svg, .pdf and .png with data and script.")

    @Argument(help: "The data set, like digits or mnist:DIR.")
    var source: String

    @Option(parsing: .unconditional, help: "Images of each class.")
    var count = 10

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (1...50).contains(count) else {
        throw ValidationError("--count takes 1 to 50, not \(count).")
      }
    }

    func run() throws {
      let dataset = try ImageDataSource(parsing: source).load()
      let files = try DatasetPreview(dataset: dataset, count: count).write(
        to: output.output, overwrite: output.overwrite,
        formats: [.svg, .pdf, .png])
      for file in files { print(file.relativePath) }
    }
  }

  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Download a data set into a folder.",
      discussion: """
        Files that are there are kept, one that was cut short is resumed, and \
        each gets its name only when its MD5 sum is right.
        """)

    enum Downloadable: String, CaseIterable, ExpressibleByArgument {
      case fashionMNIST = "fashion-mnist"
    }

    @Argument(help: "fashion-mnist.")
    var dataset: Downloadable

    @Argument(help: "The folder; made if it is missing.")
    var folder: String

    @Option(help: "Address of a mirror, of the folder that holds the files.")
    var from = FashionMNISTDownload.officialAddress

    func run() async throws {
      let reporter = TerminalProgress.standardError(unit: "KiB")
      defer { reporter.report(.finished) }
      var current: String?
      try await FashionMNISTDownload(address: from).fetch(into: folder) {
        let received = $0.received >> 10
        if current != $0.file {
          if let current { reporter.report(.ended(job: current)) }
          current = $0.file
          reporter.report(
            .began(job: $0.file, step: received, total: $0.total >> 10))
        }
        reporter.report(.advanced(job: $0.file, step: received))
      }
      print("\(dataset.rawValue):\(folder)")
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Images and labels as arrays, as training sees them.",
      discussion: """
        Writes images.npy [n, D], pixels scaled to [0, 1] or standardised, \
        labels.npy [n] and result.json. With the data settings of a run, \
        `mixlab valuate` values the pairs.npy that the run kept.
        """)

    @Argument(help: "The data set, like digits or mnist:DIR.")
    var source: String

    @OptionGroup var subset: SubsetOptions

    @Option(help: "train, validation, holdout or test.")
    var part = ImagePart.train

    @OptionGroup var output: OutputOptions

    func run() throws {
      var document = ConfigurationDocument(command: "export")
      try document.set(
        "data.source", to: .string(source), option: source)
      try subset.add(to: &document)
      try ImageExport(document: document, part: part).run(
        output: output.output, overwrite: output.overwrite)
      output.announce("Arrays and result.json")
    }
  }
}
