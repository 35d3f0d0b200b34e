/// Where and how a run is carried out.
public struct RunContext: Sendable {
  /// The run's folder.
  public let path: String
  /// Threads in all.
  public let threads: Int
  /// How an existing folder is treated.
  public let existing: RunFolder.Existing
  /// The command line, for the manifest.
  public let command: [String]
  let progress: any ProgressReporter
  let cancellation: CancellationFlag

  /// A run that is to begin; its folder is made then.
  public init(
    path: String, threads: Int, existing: RunFolder.Existing = .refuse,
    command: [String], progress: any ProgressReporter = SilentProgress(),
    cancellation: CancellationFlag = CancellationFlag()
  ) {
    self.path = path
    self.threads = threads
    self.existing = existing
    self.command = command
    self.progress = progress
    self.cancellation = cancellation
  }
}
