// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// A room of the house: a Swift target with the settings that all share.
func room(
  _ name: String,
  _ dependencies: [Target.Dependency] = [],
  exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude,
    resources: resources, swiftSettings: settings)
}

/// The tests of a room.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    swiftSettings: settings)
}

let realModule: Target.Dependency =
  .product(name: "RealModule", package: "swift-numerics")

let package = Package(
  name: "mixlab",
  products: [
    .executable(name: "mixlab", targets: ["mixlab"]),
    .library(
      name: "MixlabKit",
      targets: [
        "LinearAlgebra", "VectorMath", "Randomness", "ArrayFiles",
        "ImageData", "Networks",
        "Mixing", "Valuation", "ImageTrain", "Synthetic", "RandomFeature",
        "FeatureLearning", "Sensitivity", "Figures", "Experiments",
      ]),
  ],
  dependencies: [
    .package(
      url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.0.3"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    // The C side.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CVectorMath"),
    .target(name: "CProcessor"),
    .target(
      name: "CGnuplot", linkerSettings: [.linkedLibrary("boost_iostreams")]),

    // Foundations.
    room("LinearAlgebra", ["COpenBLAS", "CLAPACKE", "CProcessor", realModule]),
    room("Randomness", [realModule]),
    room("ArrayFiles", ["LinearAlgebra", "CZlib"]),

    room("VectorMath", ["LinearAlgebra", "CVectorMath"]),

    // Vocabulary: data, models, methods, values.
    room(
      "ImageData",
      ["Randomness", "ArrayFiles", "LinearAlgebra", realModule],
      exclude: ["Resources/digits-LICENSE.md"],
      resources: [
        .embedInCode("Resources/digits-images-idx3-ubyte.gz"),
        .embedInCode("Resources/digits-labels-idx1-ubyte.gz"),
      ]),
    room("Mixing", ["Randomness", realModule]),
    room(
      "Networks",
      ["ArrayFiles", "Randomness", "LinearAlgebra", "VectorMath"]),
    room(
      "Valuation",
      ["Mixing", "Randomness", "VectorMath", "LinearAlgebra", realModule]),
    room(
      "Sensitivity",
      [
        "Mixing", "Networks", "VectorMath", "LinearAlgebra", "Randomness",
        realModule,
      ]),

    // Models in training, figures, experiments.
    room(
      "ImageTrain",
      [
        "Valuation", "Sensitivity", "Mixing", "ImageData", "Networks",
        "VectorMath", realModule,
      ]),
    room(
      "Synthetic",
      ["ImageData", "Randomness", "ArrayFiles", "LinearAlgebra", realModule]),
    room(
      "RandomFeature",
      [
        "Synthetic", "Valuation", "Mixing", "Randomness", "LinearAlgebra",
        "VectorMath", realModule,
      ]),
    room(
      "FeatureLearning",
      [
        "Synthetic", "Valuation", "Mixing", "Randomness", "LinearAlgebra",
        "VectorMath", "ArrayFiles", realModule,
      ]),
    room("Figures", ["CGnuplot"]),
    room(
      "Experiments",
      [
        "ImageTrain", "RandomFeature", "FeatureLearning", "Sensitivity",
        "Synthetic",
        "Valuation", "Mixing", "ImageData", "Networks", "ArrayFiles", "Figures",
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(
      name: "mixlab",
      dependencies: [
        "Experiments", "FeatureLearning", "ImageTrain", "ImageData", "Figures",
        "Sensitivity", "Synthetic", "Mixing", "VectorMath", "LinearAlgebra",
        "ArrayFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["LinearAlgebra", "Networks"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("LinearAlgebra", [realModule]),
    tests("Randomness", [realModule]),
    tests("ArrayFiles"),
    tests("ImageData"),
    tests("VectorMath", ["Randomness"]),
    tests("Networks"),
    tests("Mixing", ["LinearAlgebra"]),
    tests("Valuation"),
    tests(
      "Sensitivity",
      [
        "FeatureLearning", "Mixing", "Networks", "Randomness", "Synthetic",
        realModule,
      ]),
    tests("Synthetic"),
    tests("ImageTrain", ["Sensitivity"]),
    tests(
      "RandomFeature",
      ["LinearAlgebra", "Mixing", "Randomness", "Synthetic", realModule]),
    tests("FeatureLearning", ["Mixing", "Valuation", "Randomness"]),
    tests("Figures"),
    tests(
      "Experiments",
      ["ArrayFiles", "LinearAlgebra", "Mixing", "RandomFeature"]),
  ],
  cxxLanguageStandard: .cxx17
)

// Set in CI: a warning in a source of this package is then an error. The
// dependencies keep their own settings, as `-Xswiftc -warnings-as-errors`
// would not let them.
if Context.environment["MIXLAB_WARNINGS_AS_ERRORS"] != nil {
  for target in package.targets where target.type != .system {
    target.swiftSettings =
      (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
    target.cSettings =
      (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
    target.cxxSettings =
      (target.cxxSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
