import ImageTrain
import Mixing
import Valuation

extension ImageExperiment {
  /// The experiment with every default written out; reading it back gives the
  /// same experiment.
  public var value: ConfigurationValue {
    resolved(
      kind: nil,
      [
        "data": data.value,
        "network": network.value,
        "teachers": .list(teachers.map { $0.value(isTeacher: true) }),
        "arms": .list(arms.map { $0.value(isTeacher: false) }),
        "comparisons": .list(comparisons.map(\.value)),
        "references": .list(
          references.map {
            [
              "model": .string($0.model), "metric": .string($0.metric.rawValue),
              "value": .double($0.value),
            ]
          }),
        "record": record.value,
        "report": .string(report.rawValue),
      ])
  }
}

extension NetworkSettings {
  /// The network with every default written out.
  var value: ConfigurationValue {
    [
      "hidden": .integers(hidden),
      "activation": .string(activation.rawValue),
      "initialization": .string(initialization.rawValue),
      "precision": .string(precision.rawValue),
    ]
  }
}

extension RecordSettings {
  /// What is kept, with every default written out.
  var value: ConfigurationValue {
    var value: ConfigurationValue = [
      "norms-every": .int(normsEvery),
      "save-at": .integers(saveAt),
      "samples": .bool(samples),
      "checkpoint-every": .int(checkpointEvery),
    ]
    if let probe {
      value["probe-every"] = .int(probe.interval)
      value["probe-images"] = .int(probe.imageCount)
    }
    if let gradientNoiseEvery {
      value["gradient-noise-every"] = .int(gradientNoiseEvery)
    }
    return value
  }
}

extension DataSettings {
  /// The images with every default written out.
  var value: ConfigurationValue {
    [
      "source": .string(source.description),
      "fraction": .double(fraction),
      "validation": .double(validation),
      "holdout": .double(holdout),
      "standardise": .bool(standardise),
      "seed": .int(seed),
    ]
  }
}

extension ModelSettings {
  /// The model with every default written out.
  func value(isTeacher: Bool) -> ConfigurationValue {
    var value: ConfigurationValue = ["name": .string(name)]
    if isTeacher {
      value["data"] = .string(trainingSet.rawValue)
      if let file { value["file"] = .string(file) }
      value["count"] = .int(count)
    }
    switch plan.objective {
    case .plain: value["method"] = "plain"
    case .mixup: value["method"] = "mixup"
    case .regMixup(let weight, let form):
      value["method"] = "regmixup"
      value["weight"] = .double(weight)
      value["form"] = .string(form.rawValue)
    case .mixupE(let weight, let term, let rescaled):
      value["method"] = "mixupe"
      value["weight"] = .double(weight)
      term.write(to: &value, rescaled: rescaled)
    }
    if let teacher { value["teacher"] = .string(teacher) }
    if let replays { value["replays"] = .string(replays) }
    if let guidance = plan.guidance {
      value["filter"] = .string(guidance.filter.rawValue)
      value["normalization"] = .string(guidance.normalization.rawValue)
      value["dropped"] = .string(guidance.dropped.rawValue)
      value["guidance-start"] = .int(guidance.startEpoch)
      if let stop = guidance.stopEpoch { value["guidance-stop"] = .int(stop) }
      if let lag = guidance.selfTeacherLag {
        value["self-teacher-lag"] = .int(lag)
      }
    }
    if let stop = plan.mixingStopEpoch { value["mixing-stop"] = .int(stop) }
    if let budget {
      value["budget"] = [
        "equal": .string(budget.quantity.rawValue),
        "arm": .string(budget.arm),
      ]
    }
    value["mixing"] = plan.mixing.value
    value["training"] = plan.trainingValue
    return value
  }
}

extension MixingPlan {
  /// The plan with every default written out.
  var value: ConfigurationValue {
    var value: ConfigurationValue = [:]
    switch weights {
    case .fixed(let weight): value["weight"] = .double(weight)
    case .beta(let schedule, let ratio):
      switch schedule {
      case .constant(let alpha): value["alpha"] = .double(alpha)
      case .easy: value["schedule"] = "easy"
      case .hard: value["schedule"] = "hard"
      case .easyHardEasy: value["schedule"] = "easy-hard-easy"
      case .table(let points):
        value["schedule"] = .list(
          points.map { .numbers([$0.progress, $0.concentration]) })
      }
      value["ratio"] = .double(ratio)
    }
    value["scope"] = .string(scope.rawValue)
    value["pairing"] = .string(pairing.rawValue)
    value["folded"] = .bool(folded)
    return value
  }
}

extension TrainingPlan {
  /// Epochs, batches, loss and optimizer with every default written out.
  var trainingValue: ConfigurationValue {
    var value: ConfigurationValue = [
      "epochs": .int(epochs),
      "batch-size": .int(batchSize),
      "learning-rate": .double(optimizer.learningRate),
    ]
    switch optimizer.schedule {
    case .constant: value["learning-rate-schedule"] = "constant"
    case .cosine: value["learning-rate-schedule"] = "cosine"
    case .step(let epochs, let factor):
      value["learning-rate-schedule"] = [
        "step": .integers(epochs), "factor": .double(factor),
      ]
    }
    value["momentum"] = .double(optimizer.momentum)
    value["nesterov"] = .bool(optimizer.nesterov)
    value["weight-decay"] = .double(optimizer.weightDecay)
    switch loss {
    case .crossEntropy: value["loss"] = "cross-entropy"
    case .squaredError(let mixesLosses):
      value["loss"] = "squared-error"
      value["mixed"] = mixesLosses ? "losses" : "labels"
    }
    return value
  }
}

extension ComparisonSettings {
  /// The comparison as it is read.
  var value: ConfigurationValue {
    var value: ConfigurationValue = [
      "first": .string(first), "second": .string(second),
    ]
    if !expectations.isEmpty {
      value["expect"] = .list(
        expectations.map {
          var one: ConfigurationValue = [
            "metric": .string($0.metric.rawValue),
            "positive": .bool($0.isPositive),
          ]
          if let stated = $0.stated { one["stated"] = .double(stated) }
          if !$0.source.isEmpty { one["source"] = .string($0.source) }
          return one
        })
    }
    return value
  }
}
