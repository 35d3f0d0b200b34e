import ArgumentParser

/// A workload that mixlab and its peers run; README.md says what is in each.
enum Workload: String, CaseIterable, ExpressibleByArgument {
  case mixupEpoch = "mixup-epoch"
  case guidedEpoch = "guided-epoch"
  case valuatePairs = "valuate-pairs"
  case mixupFlow = "mixup-flow"
  case flowLabels = "flow-labels"

  /// Whether the workload is one of networks, which all peers run.
  var isNetwork: Bool { self != .mixupFlow && self != .flowLabels }
}
