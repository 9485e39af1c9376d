package highwater.interop;

import highwater.DuplexStream;
import highwater.ReadableStream;
import highwater.WritableStream;
import highwater.pipeline.Iteration;
import highwater.pipeline.Origin;
import highwater.pipeline.Pipeline;
import highwater.pipeline.Stage;
import highwater.pipeline.Target;
import highwater.pipeline.Upstream;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;

/// Pipelines and live streams as other threads of a JVM program like them: iterations, `java.io`, channels, `Flow`.
///
/// Each view is the far side of a started run: the run has a strand of its own, or that of the live stream, and chunks cross
/// to the view bounded in bytes. A view of a live stream is made on the stream's strand and used elsewhere; it takes the
/// stream ([highwater.Ownership]): a second view, a listener for data or a pipe fails where it is attached, and names both places.
/// (A publisher takes its stream when it is subscribed to.) Views of an `Upstream` that are not here are its own methods.
public final class Views {
  private Views() {}

  // ---------------------------------------------------------------- reading

  /// The chunks of a live readable, for a thread that waits for them; closing it early destroys the stream.
  public static <T> Iteration<T> iterate(ReadableStream<T> stream) {
    return Pipeline.from(Origin.once(stream)).iterate();
  }

  /// The same as a `java.util.stream.Stream`, to be closed; it takes the stream with its terminal operation.
  public static <T> Stream<T> stream(ReadableStream<T> stream) {
    return Pipeline.from(Origin.once(stream)).stream();
  }

  /// The chunks of a live readable for one subscriber; a second one is told `onError`.
  public static <T> Flow.Publisher<T> publisher(ReadableStream<T> stream) {
    return Pipeline.from(Origin.once(stream)).publisher();
  }

  /// The bytes of `upstream` as an `InputStream` (and a `ReadableByteChannel`); starts the run.
  public static PipelineInput inputStream(Upstream<ByteBuffer> upstream) {
    return PipelineInput.start(upstream);
  }

  /// The bytes of a live readable as an `InputStream` (and a `ReadableByteChannel`); closing it early destroys the stream.
  public static PipelineInput inputStream(ReadableStream<ByteBuffer> stream) {
    return PipelineInput.start(Pipeline.from(Origin.once(stream)));
  }

  /// The bytes of `upstream` as a channel: the same as [#inputStream(Upstream)].
  public static PipelineInput channel(Upstream<ByteBuffer> upstream) {
    return inputStream(upstream);
  }

  /// The bytes of a live readable as a channel: the same as [#inputStream(ReadableStream)].
  public static PipelineInput channel(ReadableStream<ByteBuffer> stream) {
    return inputStream(stream);
  }

  // ---------------------------------------------------------------- writing

  /// Starts the pipeline that `rest` makes of what the writer puts.
  public static <T> Writer<T> writer(Function<? super Upstream<T>, Pipeline> rest) {
    return Writer.start(FedOrigin.ofChunks(), rest);
  }

  /// Writes to a live writable from another thread; an abort destroys the stream.
  public static <T> Writer<T> writer(WritableStream<T> stream) {
    return writer(up -> up.to(Target.once(stream)));
  }

  /// Starts the pipeline that `rest` makes of the bytes that are written, such as `up -> up.through(Gzip.compress()).to(file)`.
  public static PipelineOutput outputStream(Function<? super Upstream<ByteBuffer>, Pipeline> rest) {
    return PipelineOutput.start(rest);
  }

  /// Starts a run that writes to `target`.
  public static PipelineOutput outputStream(Target<ByteBuffer> target) {
    return PipelineOutput.start(up -> up.to(target));
  }

  /// Writes to a live writable from another thread; an abort destroys the stream.
  public static PipelineOutput outputStream(WritableStream<ByteBuffer> stream) {
    return outputStream(Target.once(stream));
  }

  /// A subscriber that feeds the pipeline which `rest` makes; the run starts now and waits for the publisher.
  public static <T> PipelineSubscriber<T> subscriber(Function<? super Upstream<T>, Pipeline> rest) {
    return PipelineSubscriber.start(rest);
  }

  /// A subscriber that writes to a live writable; `onError` destroys the stream with that error.
  public static <T> PipelineSubscriber<T> subscriber(WritableStream<T> stream) {
    return subscriber(up -> up.to(Target.once(stream)));
  }

  // ---------------------------------------------------------------- both

  /// A processor for one subscriber around `stage`, whose run starts when the subscriber comes.
  public static <I, O> Flow.Processor<I, O> processor(Stage<? super I, O> stage) {
    return new StageProcessor<>(stage);
  }

  /// A processor for one subscriber around a live duplex or transform; it takes the stream when the subscriber comes.
  public static <I, O> Flow.Processor<I, O> processor(DuplexStream<I, O> stream) {
    return processor(Stage.once(stream));
  }
}
