package highwater.lab;

/// How late the bystander was: percentiles of the time from when its work was due to when it was done, in microseconds.
///
/// @param count how often it was due
/// @param p50 the median
/// @param p99 exceeded by one in a hundred
/// @param max the longest
record Latency(long count, long p50, long p99, long max) {}
