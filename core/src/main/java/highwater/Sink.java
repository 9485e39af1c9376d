package highwater;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a writable feeds: given one chunk at a time, the next only after `done`.
@FunctionalInterface
public interface Sink<T> {
  /// Takes one chunk, and acknowledges it when the next may come. A throw fails the stream, where Node leaves it stuck.
  /// Source: Node 26, `_write`.
  void write(T chunk, Done done) throws Exception;

  /// Takes all the chunks that are waiting, when more than one is. Whoever overrides this is given batches; the default says
  /// that the sink takes them one by one, to the stream's own `done` alone. Source: Node 26, `_writev`.
  default void writeBatch(List<T> chunks, Done done) throws Exception {
    // Said to anybody else, "nothing to do" would be taken for a success, and the chunks would be lost.
    if (!(done instanceof Absent)) {
      throw new StreamException(
          ErrorCode.ERR_METHOD_NOT_IMPLEMENTED,
          "writeBatch of "
              + getClass().getName()
              + ", which takes no batches, was given "
              + chunks.size()
              + " chunks and an acknowledgement that is not the stream's: pass the stream's own on, or write one by"
              + " one");
    }
    Absent.in(done);
  }

  /// Completes the work after the last chunk; `finish` is emitted after its acknowledgement. Source: Node 26, `_final`.
  default void finish(Done done) throws Exception {
    Absent.in(done);
  }

  /// Releases what the sink holds; called once. `error` is why, or null, as in [Source#destroy].
  default void destroy(@Nullable Throwable error, Done done) throws Exception {
    done.ok();
  }
}
