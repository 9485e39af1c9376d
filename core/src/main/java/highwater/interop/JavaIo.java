package highwater.interop;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardSocketOptions;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.Callable;

/// Recipes around the streams and channels of `java.io` and `java.nio`.
///
/// All calls are made by a thread of the run's own, [highwater.blocking.CallThread#PLATFORM] unless asked otherwise,
/// so they may wait. What is opened belongs to the run, which closes it on every path; so does what is handed in
/// live, from the run's begin on. A run that ends early interrupts its thread and closes, from another one, at once:
/// whether the call under way, or `close` itself, heeds that is up to the class, and a run waits for it for at most
/// [highwater.pipeline.Part#UNDO_NANOS], then leaves it behind and says so. What the class buffers inside itself is
/// in no bound of ours.
///
/// For a file use `FileStreams`: it needs no thread, and a file that is written appears under its name only when it
/// is whole.
public final class JavaIo {
  private JavaIo() {}

  /// Reads the stream that `opening` gives for each run; it is called on the run's own thread and may wait and fail.
  public static IoOrigin fromInputStream(Callable<? extends InputStream> opening) {
    return new IoOrigin("input stream", requireNonNull(opening, "opening"), true);
  }

  /// Reads what is left of `stream`, for one run, and closes it; a second run is refused.
  public static IoOrigin fromInputStream(InputStream stream) {
    return fromInputStream(new OneRun<>(stream, "input stream"));
  }

  /// Reads the channel that `opening` gives for each run: a socket, a pipe, a file from its position on. It must be
  /// in blocking mode; `opening` is called on the run's own thread and may wait and fail.
  public static IoOrigin fromChannel(Callable<? extends ReadableByteChannel> opening) {
    return new IoOrigin("channel", requireNonNull(opening, "opening"), false);
  }

  /// Reads what is left of `channel`, for one run, and closes it; a second run is refused.
  public static IoOrigin fromChannel(ReadableByteChannel channel) {
    return fromChannel(new OneRun<>(channel, "channel"));
  }

  /// Writes to the stream that `opening` gives for each run; its `close` makes final what was written, and is called
  /// only when every part of the run has succeeded.
  ///
  /// A run that fails or is cancelled calls `undo` instead, since a `close` looks like an end to most readers: a
  /// `GZIPOutputStream` writes its trailer, a pipe and a socket tell their end, an upload is made visible. `undo`
  /// releases the stream in a way that shows (resets the socket, deletes the file, aborts the upload);
  /// `OutputStream::close` says that an end too early does no harm. It is called on whichever thread, maybe while a
  /// write waits, which it should wake.
  ///
  /// After each chunk the stream is flushed, so that nothing stays in its buffer while its source is slow.
  public static IoTarget toOutputStream(Callable<? extends OutputStream> opening, Undo<? super OutputStream> undo) {
    requireNonNull(undo, "undo");
    return new IoTarget(
        "output stream", requireNonNull(opening, "opening"), output -> undo.undo((OutputStream) output), true);
  }

  /// Writes to `stream`, for one run; a second run is refused. For the rest see [#toOutputStream(Callable, Undo)].
  public static IoTarget toOutputStream(OutputStream stream, Undo<? super OutputStream> undo) {
    return toOutputStream(new OneRun<>(stream, "output stream"), undo);
  }

  /// Writes to the channel that `opening` gives for each run, in blocking mode, and closes it when every part of the
  /// run has succeeded.
  ///
  /// A run that fails or is cancelled resets a `SocketChannel` of the internet, which its reader sees as a failure;
  /// any other channel it closes, and the reader of a pipe or a file cannot tell that from an end: use
  /// [#toChannel(Callable, Undo)] where that matters.
  public static IoTarget toChannel(Callable<? extends WritableByteChannel> opening) {
    return toChannel(opening, JavaIo::reset);
  }

  /// Writes to `channel`, for one run; a second run is refused. For the rest see [#toChannel(Callable)].
  public static IoTarget toChannel(WritableByteChannel channel) {
    return toChannel(channel, JavaIo::reset);
  }

  /// Writes to the channel that `opening` gives for each run; one that fails or is cancelled calls `undo` instead of
  /// closing it. For the rest see [#toOutputStream(Callable, Undo)].
  public static IoTarget toChannel(
      Callable<? extends WritableByteChannel> opening, Undo<? super WritableByteChannel> undo) {
    requireNonNull(undo, "undo");
    return new IoTarget(
        "channel", requireNonNull(opening, "opening"), output -> undo.undo((WritableByteChannel) output), false);
  }

  /// Writes to `channel`, for one run; a second run is refused. For the rest see [#toChannel(Callable, Undo)].
  public static IoTarget toChannel(WritableByteChannel channel, Undo<? super WritableByteChannel> undo) {
    return toChannel(new OneRun<>(channel, "channel"), undo);
  }

  /// Closes `channel` so that a peer beyond a socket sees a failure.
  private static void reset(WritableByteChannel channel) throws IOException {
    if (channel instanceof SocketChannel socket) {
      try {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      } catch (UnsupportedOperationException | IOException e) {
        // A socket of the file system, or closed already.
      }
    }
    channel.close();
  }

  /// Releases what a run that failed has written to, in a way that shows.
  @FunctionalInterface
  public interface Undo<R> {
    /// Lets go of `output` for good; what it throws is told beside the run's failure.
    void undo(R output) throws Exception;
  }
}
