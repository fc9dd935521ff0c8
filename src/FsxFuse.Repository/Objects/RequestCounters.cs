using System.Diagnostics.Metrics;
using System.Text.Json;

namespace FsxFuse.Repository.Objects;

/// <summary>How many requests were made of each kind, how many failed, and how many bytes went either way. Safe for concurrent use.</summary>
public sealed class RequestCounters
{
    private static readonly RequestKind[] Kinds = Enum.GetValues<RequestKind>();

    private readonly long[] _requests = new long[Kinds.Length];
    private readonly long[] _failures = new long[Kinds.Length];
    private long _bytesRead;
    private long _bytesWritten;

    /// <summary>Bytes of bodies that were received, as they were received.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>Bytes of bodies that were sent successfully.</summary>
    public long BytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Requests of all kinds.</summary>
    public long Total
    {
        get
        {
            long sum = 0;
            foreach (RequestKind kind in Kinds)
                sum += this[kind];
            return sum;
        }
    }

    /// <summary>Requests of one kind, failed ones included.</summary>
    public long this[RequestKind kind] => Volatile.Read(ref _requests[(int)kind]);

    /// <summary>Requests of one kind that failed; an answer that something is missing or has changed counts as one.</summary>
    public long Failures(RequestKind kind) => Volatile.Read(ref _failures[(int)kind]);

    /// <summary>Failed requests of all kinds.</summary>
    public long TotalFailures => Kinds.Sum(Failures);

    /// <summary>Requests of the kinds that were made at all, by name as in JSON ("createMultipart").</summary>
    public IReadOnlyDictionary<string, long> ByName => new SortedDictionary<string, long>(
        Kinds.Where(kind => this[kind] != 0).ToDictionary(kind => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), kind => this[kind]), StringComparer.Ordinal);

    /// <summary>Publishes the counters as instruments: <c>fsxfuse.repository.requests</c> and <c>.failures</c> by <c>kind</c>, and
    /// <c>fsxfuse.repository.bytes</c> by <c>direction</c> (read, written).</summary>
    public void Publish(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        meter.CreateObservableCounter(
            "fsxfuse.repository.requests", () => Kinds.Select(k => new Measurement<long>(this[k], Tag("kind", k))), "{request}", "Requests to the repository");
        meter.CreateObservableCounter(
            "fsxfuse.repository.failures", () => Kinds.Select(k => new Measurement<long>(Failures(k), Tag("kind", k))), "{request}", "Failed requests");
        meter.CreateObservableCounter(
            "fsxfuse.repository.bytes",
            () => new Measurement<long>[]
            {
                new(BytesRead, new KeyValuePair<string, object?>("direction", "read")),
                new(BytesWritten, new KeyValuePair<string, object?>("direction", "written")),
            },
            "By",
            "Bytes of object bodies");
    }

    internal void Count(RequestKind kind) => Interlocked.Increment(ref _requests[(int)kind]);

    internal void CountFailure(RequestKind kind) => Interlocked.Increment(ref _failures[(int)kind]);

    internal void CountRead(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    internal void CountWritten(long bytes) => Interlocked.Add(ref _bytesWritten, bytes);

    private static KeyValuePair<string, object?> Tag(string name, RequestKind kind) => new(name, kind.ToString());
}
