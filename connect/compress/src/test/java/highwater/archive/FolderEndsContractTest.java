package highwater.archive;

import highwater.contract.Giving;
import highwater.contract.GivingPeer;
import highwater.contract.OriginContract;
import highwater.contract.Pattern;
import highwater.contract.Taking;
import highwater.contract.TakingPeer;
import highwater.contract.TargetContract;
import highwater.pipeline.Footprint;
import highwater.pipeline.PartContext;
import highwater.pipeline.Progress;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract of ends over folders, as the bytes of the one file in them.
class FolderEndsContractTest {
  @Nested
  class Read extends OriginContract {
    @TempDir Path temporary;
    private int made;

    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }

    @Override
    protected GivingPeer peer(Giving giving) throws IOException {
      var folder = Files.createDirectory(temporary.resolve("peer" + ++made));
      Files.write(folder.resolve("data"), Pattern.bytes((int) giving.totalBytes()));
      return new GivingPeer() {
        @Override
        public PullOrigin<ByteBuffer> origin() {
          return new DataOf(Folder.read(folder));
        }

        @Override
        public long givenBytes() {
          return -1;
        }

        @Override
        public long outsideBytes() {
          return 0;
        }

        @Override
        public void close() {}
      };
    }
  }

  @Nested
  class Write extends TargetContract {
    @TempDir Path temporary;
    private int made;

    @Override
    protected boolean hasAPeerOfItsOwn() {
      return false;
    }

    @Override
    protected TakingPeer peer(Taking taking) throws IOException {
      var around = Files.createDirectory(temporary.resolve("peer" + ++made));
      var folder = around.resolve("folder");
      return new TakingPeer() {
        @Override
        public PullTarget<ByteBuffer> target() {
          return new IntoData(Folder.write(folder));
        }

        @Override
        public byte @Nullable [] whole() throws IOException {
          return Files.exists(folder) ? Files.readAllBytes(folder.resolve("data")) : null;
        }

        @Override
        public List<String> leftovers() throws IOException {
          try (var left = Files.list(around)) {
            return left.filter(path -> !path.equals(folder)).map(Path::toString).toList();
          }
        }

        @Override
        public void close() {}
      };
    }
  }

  /// The data of a folder's files as an origin of bytes.
  private record DataOf(Folder.Read folder) implements PullOrigin<ByteBuffer> {
    @Override
    public String name() {
      return folder.name();
    }

    @Override
    public boolean usesFiles() {
      return folder.usesFiles();
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return folder.footprint(chunkMaxBytes);
    }

    @Override
    public Pull<ByteBuffer> pull() {
      var pieces = folder.pull();
      return new Pull<>() {
        private ByteBuffer data = ByteBuffer.allocate(0);

        @Override
        public void open(PartContext context) throws Exception {
          pieces.open(context);
        }

        @Override
        public Progress poll() throws Exception {
          while (true) {
            if (pieces.poll() == Progress.DONE) return Progress.DONE;
            if (pieces.next() instanceof Piece.Data(var bytes)) {
              data = bytes;
              return Progress.READY;
            }
          }
        }

        @Override
        public ByteBuffer next() {
          return data;
        }

        @Override
        public void abort(Throwable cause) {
          pieces.abort(cause);
        }

        @Override
        public void close() throws Exception {
          pieces.close();
        }
      };
    }
  }

  /// A folder with one file as a target of bytes.
  private record IntoData(Folder.Write folder) implements PullTarget<ByteBuffer> {
    @Override
    public String name() {
      return folder.name();
    }

    @Override
    public boolean usesFiles() {
      return folder.usesFiles();
    }

    @Override
    public Footprint footprint(long chunkMaxBytes) {
      return folder.footprint(chunkMaxBytes);
    }

    @Override
    public Put<ByteBuffer> put() {
      var pieces = folder.put();
      return new Put<>() {
        @Override
        public void open(PartContext context) throws Exception {
          pieces.open(context);
          pieces.offer(Piece.Entry.file("data", -1));
        }

        @Override
        public Progress poll() throws Exception {
          return pieces.poll();
        }

        @Override
        public void offer(ByteBuffer chunk) throws Exception {
          pieces.offer(new Piece.Data(chunk));
        }

        @Override
        public void finish() throws Exception {
          pieces.offer(Piece.END);
          pieces.finish();
        }

        @Override
        public void commit() throws Exception {
          pieces.commit();
        }

        @Override
        public boolean settled() throws Exception {
          return pieces.settled();
        }

        @Override
        public void abort(Throwable cause) {
          pieces.abort(cause);
        }

        @Override
        public void close() throws Exception {
          pieces.close();
        }
      };
    }
  }
}
