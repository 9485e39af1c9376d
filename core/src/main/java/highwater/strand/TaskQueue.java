package highwater.strand;

import org.jspecify.annotations.Nullable;

/// What runs next on a strand, first in first out: a ring of tasks beside a ring of numbers, so that queueing allocates
/// nothing once the rings are made. An empty queue that was never used, or was put away, has no rings.
///
/// Thread rule: the strand alone.
final class TaskQueue {
  /// The number of a task that is a plain `Runnable`; any other number belongs to a [Ticked].
  static final int PLAIN = Integer.MIN_VALUE;

  private static final int FIRST_CAPACITY = 8;
  private static final @Nullable Object[] NO_TASKS = {};
  private static final int[] NO_NUMBERS = {};

  private @Nullable Object[] tasks = NO_TASKS;
  private int[] numbers = NO_NUMBERS;
  private int head;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(Object task, int number) {
    if (size == tasks.length) grow();
    int tail = (head + size) & (tasks.length - 1);
    tasks[tail] = task;
    numbers[tail] = number;
    size++;
  }

  /// Takes the first task out and runs it; what it throws, escapes.
  void runFirst() {
    int first = head;
    var task = tasks[first];
    int number = numbers[first];
    assert task != null : "empty";
    tasks[first] = null;
    head = (first + 1) & (tasks.length - 1);
    size--;
    if (number == PLAIN) {
      ((Runnable) task).run();
    } else {
      ((Ticked) task).tick(number);
    }
  }

  /// Drops the rings of an empty queue: an idle strand is small.
  void putAway() {
    assert size == 0 : size;
    tasks = NO_TASKS;
    numbers = NO_NUMBERS;
    head = 0;
  }

  /// Drops what is queued.
  void clear() {
    size = 0;
    putAway();
  }

  private void grow() {
    int old = tasks.length;
    int capacity = Math.max(FIRST_CAPACITY, old * 2);
    var grownTasks = new @Nullable Object[capacity];
    var grownNumbers = new int[capacity];
    int untilWrap = old - head;
    System.arraycopy(tasks, head, grownTasks, 0, untilWrap);
    System.arraycopy(tasks, 0, grownTasks, untilWrap, head);
    System.arraycopy(numbers, head, grownNumbers, 0, untilWrap);
    System.arraycopy(numbers, 0, grownNumbers, untilWrap, head);
    tasks = grownTasks;
    numbers = grownNumbers;
    head = 0;
  }
}
