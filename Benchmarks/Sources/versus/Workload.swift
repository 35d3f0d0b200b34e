import ArgumentParser

/// A workload that mixlab and its peers run; README.md says what is in each.
enum Workload: String, CaseIterable, ExpressibleByArgument {
  case mixupEpoch = "mixup-epoch"
  case guidedEpoch = "guided-epoch"
  case valuatePairs = "valuate-pairs"
  case valuateAllPairs = "valuate-all-pairs"
  case mixupFlow = "mixup-flow"
  case flowLabels = "flow-labels"
  case patchDescent = "patch-descent"
  case patchGenerated = "patch-generated"
  case expansion, alignment
  case alignmentDouble = "alignment-double"
  case leaveOneOut = "leave-one-out"
  case kroneckerLaplace = "kronecker-laplace"
}
