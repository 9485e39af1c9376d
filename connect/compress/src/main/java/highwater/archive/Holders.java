package highwater.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// The temporary folders in which archives are unpacked, `.NAME.highwater-PID`: makes one, and finds those of processes that are over.
final class Holders {
  private static final String MARK = ".highwater-";
  private static final int NAME_BYTES_MAX = 200;
  private static final int ATTEMPTS_MAX = 10_000;

  /// The most that one search reports.
  private static final int FOUND_MAX = 1000;

  private Holders() {}

  /// Where the holder of `target` lies, a whole path: in it where that is a folder already, else beside it.
  static Path placeOf(Path target, boolean isThere) {
    var beside = target.getParent();
    return isThere || beside == null ? target : beside;
  }

  /// Makes a new one in `in`, for a target of this name, which only this user may enter.
  static Path make(Path in, String name) throws IOException {
    var guarded =
        in.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(Modes.permissions(0700))}
            : new FileAttribute<?>[0];
    var prefix = "." + shortened(name) + MARK + ProcessHandle.current().pid();
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      try {
        return Files.createDirectory(in.resolve(attempt == 1 ? prefix : prefix + "-" + attempt), guarded);
      } catch (FileAlreadyExistsException e) {
        // A leftover of an earlier process with our number, or another run to the same target.
      }
    }
    throw new IOException(ATTEMPTS_MAX + " temporary folders of this target exist, named " + prefix + "*");
  }

  private static String shortened(String name) {
    int end = name.length();
    while (name.substring(0, end).getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX) {
      end = name.offsetByCodePoints(end, -1);
    }
    return name.substring(0, end);
  }

  /// Those of `path` whose process does not run here, beside it and in it; at most [#FOUND_MAX].
  static List<Path> left(Path path) throws IOException {
    boolean isThere = Files.isDirectory(path);
    // In it the real name counts, beside it the one that was written.
    var beside = path.getParent();
    var found = new ArrayList<>(leftIn(beside == null ? Path.of("") : beside, path));
    if (isThere) found.addAll(leftIn(path, path.toRealPath()));
    return found;
  }

  private static List<Path> leftIn(Path in, Path target) throws IOException {
    if (!Files.isDirectory(in)) return List.of();
    var name = shortened(String.valueOf(target.getFileName()));
    var pattern = Pattern.compile(Pattern.quote("." + name + MARK) + "(\\d{1,18})(-\\d+)?");
    var found = new ArrayList<Path>();
    try (var entries = Files.newDirectoryStream(in, ".*" + MARK + "*")) {
      for (var entry : entries) {
        var parsed = pattern.matcher(String.valueOf(entry.getFileName()));
        if (!parsed.matches() || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) continue;
        if (ProcessHandle.of(Long.parseLong(parsed.group(1))).isEmpty()) found.add(entry);
        if (found.size() == FOUND_MAX) break;
      }
    } catch (AccessDeniedException e) {
      // Such as the folder of all home folders: who may not look there has made nothing there.
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }
}
