namespace FsxFuse.Repository.Export;

/// <summary>The export queue at a glance.</summary>
/// <param name="Queued">Entries waiting, those in work included.</param>
/// <param name="InFlight">Entries in work.</param>
/// <param name="Failing">Entries whose last try failed.</param>
/// <param name="OldestAge">Age of the oldest entry; zero when there is none.</param>
/// <param name="BytesPerSecond">Bytes sent per second, over the last few seconds.</param>
/// <param name="BytesSent">Bytes sent since the start.</param>
/// <param name="Uploads">Objects uploaded since the start.</param>
/// <param name="Copies">Objects copied on the server since the start.</param>
/// <param name="Deletes">Objects deleted since the start.</param>
/// <param name="Conflicts">Conflicts met since the start.</param>
public sealed record ExportStatus(
    long Queued, int InFlight, long Failing, TimeSpan OldestAge, double BytesPerSecond, long BytesSent, long Uploads, long Copies, long Deletes, long Conflicts);
