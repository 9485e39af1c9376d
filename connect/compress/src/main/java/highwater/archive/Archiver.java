package highwater.archive;

import highwater.StreamOptions;
import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;

/// A stage that makes an archive of entries: [Tar#archive] or [Zip#archive].
public sealed interface Archiver extends PullStage<Piece, ByteBuffer> permits Tar.Archive, Zip.Archive {
  @Override
  default StreamOptions streamOptions() {
    return Pieces.IN;
  }
}
