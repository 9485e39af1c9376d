package highwater.pipeline;

import java.nio.ByteBuffer;

/// A [Step] that looks at each chunk and passes it on as it came: a digest, a count.
///
/// Where nothing but such steps stands between two regular files, the kernel may copy, and they are shown what was written,
/// in order, on a worker: [#look] is then called in place of `offer`, by one thread at a time, each of which sees what the one
/// before it did. `finish`, `poll` and whatever else a run calls come on the strand, as ever, when the last look has ended.
public interface Onlooker extends Step<ByteBuffer, ByteBuffer> {
  /// Looks at a chunk that is not empty. It may move the position and must not change the bytes; the chunk is lent for the call.
  void look(ByteBuffer chunk) throws Exception;
}
