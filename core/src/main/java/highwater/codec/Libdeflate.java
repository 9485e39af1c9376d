package highwater.codec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// The system's libdeflate, where there is one: it deflates about twice as fast as zlib, and into less.
///
/// It is looked for where Linux keeps its libraries, loaded while the first large input is compressed, and used only if it
/// passes a test of itself: what it makes, cut and spliced as it will be, is inflated by the JDK's zlib and compared.
/// `-Dhighwater.libdeflate=off` does without it, `-Dhighwater.libdeflate=PATH` names another file. A program has to allow
/// native access (`--enable-native-access`), else it is left alone without a word. It only compresses: what strangers send is
/// never handed to it to be parsed, and every buffer that it gets is a segment with its length.
///
/// Thread rule: any thread; one state is one thread's at a time.
final class Libdeflate {
  /// What a state takes, in bytes: measured 668,296 for levels 2 to 9 of version 1.14, and what is needed to splice.
  static final int STATE_BYTES = (700 << 10) + LastBlock.BYTES;

  private static final String PROPERTY = "highwater.libdeflate";
  private static final String NAME = "libdeflate.so.0";
  private static final List<String> FOLDERS =
      List.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64", "/lib");

  /// The rest of a header's three bits, and the lengths of an empty stored block.
  private static final int EMPTY_STORED_BYTES_MAX = 5;

  /// What level 1 makes one deflate block of, whose end is found at once; walking to it would take a fifth of that level's time.
  private static final int LEVEL_1_PIECE_BYTES = 64 << 10;

  private static final @Nullable Path FILE = find();

  private Libdeflate() {}

  /// The file that would be loaded, or null where there is none, or none is wanted or allowed. Loads nothing.
  static @Nullable Path file() {
    return FILE;
  }

  private static @Nullable Path find() {
    var wanted = System.getProperty(PROPERTY, "");
    if (wanted.equals("off") || !Libdeflate.class.getModule().isNativeAccessEnabled()) return null;
    if (!wanted.isEmpty()) return Path.of(wanted);
    for (var folder : FOLDERS) {
      var file = Path.of(folder, NAME);
      if (Files.isRegularFile(file)) return file;
    }
    return null;
  }

  /// Loads it on a thread of its own, if nobody has begun to; returns at once.
  static void beginLoading() {
    Loader.begin();
  }

  /// Whether it is there, loads and passed its test; loads it, or waits until it is, which takes far longer than a block, once.
  static boolean isSound() {
    return Loaded.SOUND;
  }

  /// A state that deflates at `level`, 1 to 9.
  static State newState(int level) {
    return new State(level);
  }

  /// What deflates one piece after another; holds native memory until [#end()].
  static final class State {
    private final MemorySegment compressor;
    private final int pieceBytes;
    private final LastBlock lastBlock = new LastBlock();

    private State(int level) {
      pieceBytes = level == 1 ? LEVEL_1_PIECE_BYTES : Integer.MAX_VALUE;
      try {
        compressor = (MemorySegment) Loaded.allocate().invokeExact(level);
      } catch (Throwable thrown) {
        throw unexpected(thrown);
      }
      if (compressor.equals(MemorySegment.NULL)) {
        throw new OutOfMemoryError("libdeflate has no memory for one more compressor");
      }
    }

    /// Deflates `input` behind what `output` holds, a direct buffer each, by itself: as the stream's end, or ended on a byte
    /// border so that another piece can follow. False, and `output` is as it was but for bytes behind its position, where it
    /// does not fit between position and limit.
    boolean deflate(ByteBuffer input, ByteBuffer output, boolean last) {
      if (input.remaining() <= pieceBytes) return deflatePiece(input, output, last);
      int begin = output.position();
      for (int from = input.position(); from < input.limit(); ) {
        int bytes = Math.min(pieceBytes, input.limit() - from);
        var piece = input.slice(from, bytes);
        from += bytes;
        if (!deflatePiece(piece, output, last && from == input.limit())) {
          output.position(begin);
          return false;
        }
      }
      return true;
    }

    private boolean deflatePiece(ByteBuffer input, ByteBuffer output, boolean last) {
      int start = output.position();
      int room = output.remaining() - (last ? 0 : EMPTY_STORED_BYTES_MAX);
      if (room <= 0) return false;
      long made;
      try {
        made =
            (long)
                Loaded.compress()
                    .invokeExact(
                        compressor,
                        MemorySegment.ofBuffer(input),
                        (long) input.remaining(),
                        MemorySegment.ofBuffer(output),
                        (long) room);
      } catch (Throwable thrown) {
        throw unexpected(thrown);
      }
      if (made <= 0 || made > room) return false;
      output.position(start + (int) made);
      return last || openEnd(output, start);
    }

    /// Makes the last block of the stream in `output` from `start` to its position one that others follow, and ends it on a byte
    /// border.
    private boolean openEnd(ByteBuffer output, int start) {
      int end = output.position();
      var stream = output.duplicate().limit(end).position(start);
      if (!lastBlock.find(stream) || (lastBlock.endBit() + 7) / 8 != end) return false;
      int headerByte = (int) (lastBlock.headerBit() >>> 3);
      output.put(headerByte, (byte) (output.get(headerByte) & ~(1 << (lastBlock.headerBit() & 7))));
      // An empty stored block: three bits of header, zeros to the border, its length and the complement.
      int used = (int) (lastBlock.endBit() & 7);
      if (used == 0) return true;
      if (used > 5) output.put((byte) 0);
      output.put((byte) 0).put((byte) 0).put((byte) 0xFF).put((byte) 0xFF);
      return true;
    }

    /// Gives its memory back; nothing may be deflated any more.
    void end() {
      try {
        Loaded.free().invokeExact(compressor);
      } catch (Throwable thrown) {
        throw unexpected(thrown);
      }
    }
  }

  private static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) throw error;
    if (thrown instanceof RuntimeException unchecked) throw unchecked;
    throw new AssertionError(thrown);
  }

  /// Its class is initialised once, by whoever asks first.
  private static final class Loader {
    static {
      Thread.ofPlatform().daemon().name("highwater-libdeflate").start(Libdeflate::isSound);
    }

    static void begin() {}
  }

  /// The library's functions, looked up when first needed.
  private static final class Loaded {
    private static @Nullable MethodHandle allocate;
    private static @Nullable MethodHandle compress;
    private static @Nullable MethodHandle free;

    static final boolean SOUND = load();

    @SuppressWarnings("restricted") // Asked for: nothing is loaded where native access is not allowed.
    private static boolean load() {
      if (FILE == null) return false;
      try {
        var library = SymbolLookup.libraryLookup(FILE, Arena.global());
        var linker = Linker.nativeLinker();
        allocate =
            linker.downcallHandle(
                library.findOrThrow("libdeflate_alloc_compressor"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        compress =
            linker.downcallHandle(
                library.findOrThrow("libdeflate_deflate_compress"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG));
        free =
            linker.downcallHandle(
                library.findOrThrow("libdeflate_free_compressor"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        return passesItsTest();
      } catch (RuntimeException | LinkageError | DataFormatException e) {
        return false;
      }
    }

    static MethodHandle allocate() {
      return loaded(allocate);
    }

    static MethodHandle compress() {
      return loaded(compress);
    }

    static MethodHandle free() {
      return loaded(free);
    }

    private static MethodHandle loaded(@Nullable MethodHandle function) {
      if (function == null) throw new IllegalStateException("libdeflate is not loaded: ask isSound() first");
      return function;
    }

    /// Deflates text and noise in two pieces each, and reads them with zlib.
    private static boolean passesItsTest() throws DataFormatException {
      for (int level = 1; level <= 9; level += 5) {
        var state = new State(level);
        try {
          for (boolean noise : new boolean[] {false, true}) if (!passesItsTest(state, noise)) return false;
        } finally {
          state.end();
        }
      }
      return true;
    }

    private static boolean passesItsTest(State state, boolean noise) throws DataFormatException {
      int bytes = 40_000;
      var plain = ByteBuffer.allocateDirect(bytes);
      for (int i = 0, random = 1; i < bytes; i++) {
        random = random * 1_103_515_245 + 12_345;
        plain.put(i, (byte) (noise ? random >>> 16 : "the water is high ".charAt((i + (random >>> 30)) % 18)));
      }
      var made = ByteBuffer.allocateDirect(2 * bytes);
      if (!state.deflate(plain.duplicate().limit(bytes / 3), made, false)) return false;
      if (!state.deflate(plain.duplicate().position(bytes / 3), made, true)) return false;
      var inflater = new Inflater(true);
      try {
        inflater.setInput(made.flip());
        var read = ByteBuffer.allocate(bytes + 1);
        inflater.inflate(read);
        return inflater.finished() && !made.hasRemaining() && read.flip().equals(plain);
      } finally {
        inflater.end();
      }
    }
  }
}
