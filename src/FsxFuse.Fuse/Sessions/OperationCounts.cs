namespace FsxFuse.Fuse;

/// <summary>How many requests of each operation a session has received: each is a round trip that a program waited for, or nearly so.</summary>
public sealed class OperationCounts
{
    // Numbers the protocol does not have yet share the last place.
    private readonly long[] _counts = new long[64];

    /// <summary>Requests of one operation since the session began.</summary>
    public long this[Opcode operation] => Volatile.Read(ref _counts[Index(operation)]);

    /// <summary>Requests of all operations since the session began.</summary>
    public long Total
    {
        get
        {
            long sum = 0;
            foreach (ref long count in _counts.AsSpan())
            {
                sum += Volatile.Read(ref count);
            }

            return sum;
        }
    }

    /// <summary>The operations that came at all, under the kernel's names, with how often.</summary>
    public IReadOnlyDictionary<string, long> ByName => Enum.GetValues<Opcode>()
        .Select(operation => (operation, Count: this[operation]))
        .Where(static one => one.Count > 0)
        .ToDictionary(static one => one.operation.ToString(), static one => one.Count);

    internal void Add(Opcode operation) => Interlocked.Increment(ref _counts[Index(operation)]);

    private int Index(Opcode operation) => (int)Math.Min((uint)operation, (uint)_counts.Length - 1);
}
