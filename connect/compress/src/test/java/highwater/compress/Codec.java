package highwater.compress;

import highwater.codec.ExpansionLimit;
import highwater.pipeline.PullStage;
import java.nio.ByteBuffer;

/// The formats, with the tools that are their measure.
enum Codec {
  ZSTD("zstd -qc", "zstd -dqc"),
  LZ4("lz4 -qc", "lz4 -dqc"),
  LZ4_DEPENDENT("lz4 -qcBD -B4", "lz4 -dqc"),
  BROTLI("brotli -cq 5", "brotli -dc"),
  BZIP2("bzip2 -c", "bzip2 -dc"),
  XZ("xz -c2", "xz -dc");

  private final String compress;
  final String decompress;

  Codec(String compress, String decompress) {
    this.compress = compress;
    this.decompress = decompress;
  }

  byte[] compressed(byte[] plain) {
    return Tool.bytes(compress, plain);
  }

  PullStage<ByteBuffer, ByteBuffer> stage() {
    return stage(ExpansionLimit.DEFAULT);
  }

  PullStage<ByteBuffer, ByteBuffer> stage(ExpansionLimit limit) {
    return switch (this) {
      case ZSTD -> Zstd.decompress().limit(limit);
      case LZ4, LZ4_DEPENDENT -> Lz4.decompress().limit(limit);
      case BROTLI -> Brotli.decompress().limit(limit);
      case BZIP2 -> Bzip2.decompress().limit(limit);
      case XZ -> Xz.decompress().limit(limit);
    };
  }

  /// Whether damage to the data is always found.
  boolean isChecked() {
    return this != BROTLI;
  }

  boolean mayFollowItself() {
    return this != BROTLI;
  }

  boolean dropsGarbage() {
    return this == BZIP2;
  }
}
