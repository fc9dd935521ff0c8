namespace FsxFuse.Model;

/// <summary>Draws operations on the bytes of two files: overlapping, aligned and not, through every way that changes or reads them.</summary>
internal sealed class IntegrityGenerator(int seed, ByteModel model)
{
    // Some megabytes: more than one load and one read-ahead.
    private const int MaxLength = 3 << 20;

    private static readonly string[] s_files = ["a", "a", "a", "b"];

    private static readonly (OperationKind Kind, int Weight)[] s_weights =
    [
        (OperationKind.Open, 90), (OperationKind.Close, 40), (OperationKind.ReadAt, 220), (OperationKind.ReadVector, 30), (OperationKind.WriteAt, 170),
        (OperationKind.WriteVector, 30), (OperationKind.Truncate, 12), (OperationKind.TruncateHandle, 25), (OperationKind.Allocate, 70),
        (OperationKind.Copy, 50), (OperationKind.MapWrite, 60), (OperationKind.MapRead, 60), (OperationKind.Sync, 6), (OperationKind.SyncData, 4),
        (OperationKind.Release, 30), (OperationKind.Preload, 10), (OperationKind.Export, 15), (OperationKind.Compare, 4),
    ];

    private static readonly OperationKind[] s_deck = [.. s_weights.SelectMany(one => Enumerable.Repeat(one.Kind, one.Weight))];

    private readonly Random _random = new(seed);
    private readonly Queue<Operation> _planned = new();

    /// <summary>The next operation.</summary>
    internal Operation Next()
    {
        if (_planned.TryDequeue(out Operation? planned))
            return planned;

        // Only a file that nobody has open can be exported and released for certain: then what follows reads it from its object.
        int drawn = _random.Next(4000);
        if (drawn < 60)
        {
            for (int slot = 0; slot < Side.Slots; slot++)
                _planned.Enqueue(new Operation(OperationKind.Close) { Handle = slot });
            _planned.Enqueue(new Operation(OperationKind.Export) { Path = "a" });
            _planned.Enqueue(new Operation(OperationKind.Release) { Path = "a" });
        }
        else if (drawn < 64)
        {
            _planned.Enqueue(new Operation(drawn % 2 == 0 ? OperationKind.Remount : OperationKind.Kill));
        }

        return Fill(new Operation(s_deck[_random.Next(s_deck.Length)]) { Handle = _random.Next(Side.Slots) });
    }

    private Operation Fill(Operation o)
    {
        switch (o.Kind)
        {
            case OperationKind.Open:
                int flags = _random.Next(4) == 0 ? O_RDONLY : O_RDWR;
                flags |= _random.Next(10) switch { 0 => O_APPEND, 1 or 2 => O_DIRECT, 3 => O_DSYNC, _ => 0 };
                return o with { Path = File(), Flags = flags | O_CREAT | (_random.Next(60) == 0 ? O_TRUNC : 0), Mode = 644 };
            case OperationKind.Close or OperationKind.Sync or OperationKind.SyncData or OperationKind.Compare:
                return o;
            case OperationKind.Truncate:
                return o with { Path = File(), Length = Length() };
            case >= OperationKind.Release:
                return o with { Path = File(), Flags = _random.Next(3) == 0 ? 0 : 1 };
        }

        // A handle for reading answers every change with EBADF or EINVAL, which is not what this is about.
        if (model.IsOpen(o.Handle) && !model.Is(o.Handle, O_RDWR) && o.Kind is not (OperationKind.ReadAt or OperationKind.ReadVector or OperationKind.MapRead or OperationKind.Copy))
            o = o with { Kind = OperationKind.ReadAt };
        if (o.Kind == OperationKind.TruncateHandle)
            return o with { Length = Length() };
        o = WithRange(o);
        return o.Kind switch
        {
            OperationKind.Copy => WithTarget(o),
            OperationKind.Allocate => o with { Flags = Choose(0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE) },
            _ => o,
        };
    }

    private Operation WithTarget(Operation o)
    {
        int to = _random.Next(Side.Slots);
        long offset = _random.Next(2) == 0 ? Offset() : o.Offset % 4096;
        return model.Is(to, O_RDWR) && !model.Is(to, O_DIRECT)
            ? o with { ToHandle = to, ToOffset = Math.Min(offset, MaxLength - o.Length) }
            : o with { Kind = OperationKind.ReadAt };
    }

    private Operation WithRange(Operation o)
    {
        long length = _random.Next(12) switch { 0 => _random.Next(1, 700_000), < 4 => 4096 * _random.Next(1, 20), _ => _random.Next(1, 20_000) };
        long offset = Offset();
        if (o.Kind is OperationKind.MapRead or OperationKind.MapWrite && model.LengthOf(o.Handle) > 1)
        {
            offset %= model.LengthOf(o.Handle);
            length = Math.Min(length, model.LengthOf(o.Handle) - offset);
        }

        length = Math.Min(length, MaxLength - offset);
        if (model.Is(o.Handle, O_DIRECT))
            (offset, length) = (offset / 4096 * 4096, Math.Max(length / 4096 * 4096, 4096));
        return o with { Offset = offset, Length = length, Seed = _random.Next() };
    }

    private long Offset() => _random.Next(3) == 0 ? _random.Next(MaxLength / 4096) * 4096L : _random.Next(MaxLength - 1);

    private long Length() => _random.Next(6) switch { 0 => 0, 1 => _random.Next(MaxLength / 4096) * 4096L, _ => _random.Next(MaxLength) };

    private string File() => s_files[_random.Next(s_files.Length)];

    private int Choose(params ReadOnlySpan<int> values) => values[_random.Next(values.Length)];
}
