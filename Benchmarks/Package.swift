// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "mixlab-benchmarks",
  dependencies: [
    .package(
      url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(name: "mixlab", path: ".."),
  ],
  targets: [
    // The driver: starts the workers of mixlab and of its peers, compares.
    .executableTarget(
      name: "versus",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser")
      ],
      swiftSettings: settings),
    // mixlab's side.
    .executableTarget(
      name: "mixlab-worker",
      dependencies: [
        .product(name: "MixlabKit", package: "mixlab"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
  ]
)
