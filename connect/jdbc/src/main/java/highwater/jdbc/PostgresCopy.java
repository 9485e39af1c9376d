package highwater.jdbc;

import static java.util.Objects.requireNonNull;

import highwater.blocking.BlockingPull;
import highwater.blocking.BlockingPut;
import highwater.blocking.CallThread;
import highwater.memory.ChunkBuffers;
import highwater.pipeline.Footprint;
import highwater.pipeline.Pull;
import highwater.pipeline.PullOrigin;
import highwater.pipeline.PullTarget;
import highwater.pipeline.Put;
import highwater.pipeline.Term;
import java.nio.ByteBuffer;
import javax.sql.DataSource;

/// The recipes for PostgreSQL's COPY, the fastest way of rows out of it and into it, as bytes of whichever format COPY knows.
///
/// The driver must be PostgreSQL's own, alone or in a pool such as HikariCP. What a run was copying when it ended early is
/// undone, and its connection is as new when it goes back to the pool, or is discarded.
public final class PostgresCopy {
  /// The most bytes of one row, as the driver has it in one piece; the server takes and gives no more than 1 GiB.
  private static final long DRIVER_BYTES = 64 << 10;

  private PostgresCopy() {}

  /// An origin of the bytes that `sql` gives, such as `COPY orders TO STDOUT (FORMAT csv, HEADER)` or
  /// `COPY (select …) TO STDOUT (FORMAT binary)`.
  ///
  /// It is whole when the server has said that the COPY is complete, and only then is it committed.
  public static Out out(DataSource source, String sql) {
    return new Out(requireNonNull(source, "source"), requireNonNull(sql, "sql"), "copy out");
  }

  /// An origin of the rows of `query` in the format that `options` say, such as `(FORMAT csv, HEADER)`: what [#out] gives of
  /// `COPY (query) TO STDOUT options`. A semicolon at the query's end and comments behind it do no harm.
  public static Out outQuery(DataSource source, String query, String options) {
    var only = SqlText.first(requireNonNull(query, "query"), Dialect.POSTGRESQL);
    // A comment at its end would swallow the bracket. Several statements are refused by the server.
    return out(
        source, "copy (" + (only == null ? query : only) + "\n) to stdout " + requireNonNull(options, "options"));
  }

  /// A target for the bytes that `sql` takes, such as `COPY orders FROM STDIN (FORMAT csv, HEADER)`.
  ///
  /// It is one transaction: all rows are there when every part of the run has succeeded, and none before, nor otherwise.
  public static In in(DataSource source, String sql) {
    return new In(requireNonNull(source, "source"), requireNonNull(sql, "sql"), "copy in");
  }

  /// The recipe of bytes that a COPY gives; made by [PostgresCopy#out].
  public static final class Out implements PullOrigin<ByteBuffer> {
    private final DataSource source;
    private final String sql;
    private final String name;

    private Out(DataSource source, String sql, String name) {
      this.source = source;
      this.sql = sql;
      this.name = name;
    }

    /// The same under a name for messages and plans.
    public Out named(String name) {
      return new Out(source, sql, requireNonNull(name, "name"));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String advice() {
      return "the server, or the way to it, sets the pace: the query's plan tells why; FORMAT binary may be less work";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of(
          "COPY in chunks of 64 KiB, two ahead, by a thread of its own; a row is in one piece",
          ChunkBuffers.DEFAULT_BYTES,
          BlockingPull.term("copy", ChunkBuffers.DEFAULT_BYTES),
          Term.of("driver", 1, DRIVER_BYTES));
    }

    @Override
    public Pull<ByteBuffer> pull() {
      return new BlockingPull(name, new CopySource(name, source, sql), CallThread.PLATFORM, ChunkBuffers.DEFAULT_BYTES);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /// The recipe that gives bytes to a COPY; made by [PostgresCopy#in].
  public static final class In implements PullTarget<ByteBuffer> {
    private final DataSource source;
    private final String sql;
    private final String name;

    private In(DataSource source, String sql, String name) {
      this.source = source;
      this.sql = sql;
      this.name = name;
    }

    /// The same under a name for messages and plans.
    public In named(String name) {
      return new In(source, sql, requireNonNull(name, "name"));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String advice() {
      return "the server, or the way to it, sets the pace: fewer indexes, or FORMAT binary, may help";
    }

    @Override
    public Footprint footprint(long inputMaxBytes) {
      return Footprint.of(
          "COPY, one transaction, two buffers ahead, by a thread of its own",
          0,
          BlockingPut.term("copy"),
          Term.of("driver", 1, DRIVER_BYTES));
    }

    @Override
    public Put<ByteBuffer> put() {
      return new BlockingPut(name, new CopySink(name, source, sql), CallThread.PLATFORM);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
