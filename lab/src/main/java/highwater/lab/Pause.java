package highwater.lab;

/// One pause of a collector: the program stood still.
///
/// @param atSeconds when it began, in seconds since the process did
/// @param millis how long it took
/// @param what what the collector calls it
/// @param heapBeforeBytes the heap in use before, 0 where that is not told
/// @param heapAfterBytes the heap in use after, 0 where that is not told
/// @param heapBytes the heap's size after, 0 where that is not told
record Pause(double atSeconds, double millis, String what, long heapBeforeBytes, long heapAfterBytes, long heapBytes) {}
