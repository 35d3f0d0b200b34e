import Synthetic

extension FeatureProblem {
  /// Reads `data`, `network` and `training`; the defaults are a point at which
  /// plain training misses the rare feature and mixup does not.
  init(reader: ConfigurationReader) throws {
    let data = try reader["data"]
    samples = try data?["samples"]?.int(in: .within(4...3000)) ?? 100
    let dimension =
      try data?["dimension"]?.int(in: .within(5...100_000))
      ?? 1000
    noiseEnergy = try data?["noise-energy"]?.double(in: .positive) ?? 15
    do {
      generator = try PatchGenerator(
        patchCount: try data?["patches"]?.int(in: .within(1...1000)) ?? 4,
        dimension: dimension,
        featureNoisePatchCount: try data?["feature-noise-patches"]?.int(
          in: .within(0...1000)) ?? 1,
        featureNoiseMagnitude: try data?["feature-noise"]?.double() ?? 0.1,
        rareProbability: try data?["rare-probability"]?.double() ?? 0.1,
        patchNoiseScale: (noiseEnergy / Double(dimension)).squareRoot())
    } catch let error as PatchGeneratorError {
      throw try reader.required("data").error(error.description)
    }
    guard samples.isMultiple(of: 2) else {
      throw try reader.required("data").error(
        "expected an even number of samples, found \(samples)")
    }
    let network = try reader["network"]
    width = try network?["width"]?.int(in: .within(1...10_000)) ?? 10
    deviation = try network?["deviation"]?.double(in: .positive) ?? 0.01
    let training = try reader["training"]
    learningRate = try training?["learning-rate"]?.double(in: .positive) ?? 0.02
    iterations =
      try training?["iterations"]?.int(in: .within(1...100_000_000)) ?? 20_000
  }

  /// The parts with every default written out.
  var values: [(key: String, value: ConfigurationValue)] {
    [
      (
        "data",
        [
          "samples": .int(samples),
          "patches": .int(generator.patchCount),
          "dimension": .int(generator.dimension),
          "feature-noise-patches": .int(generator.featureNoisePatchCount),
          "feature-noise": .double(generator.featureNoiseMagnitude),
          "rare-probability": .double(generator.rareProbability),
          "noise-energy": .double(noiseEnergy),
        ]
      ),
      (
        "network", ["width": .int(width), "deviation": .double(deviation)]
      ),
      (
        "training",
        [
          "learning-rate": .double(learningRate),
          "iterations": .int(iterations),
        ]
      ),
    ]
  }
}
