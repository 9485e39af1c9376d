package highwater.archive;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// Permissions as the bits of Unix and as Java's set; the bits for other identities and the sticky one have no place in it.
final class Modes {
  /// The permissions of a new file and a new folder, before the umask.
  static final int FILE = 0666;

  static final int FOLDER = 0777;

  /// The owner may read.
  static final int READ = 0400;

  private static final PosixFilePermission[] FROM_LOW = PosixFilePermission.values();

  private Modes() {}

  static int bits(Set<PosixFilePermission> permissions) {
    int bits = 0;
    for (var permission : permissions) bits |= 0400 >> permission.ordinal();
    return bits;
  }

  static Set<PosixFilePermission> permissions(int bits) {
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (var permission : FROM_LOW) if ((bits & 0400 >> permission.ordinal()) != 0) permissions.add(permission);
    return permissions;
  }
}
