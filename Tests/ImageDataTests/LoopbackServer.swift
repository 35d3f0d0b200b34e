import Foundation
import Synchronization

/// An HTTP server for one test, on a free port of this machine.
///
/// It takes one request after the other, each over a connection of its own.
final class LoopbackServer: Sendable {
  /// What to answer to a request.
  struct Answer: Sendable {
    var status = 200
    var headers: [String] = []
    var body: [UInt8] = []
    /// The length that the header promises, where it is not the body's.
    var promisedLength: Int?
  }

  /// What was asked for.
  struct Request: Equatable, Sendable {
    var path: String
    /// Where the range begins, if one is asked for.
    var offset: Int?
  }

  let address: String
  private let listener: Int32
  private let log = Mutex<[Request]>([])

  init(answer: @escaping @Sendable (Request) -> Answer) throws {
    let (listener, port) = try Self.listen()
    self.listener = listener
    address = "http://127.0.0.1:\(port)/data"
    let thread = Thread { [self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        if let request = Self.request(from: connection) {
          log.withLock { $0.append(request) }
          Self.send(answer(request), to: connection)
        }
        close(connection)
      }
    }
    thread.start()
  }

  /// The requests so far.
  var requests: [Request] { log.withLock { $0 } }

  /// Ends the server: later connections are refused.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func listen() throws -> (listener: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &place) { place in
      place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
        bind(listener, place, size) | Glibc.listen(listener, 8)
          | getsockname(listener, place, &size)
      }
    }
    guard listener >= 0 && status == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    return (listener, UInt16(bigEndian: place.sin_port))
  }

  private static func request(from connection: Int32) -> Request? {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard head.count < 8192, read(connection, &byte, 1) == 1
      else { return nil }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines[0].split(separator: " ")
    let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
    return Request(
      path: String(words[1]),
      offset: range.flatMap { Int($0.dropFirst(13).dropLast()) })
  }

  private static func send(_ answer: Answer, to connection: Int32) {
    let length = answer.promisedLength ?? answer.body.count
    let head =
      [
        "HTTP/1.1 \(answer.status) Status", "Content-Length: \(length)",
        "Connection: close",
      ] + answer.headers
    let bytes = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    for part in [bytes, answer.body] {
      var sent = 0
      while sent < part.count {
        let count = part[sent...].withUnsafeBytes {
          Glibc.send(
            connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}
