import ArgumentParser
import VectorMath

/// Images from array files, and the activation of the networks that are given
/// them.
struct LabelledImageOptions: ParsableArguments {
  @Option(help: "Activation between the layers.")
  var activation = Activation.relu

  @Option(help: "Images, .npy of shape [n, …].")
  var images: String

  @Option(help: "Labels, .npy of shape [n], counted from 0.")
  var labels: String
}

/// What the help of verbs on networks says about their files.
let networkFileHelp = """
  Networks are .npz files with <prefix>.weight [out, in] and <prefix>.bias \
  [out]. The activation that they were trained with is not in the file and \
  cannot be detected.
  """
