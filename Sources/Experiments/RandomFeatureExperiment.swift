public import ImageData
public import Mixing
public import RandomFeature
public import Synthetic

/// An experiment on the dynamics of random-feature regression: problems on
/// which mixup and plain training are followed through time, in closed form
/// and by gradient descent.
public struct RandomFeatureExperiment: Sendable, Equatable {
  /// Name of the experiment, usable as a folder's name.
  public var name: String
  /// One line about it, for tables and figures.
  public var title: String
  /// Root seeds; each draws all problems anew.
  public var seeds: [Int]
  /// The problems, side by side.
  public var problems: [RegressionProblemSettings]
  /// Which pairs are mixed.
  public var pairs: PairChoice
  /// The law of λ, drawn once per pair.
  public var law: MixingLaw
  /// Step size η of gradient descent; a unit of time is a step.
  public var learningRate: Double
  /// ξ of θ₀ ~ N(0, ξ²I); 1/√d without.
  public var startDeviation: Double?
  /// Times at which the flow is looked at.
  public var times: TimeGrid
  /// Steps of gradient descent that are really taken.
  public var descentSteps: Int
  /// The end of training for switches and schedules.
  public var horizon: Double
  /// Pieces of constant concentration that a schedule is cut into.
  public var schedulePieces: Int
  /// The classification problem on which wrong mixed labels are counted.
  public var labelNoise: LabelNoiseSettings

  /// Gaussian classes with known label probabilities.
  public struct LabelNoiseSettings: Sendable, Equatable {
    /// Number of classes.
    public var classes: Int
    /// Dimension of the inputs.
    public var dimension: Int
    /// Two centers are about √2 times as far apart.
    public var separation: Double
    /// Mixed samples.
    public var samples: Int
  }

  /// Which pairs of the n inputs are mixed.
  public enum PairChoice: Sendable, Equatable {
    /// All n² ordered pairs.
    case all
    /// The n(n − 1)/2 pairs of different inputs.
    case unordered
    /// So many pairs, drawn independently.
    case drawn(Int)
  }

  /// Times in equal ratios.
  public struct TimeGrid: Sendable, Equatable {
    /// The first time, positive.
    public var from: Double
    /// The last time.
    public var to: Double
    /// How many times.
    public var count: Int

    /// The times, ascending.
    public var values: [Double] {
      (0..<count).map {
        count == 1
          ? from : from * power(to / from, Double($0) / Double(count - 1))
      }
    }
  }
}

/// One regression problem: where inputs and labels come from, and φ.
public struct RegressionProblemSettings: Sendable, Equatable {
  /// Where inputs and their true labels come from.
  public enum Source: Sendable, Equatable {
    /// x ~ N(0, I) with a target that is drawn for each seed.
    case generated(
      target: RegressionTarget.Kind, dimension: Int, width: Int, gain: Double)
    /// Images; the target is 2p(class | x) − 1 of a network that was trained on
    /// the training images.
    case images(ImageDataSource, classIndex: Int, epochs: Int)
  }

  /// The problem's name, unique in the experiment.
  public var name: String
  /// Inputs and labels.
  public var source: Source
  /// Training inputs n.
  public var samples: Int
  /// Held-out inputs of the risk, where it is not known exactly.
  public var testSamples: Int
  /// Inputs, apart from the training inputs, that teachers may learn.
  public var poolSamples: Int
  /// The feature map.
  public var features: FeatureMap.Kind
  /// Number of random features; the degree of a polynomial.
  public var featureCount: Int
  /// Scale of the random weights.
  public var featureScale: Double
}
