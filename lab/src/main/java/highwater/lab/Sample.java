package highwater.lab;

/// Resident memory at one moment.
///
/// @param atSeconds in seconds since the process began
/// @param bytes the memory
record Sample(double atSeconds, long bytes) {}
