package highwater.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.jspecify.annotations.Nullable;

/// Archives that no honest program writes, byte by byte.
final class Hostile {
  private Hostile() {}

  /// A tar by hand: whatever names, types and bodies.
  static final class TarBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    TarBytes entry(char type, String name, String link, byte[] body) {
      if (name.length() > 100) entry('L', "././@LongLink", "", (name + "\0").getBytes(StandardCharsets.UTF_8));
      if (link.length() > 100) entry('K', "././@LongLink", "", (link + "\0").getBytes(StandardCharsets.UTF_8));
      return header(type, name, link, body.length).raw(body).raw(new byte[TarHeader.paddingBytes(body.length)]);
    }

    TarBytes header(char type, String name, String link, long size) {
      var block = TarHeader.of(type, 0644, 0, 1_700_000_000);
      TarUtils.formatLongOctalOrBinaryBytes(size, block, TarHeader.SIZE, TarHeader.NUMBER_BYTES);
      put(name, block, 0);
      put(link, block, TarHeader.LINK);
      return raw(TarHeader.summed(block));
    }

    private static void put(String text, byte[] block, int at) {
      var of = text.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(of, 0, block, at, Math.min(of.length, 100));
    }

    TarBytes file(String name, String content) {
      return entry('0', name, "", content.getBytes(StandardCharsets.UTF_8));
    }

    TarBytes folder(String name) {
      return entry('5', name + "/", "", new byte[0]);
    }

    TarBytes link(String name, String target) {
      return entry('2', name, target, new byte[0]);
    }

    TarBytes hardLink(String name, String target) {
      return entry('1', name, target, new byte[0]);
    }

    TarBytes pax(String records) {
      return entry('x', "pax", "", records.getBytes(StandardCharsets.UTF_8));
    }

    TarBytes raw(byte[] more) {
      bytes.writeBytes(more);
      return this;
    }

    byte[] unended() {
      return bytes.toByteArray();
    }

    byte[] end() {
      return raw(new byte[2 * TarHeader.BYTES]).bytes.toByteArray();
    }
  }

  /// A record of a pax header, with the length it says.
  static String record(String key, String value) {
    int length = key.length() + value.getBytes(StandardCharsets.UTF_8).length + 3;
    int digits = Integer.toString(length).length();
    while (Integer.toString(length + digits).length() != digits) digits++;
    return (length + digits) + " " + key + "=" + value + "\n";
  }

  /// An entry of a zip, whose directory may say something else of it.
  static final class ZipEntryBytes {
    String name;
    byte[] content;
    int mode = 0_100644;
    int flags;
    int method = ZipFields.DEFLATED;
    byte[] extra = {};
    byte[] localExtra = {};
    @Nullable String nameInDirectory;
    int sizeShift;
    int compressedShift;
    int crcShift;
    int offsetShift;
    boolean inDirectory = true;
    boolean inArchive = true;
    int localCrcShift;
    int localSizeShift;

    ZipEntryBytes(String name, String content) {
      this.name = name;
      this.content = content.getBytes(StandardCharsets.UTF_8);
    }
  }

  /// A zip by hand.
  static final class ZipBytes {
    final List<ZipEntryBytes> entries = new ArrayList<>();
    int countShift;
    int directoryOffsetShift;
    int directorySizeShift;
    byte[] behind = {};
    byte[] before = {};

    ZipEntryBytes add(String name, String content) {
      var entry = new ZipEntryBytes(name, content);
      entries.add(entry);
      return entry;
    }

    byte[] bytes() {
      var all = new ByteArrayOutputStream();
      var directory = new ByteArrayOutputStream();
      all.writeBytes(before);
      int count = 0;
      for (var entry : entries) {
        int offset = all.size();
        var body = entry.method == ZipFields.DEFLATED ? deflated(entry.content) : entry.content;
        var crc = new CRC32();
        crc.update(entry.content);
        var name = entry.name.getBytes(StandardCharsets.UTF_8);
        if (entry.inArchive) {
          var local = ByteBuffer.allocate(ZipFields.LOCAL_BYTES + name.length + entry.localExtra.length);
          local
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(ZipFields.LOCAL)
              .putShort((short) 20)
              .putShort((short) entry.flags);
          local.putShort((short) entry.method).putShort((short) 0).putShort((short) 33);
          local.putInt((int) crc.getValue() + entry.localCrcShift).putInt(body.length);
          local.putInt(entry.content.length + entry.localSizeShift);
          local.putShort((short) name.length).putShort((short) entry.localExtra.length).put(name).put(entry.localExtra);
          all.writeBytes(local.array());
          all.writeBytes(body);
        }
        if (!entry.inDirectory) continue;
        count++;
        if (entry.nameInDirectory != null) name = entry.nameInDirectory.getBytes(StandardCharsets.UTF_8);
        var central = ByteBuffer.allocate(ZipFields.CENTRAL_BYTES + name.length + entry.extra.length);
        central.order(ByteOrder.LITTLE_ENDIAN).putInt(ZipFields.CENTRAL).putShort((short) (3 << 8 | 20));
        central.putShort((short) 20).putShort((short) entry.flags).putShort((short) entry.method);
        central.putShort((short) 0).putShort((short) 33).putInt((int) crc.getValue() + entry.crcShift);
        central.putInt(body.length + entry.compressedShift).putInt(entry.content.length + entry.sizeShift);
        central.putShort((short) name.length).putShort((short) entry.extra.length).putShort((short) 0);
        central.putShort((short) 0).putShort((short) 0).putInt(entry.mode << 16).putInt(offset + entry.offsetShift);
        directory.writeBytes(central.put(name).put(entry.extra).array());
      }
      int offset = all.size();
      all.writeBytes(directory.toByteArray());
      var end = ByteBuffer.allocate(ZipFields.END_BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(ZipFields.END).putInt(0);
      end.putShort((short) (count + countShift)).putShort((short) (count + countShift));
      end.putInt(directory.size() + directorySizeShift).putInt(offset + directoryOffsetShift);
      all.writeBytes(end.array());
      all.writeBytes(behind);
      return all.toByteArray();
    }

    private static byte[] deflated(byte[] content) {
      var deflater = new Deflater(9, true);
      deflater.setInput(content);
      deflater.finish();
      var out = new ByteArrayOutputStream();
      var chunk = new byte[1000];
      while (!deflater.finished()) out.write(chunk, 0, deflater.deflate(chunk));
      deflater.end();
      return out.toByteArray();
    }
  }
}
