import Randomness
import Testing

/// The numbers of stream version 1, from an independent implementation in Python.
///
/// Whoever makes one of these fail raises `streamVersion`.
@Suite("Numbers move only with the stream version")
struct RecordedNumberTests {
  private func draw<Value>(
    _ count: Int, _ draw: (inout RandomStream) -> Value
  ) -> [Value] {
    var stream = RandomStreamTests.golden()
    return (0..<count).map { _ in draw(&stream) }
  }

  /// Whether numbers agree up to the libraries' logarithms and cosines: each
  /// within 4 ulp of the recorded one, a value of a logarithm of gamma of its
  /// largest summand.
  private func agree(
    _ numbers: [Double], _ recorded: [Double], scale: Double = 1
  ) -> Bool {
    zip(numbers, recorded).allSatisfy { number, expected in
      abs(number - expected) <= 4 * scale * expected.ulp
    }
  }

  @Test func version() { #expect(RandomStream.streamVersion == 1) }

  @Test func uniform() {
    #expect(
      draw(3) { $0.uniform() } == [
        0.7028929862121966, 0.43200545453951433, 0.01023377834871042,
      ])
    #expect(
      draw(3) { $0.uniformOpen() } == [
        0.7028929862121968, 0.43200545453951444, 0.010233778348710532,
      ])
    #expect(
      draw(2) { $0.uniform(in: 7...7) } == [7, 7])
  }

  @Test func normal() {
    #expect(
      agree(
        draw(3) { $0.normal() },
        [-0.7642307024976103, -0.23333348319819788, -0.24528834851085524]))
  }

  @Test func bulkNormals() {
    let recorded = [
      -0.7642307024976103, 0.34792625623259993, -0.23333348319819788,
      3.018224368719874,
    ]
    var stream = RandomStreamTests.golden()
    #expect(agree(stream.normals(count: 4), recorded))
    stream = RandomStreamTests.golden()
    #expect(agree(stream.normals(count: 3), Array(recorded.prefix(3))))

    stream = RandomStreamTests.golden()
    var single = [Float](repeating: 0, count: 3)
    var span = single.mutableSpan
    stream.fillWithNormals(&span, mean: 10, standardDeviation: 2)
    for (value, standard) in zip(single, recorded) {
      let expected = Float(10 + 2 * standard)
      #expect(abs(value - expected) <= expected.ulp)
    }
  }

  @Test(
    arguments: [
      (0.01, [-135.3368179794641, -127.05010054741655]),
      (0.5, [-3.329498608393777, -2.608906487683754]),
      (1, [-1.527346456662955, 0.8203709506563651]),
      (20, [2.8014481937579223, 3.2455059375509028]),
    ] as [(Double, [Double])])
  func logGamma(shape: Double, recorded: [Double]) {
    #expect(agree(draw(2) { $0.logGamma(shape: shape) }, recorded))
  }

  @Test(
    arguments: [
      // exp multiplies the error of its argument: 135 ulp and 3 ulp.
      (0.01, [1.6748146579501828e-59, 6.650317914720934e-56], 135),
      (0.5, [0.035811055929926644, 0.07361499867353215], 3),
      (1, [0.2171110171134563, 2.2713422371721053], 1),
      (20, [16.46847905862199, 25.67469656787204], 1),
    ] as [(Double, [Double], Double)])
  func gamma(shape: Double, recorded: [Double], scale: Double) {
    #expect(agree(draw(2) { $0.gamma(shape: shape) }, recorded, scale: scale))
  }

  @Test(
    arguments: [
      (0.2, 0.2, [0.25773138453270156, 0.518917288213331]),
      // The uniform numbers recorded above.
      (1, 1, [0.7028929862121966, 0.43200545453951433]),
      (8, 2, [0.5999838856613111, 0.8762658852092963]),
    ] as [(Double, Double, [Double])])
  func beta(a: Double, b: Double, recorded: [Double]) {
    // The logarithms are below 16: 16 ulp of 1 through the exponential.
    #expect(agree(draw(2) { $0.beta(a, b) }, recorded, scale: 16))
  }

  @Test func indices() {
    #expect(draw(8) { $0.index(below: 10) } == [7, 4, 0, 2, 8, 3, 3, 2])
    #expect(
      draw(3) { $0.index(below: 3 << 61) } == [
        4_862_282_635_448_193_479, 70_792_458_789_649_798,
        1_814_326_451_356_219_434,
      ])
    #expect(
      draw(1) { $0.permutation(of: 10) } == [[2, 8, 9, 4, 6, 5, 1, 0, 3, 7]])
  }
}
