package highwater.lab;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one trial was.
///
/// @param engine whose streams
/// @param manner what it did with the answer of `write`
/// @param realSeconds from the start of its process to the end
/// @param readSeconds when it had read everything; 0 where it never had
/// @param death what it died of, in words; null for a trial that came to its end
/// @param bytesIn what was read
/// @param bytesOut what was written
/// @param crc the CRC-32 of what was written
/// @param peakBufferedBytes the most that waited before gzip
/// @param falseAnswers how often `write` said false
/// @param drains how often `drain` followed
/// @param proc what the system counted for it
/// @param resident its resident memory over time
/// @param buffered what waited before gzip over time
/// @param pauses the pauses of its collector
/// @param bystander how late the other process was beside it
record TrialResult(
    Engine engine,
    Manner manner,
    double realSeconds,
    double readSeconds,
    @Nullable String death,
    long bytesIn,
    long bytesOut,
    long crc,
    long peakBufferedBytes,
    long falseAnswers,
    long drains,
    Proc proc,
    List<Sample> resident,
    List<Sample> buffered,
    List<Pause> pauses,
    Latency bystander) {}
