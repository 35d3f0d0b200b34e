extension Presets {
  /// The slides' table of norms, as `references`.
  static let slidesNorms = """
      - {model: method1-teacher, metric: weight-norm, value: 18.7557}
      - {model: method1-all, metric: weight-norm, value: 20.2712}
      - {model: method1-low, metric: weight-norm, value: 19.9560}
      - {model: method2-teacher, metric: weight-norm, value: 19.0546}
      - {model: method2-all, metric: weight-norm, value: 20.2883}
      - {model: method2-low, metric: weight-norm, value: 19.9803}
      - {model: method1-teacher, metric: input-gradient, value: 0.7590}
      - {model: method1-all, metric: input-gradient, value: 0.3177}
      - {model: method1-low, metric: input-gradient, value: 0.3635}
      - {model: method2-teacher, metric: input-gradient, value: 0.7472}
      - {model: method2-all, metric: input-gradient, value: 0.3144}
      - {model: method2-low, metric: input-gradient, value: 0.3542}
    """

  /// What it says of students guided by low r̂, as `comparisons`, Method 1.
  static let slidesMethod1Low = """
      - first: method1-low
        second: method1-teacher
        expect:
          - {metric: weight-norm, positive: true, stated: 1.2003, source: slides}
          - {metric: input-gradient, positive: false, stated: -0.3955, source: slides}
    """

  /// The same, Method 2.
  static let slidesMethod2Low = """
      - first: method2-low
        second: method2-teacher
        expect:
          - {metric: weight-norm, positive: true, stated: 0.9257, source: slides}
          - {metric: input-gradient, positive: false, stated: -0.3930, source: slides}
    """

  /// The slides' table of norms: teacher, guided by all and by low r̂, with a
  /// teacher that has seen the test set (Method 1) and one that has not (2), at
  /// the settings of `fashion-mnist-filter`.
  static let norms = """
    name: norms
    title: Weight norm and input gradient of guided students
    seeds: 5
    data: {source: "fashion-mnist:data/fashion-mnist", fraction: 0.2}
    network: {hidden: [300, 100]}
    training: {epochs: 100, batch-size: 128}
    teachers:
      - {name: method1-teacher, data: whole, method: mixup}
      - {name: method2-teacher, data: train, method: mixup}
    arms:
      - {name: method1-all, teacher: method1-teacher, filter: all}
      - {name: method1-low, teacher: method1-teacher, filter: low}
      - {name: method2-all, teacher: method2-teacher, filter: all}
      - {name: method2-low, teacher: method2-teacher, filter: low}
    references:
    \(slidesNorms)
    comparisons:
      - first: method1-all
        second: method1-teacher
        expect:
          - {metric: weight-norm, positive: true, stated: 1.5155, source: slides}
          - {metric: input-gradient, positive: false, stated: -0.4413, source: slides}
    \(slidesMethod1Low)
      - first: method1-low
        second: method1-all
        expect:
          - {metric: weight-norm, positive: false, stated: -0.3152, source: slides}
          - {metric: input-gradient, positive: true, stated: 0.0458, source: slides}
      - first: method2-all
        second: method2-teacher
        expect:
          - {metric: weight-norm, positive: true, stated: 1.2337, source: slides}
          - {metric: input-gradient, positive: false, stated: -0.4328, source: slides}
    \(slidesMethod2Low)
      - first: method2-low
        second: method2-all
        expect:
          - {metric: weight-norm, positive: false, stated: -0.3080, source: slides}
          - {metric: input-gradient, positive: true, stated: 0.0398, source: slides}
    """
}
