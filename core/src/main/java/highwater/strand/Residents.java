package highwater.strand;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who lives on a strand, in the order in which they entered: a list linked through its members.
///
/// Thread rule: the strand alone.
final class Residents {
  private @Nullable Resident first;
  private @Nullable Resident last;

  boolean isEmpty() {
    return first == null;
  }

  void enter(Resident resident) {
    assert resident.previousResident == null && resident != first : "entered twice: " + resident.describeResident();
    var newest = last;
    if (newest == null) {
      first = resident;
    } else {
      newest.nextResident = resident;
      resident.previousResident = newest;
    }
    last = resident;
  }

  /// Lets `resident` go; does nothing when it has gone.
  void leave(Resident resident) {
    var previous = resident.previousResident;
    var next = resident.nextResident;
    if (previous == null && first != resident) return;
    if (previous == null) first = next;
    else previous.nextResident = next;
    if (next == null) last = previous;
    else next.previousResident = previous;
    resident.previousResident = null;
    resident.nextResident = null;
  }

  /// Marks the first one that was not yet told to go, and returns it; null when all were. A walk from the start each time, for
  /// whoever is told may leave, and let others leave or enter.
  @Nullable Resident takeUnabandoned() {
    var resident = firstUnabandoned();
    if (resident != null) resident.abandonedResident = true;
    return resident;
  }

  boolean anyUnabandoned() {
    return firstUnabandoned() != null;
  }

  private @Nullable Resident firstUnabandoned() {
    var resident = first;
    while (resident != null && resident.abandonedResident) resident = resident.nextResident;
    return resident;
  }

  /// All of them.
  List<Resident> all() {
    var all = new ArrayList<Resident>();
    for (var resident = first; resident != null; resident = resident.nextResident) all.add(resident);
    return List.copyOf(all);
  }

  /// What each says of itself.
  List<String> describe() {
    var described = new ArrayList<String>();
    for (var resident = first; resident != null; resident = resident.nextResident) {
      try {
        described.add(resident.describeResident());
      } catch (RuntimeException thrown) {
        described.add(resident.getClass().getName() + ", which cannot describe itself: " + thrown);
      }
    }
    return described;
  }
}
