public import LinearAlgebra
import RealModule
public import Synthetic
public import Valuation
public import VectorMath

/// What is known of a run at a recorded iterate.
public struct FeatureRecord: Sendable, Equatable {
  /// Number of steps behind it.
  public var iteration: Int
  /// The loss that is descended there; NaN where a filter keeps no pair, so
  /// that nothing is.
  public var loss: Double
  /// What twice the nodes of an expectation over λ change in the loss; 0 for a
  /// fixed λ.
  public var quadratureError: Double
  /// The same for the slopes, relative to the largest of them.
  public var slopeError: Double
  /// Σ_r ⟨w_{k,r}, f⟩², `classCount × directions`.
  public var learning: Matrix<Double>
  /// Share of training samples that are classified rightly.
  public var accuracy: Double
  /// Share of the test samples of each set.
  public var testAccuracies: [Double]
  /// The largest response of each class's filters to a noise patch of one of
  /// its own samples.
  public var memorisation: [Double]
  /// Share of the pairs that the filter kept; 1 without one.
  public var keptShare: Double
}

/// A run of one method from its initial weights.
///
/// Runs of several methods share a ``PatchSpace``.
public struct FeatureRun {
  /// The method.
  public var method: FeatureMethod
  /// Step length η.
  public var learningRate: Double
  /// Number of steps.
  public var iterations: Int
  /// Every so many iterates one is recorded, the first and the last in any case.
  public var recordInterval: Int
  /// Networks whose mean loss a filter compares with the student's.
  public var teachers: [PatchNetwork]
  /// The counts that a control filter repeats.
  public var replay: FilterTrace?
  /// The root seed of a filter's draws.
  public var seed: UInt64
  /// Test sets.
  public var tests: [PatchData]
  /// Positions of each training sample's noise patches.
  public var noisePositions: [[Int]]?

  /// A run from its settings.
  ///
  /// - Precondition: The learning rate is positive, counts are not negative and
  ///   the interval positive; a filter has the teachers or the counts that it
  ///   needs.
  public init(
    _ method: FeatureMethod, learningRate: Double, iterations: Int,
    recordInterval: Int, teachers: [PatchNetwork] = [],
    replay: FilterTrace? = nil, seed: UInt64 = 0, tests: [PatchData] = [],
    noisePositions: [[Int]]? = nil
  ) {
    precondition(
      learningRate > 0 && iterations >= 0 && recordInterval > 0,
      "learning rate \(learningRate), \(iterations) iterations, a record every "
        + "\(recordInterval)")
    if let filter = method.guidance?.filter {
      precondition(
        !teachers.isEmpty || !filter.needsValues,
        "the filter \(filter.rawValue) needs a teacher")
      precondition(
        replay != nil || !filter.replays,
        "the filter \(filter.rawValue) needs the counts of another run")
    }
    self.method = method
    self.learningRate = learningRate
    self.iterations = iterations
    self.recordInterval = recordInterval
    self.teachers = teachers
    self.replay = replay
    self.seed = seed
    self.tests = tests
    self.noisePositions = noisePositions
  }

  /// What a run leaves behind.
  public struct Outcome: Sendable {
    /// The recorded iterates in order.
    public var records: [FeatureRecord]
    /// The network at the end.
    public var network: PatchNetwork
    /// How many pairs the filter kept at each decision.
    public var trace: FilterTrace
    /// The most nodes that an expectation over λ took; 1 for a fixed λ.
    public var largestNodeCount: Int

    /// The largest error of a recorded loss, found with twice the nodes.
    public var quadratureError: Double {
      records.reduce(0) { max($0, $1.quadratureError) }
    }
    /// The same for the slopes, relative to the largest of them.
    public var slopeError: Double {
      records.reduce(0) { max($0, $1.slopeError) }
    }
  }

  // A loss costs as much as a step, logits are at hand: one is computed only
  // where a logit is beyond anything that descent settles at. Losses in the
  // linear regime of softmax are as large as the logits, so one that fell from
  // its start stays a hundred times below the bound that makes it diverged.
  private static let suspiciousLogit = 1e8
  private static let divergedLoss = 1e6

  /// Descends from `initial`.
  ///
  /// - Parameters:
  ///   - directions: What `learning` is recorded of, one direction per row.
  ///   - advanced: Called before each step with the number of those behind it;
  ///     what it throws ends the run.
  ///   - observe: Called with each record and the descent as it stands there.
  /// - Throws: ``FeatureLearningError`` where the loss diverges.
  public func callAsFunction(
    from initial: PatchNetwork, on space: PatchSpace,
    directions: Matrix<Double>, team: ThreadTeam,
    advanced: (Int) throws -> Void = { _ in },
    observe: (FeatureRecord, PatchDescent) -> Void = { _, _ in }
  ) throws -> Outcome {
    do {
      return try descend(
        from: initial, on: space, directions: directions, team: team,
        advanced: advanced, observe: observe)
    } catch let error as FeatureLearningError {
      // Logits that grow beyond every rule are a divergence's first sign.
      guard case .quadrature(let iteration, _, _) = error else { throw error }
      throw divergence(
        at: iteration, from: initial, on: space, team: team) ?? error
    }
  }

  private func descend(
    from initial: PatchNetwork, on space: PatchSpace,
    directions: Matrix<Double>, team: ThreadTeam,
    advanced: (Int) throws -> Void,
    observe: (FeatureRecord, PatchDescent) -> Void
  ) throws -> Outcome {
    let descent = PatchDescent(initial, on: space, team: team)
    let followed = FollowedDirections(
      directions, space: space, initial: initial)
    var filter = pairFilter(on: space, team: team)
    var outcome = Outcome(
      records: [], network: initial, trace: FilterTrace(),
      largestNodeCount: 1)
    var selection: PairSelection?
    var (firstLoss, firstLogit) = (Double.nan, descent.largestLogit)
    for k in 0...iterations {
      let objective = objective(at: k, descent, &filter, &selection)
      let isRecorded = k.isMultiple(of: recordInterval) || k == iterations
      var loss: Double?
      if isRecorded {
        let error = try descent.quadratureError(objective)
        var record = record(descent, followed, selection)
        let present = try descent.loss(objective)
        loss = present
        record.loss = objective.isEmpty ? .nan : present
        record.quadratureError = error.loss
        record.slopeError = error.slope
        if k == 0 { (firstLoss, firstLogit) = (present, descent.largestLogit) }
        if present.isFinite {
          outcome.records.append(record)
          observe(record, descent)
        }
      }
      let logit = descent.largestLogit
      if !logit.isFinite || logit > Self.suspiciousLogit * max(1, firstLogit) {
        let present = if let loss { loss } else { try descent.loss(objective) }
        // Not `>`: a loss that is not a number has diverged.
        if !(present <= Self.divergedLoss * max(1, firstLoss)) {
          throw divergence(at: k, from: initial, on: space, team: team)
            ?? FeatureLearningError.diverged(
              iteration: k, learningRate: learningRate, overshootIteration: nil,
              largestStableRate: nil)
        }
      }
      try advanced(k)
      if k < iterations {
        try descent.step(objective, learningRate: learningRate)
      }
    }
    outcome.network = descent.network
    outcome.trace = filter.trace
    outcome.largestNodeCount = descent.largestNodeCount
    return outcome
  }

  /// The filter as it is before the first step.
  func pairFilter(on space: PatchSpace, team: ThreadTeam) -> PairFilter {
    PairFilter(
      seed: seed, weights: method.weights, labels: space.data.labels,
      teachers: teachers.map {
        PatchDescent($0, on: space, team: team).predictor()
      }, replay: replay, team: team)
  }

  /// What is descended at iterate k.
  func objective(
    at k: Int, _ descent: PatchDescent, _ filter: inout PairFilter,
    _ selection: inout PairSelection?
  ) -> PairObjective {
    var objective = method.objective(at: k, of: iterations)
    guard let guidance = method.guidance(at: k) else {
      selection = nil
      return objective
    }
    let age = k - guidance.startIteration
    if selection == nil || age.isMultiple(of: guidance.period) {
      selection = filter.select(
        guidance, student: descent.predictor(), iteration: k,
        progress: Double(k) / Double(max(iterations, 1)))
    }
    objective.selection = selection
    return objective
  }

  private func record(
    _ descent: PatchDescent, _ followed: FollowedDirections,
    _ selection: PairSelection?
  ) -> FeatureRecord {
    let network = tests.isEmpty ? nil : descent.network
    return FeatureRecord(
      iteration: descent.iteration, loss: .nan, quadratureError: 0,
      slopeError: 0,
      learning: followed.learning(by: descent), accuracy: descent.accuracy,
      testAccuracies: tests.map { network?.accuracy(on: $0) ?? .nan },
      memorisation: noisePositions.map { descent.memorisation(at: $0) } ?? [],
      keptShare: selection?.keptShare ?? 1)
  }
}
