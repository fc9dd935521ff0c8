namespace FsxFuse.Model;

/// <summary>
/// Draws the operations of one lane. What it draws depends on the seed and on what the reference holds, so that a seed gives the same
/// operations again as long as the reference behaves.
/// </summary>
internal sealed class OperationGenerator(int lane, int seed, Side reference)
{
    // How many operations are drawn from one look at the reference.
    private const int SketchAge = 8;

    // More names than this, and more is removed than made.
    private const int Crowd = 45;

    private static readonly (OperationKind Kind, int Weight)[] s_weights =
    [
        (OperationKind.Open, 120), (OperationKind.Close, 30), (OperationKind.Read, 15), (OperationKind.ReadAt, 40), (OperationKind.ReadVector, 10),
        (OperationKind.Write, 30), (OperationKind.WriteAt, 60), (OperationKind.WriteVector, 12), (OperationKind.Seek, 8), (OperationKind.SeekHoles, 15),
        (OperationKind.Truncate, 15), (OperationKind.TruncateHandle, 20), (OperationKind.Allocate, 30), (OperationKind.Copy, 20),
        (OperationKind.MapWrite, 20), (OperationKind.MapRead, 10), (OperationKind.Sync, 5), (OperationKind.SyncData, 3),
        (OperationKind.MakeDirectory, 40), (OperationKind.RemoveDirectory, 25), (OperationKind.MakeNode, 15), (OperationKind.Symlink, 15),
        (OperationKind.ReadLink, 8), (OperationKind.Link, 25), (OperationKind.LinkHandle, 6), (OperationKind.Unlink, 40), (OperationKind.Rename, 70),
        (OperationKind.ChangeMode, 25), (OperationKind.ChangeModeOfHandle, 6), (OperationKind.ChangeOwner, 15), (OperationKind.SetTimes, 15),
        (OperationKind.SetTimesOfHandle, 8), (OperationKind.SetAttribute, 30), (OperationKind.SetAttributeOfHandle, 8), (OperationKind.GetAttribute, 15),
        (OperationKind.RemoveAttribute, 12), (OperationKind.Access, 8), (OperationKind.List, 15), (OperationKind.ListWhileChanging, 6),
        (OperationKind.LockFile, 8), (OperationKind.LockRange, 10), (OperationKind.LockProcessRange, 5), (OperationKind.TestLock, 5),
        (OperationKind.Release, 5), (OperationKind.Preload, 3), (OperationKind.Export, 4), (OperationKind.Import, 1),
    ];

    private static readonly OperationKind[] s_deck = [.. s_weights.SelectMany(one => Enumerable.Repeat(one.Kind, one.Weight))];

    private static readonly int[] s_modes = [0, 400, 600, 640, 644, 666, 700, 755, 777, 4755, 2755, 2711, 1777, 6777];

    private static readonly string[] s_attributes =
    [
        "user.a", "user.b", "user.long.name.with.dots", "trusted.t", "security.test", AttributeValues.AccessList, AttributeValues.AccessList,
        AttributeValues.DefaultList, "user.", "none", "unknown.x",
    ];

    private readonly Random _random = new((seed * 7919) + lane);
    private Sketch _sketch = new();
    private int _drawn;

    /// <summary>The next operation.</summary>
    internal Operation Next()
    {
        if (_drawn++ % SketchAge == 0)
            _sketch = Sketch.Of(reference.Root);
        OperationKind kind = s_deck[_random.Next(s_deck.Length)];
        if (_sketch.Everything.Count > Crowd && kind is OperationKind.MakeDirectory or OperationKind.MakeNode or OperationKind.Symlink or OperationKind.Link)
            kind = _random.Next(3) == 0 ? OperationKind.RemoveDirectory : OperationKind.Unlink;
        return Fill(new Operation(kind)
        {
            Lane = lane,
            Handle = _random.Next(Side.Slots),
            AsUser = Environment.IsPrivilegedProcess && _random.Next(10) == 0 && kind < OperationKind.Release,
        });
    }

    private Operation Fill(Operation o)
    {
        switch (o.Kind)
        {
            case OperationKind.Open:
                return FillOpen(o);
            case OperationKind.Close:
            case OperationKind.Sync:
            case OperationKind.SyncData:
                return o;
            case OperationKind.Truncate:
                return o with { Handle = 0, Path = AnyFile(), Length = Size() };
            case OperationKind.TruncateHandle:
                return o with { Length = Size() };
            case OperationKind.Allocate:
                return WithRange(o) with { Flags = Choose([0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_ZERO_RANGE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE]) };
            case OperationKind.Copy:
                return WithRange(o) with { ToHandle = _random.Next(Side.Slots), ToOffset = Offset() };
            case <= OperationKind.MapRead:
                return WithRange(o) with { Seed = _random.Next() };
            case OperationKind.LinkHandle:
                return o with { To = NewPath() };
            case OperationKind.LockFile:
                return o with { Flags = Choose([LOCK_SH, LOCK_EX, LOCK_UN]) };
            case OperationKind.LockRange or OperationKind.LockProcessRange or OperationKind.TestLock:
                return o with { Flags = _random.Next(o.Kind == OperationKind.TestLock ? 2 : 3), Offset = _random.Next(8), Length = _random.Next(6) };
            case OperationKind.SetTimesOfHandle:
                return o with { Offset = Time(), Length = Time() };
            case OperationKind.ChangeModeOfHandle:
                return o with { Mode = Choose(s_modes) };
            case OperationKind.SetAttributeOfHandle:
                return WithAttribute(o);
            case <= OperationKind.Rename:
                return FillNames(o with { Handle = 0 });
            default:
                return FillAttributes(o with { Handle = 0 });
        }
    }

    private Operation FillOpen(Operation o)
    {
        // Without O_NONBLOCK an open of a FIFO waits for the other end.
        int flags = Choose([O_RDONLY, O_WRONLY, O_RDWR, O_RDWR]) | O_NONBLOCK;
        if (_random.Next(12) == 0)
            return o with { Path = AnyDirectory(), Flags = flags | O_TMPFILE | (_random.Next(3) == 0 ? O_EXCL : 0), Mode = Choose(s_modes) };
        bool creates = _random.Next(2) == 0;
        flags |= creates ? O_CREAT : 0;
        flags |= Sometimes(4, O_EXCL) | Sometimes(6, O_TRUNC) | Sometimes(20, O_NOFOLLOW) | Sometimes(30, O_DIRECTORY) | Sometimes(20, O_DSYNC) | Sometimes(20, O_NOATIME) | Sometimes(40, O_PATH);

        // An append through O_DIRECT needs a file whose length is aligned: that is the disk's demand, not the file system's.
        flags |= _random.Next(6) switch { 0 => O_APPEND, 1 => O_DIRECT, _ => 0 };
        return o with { Path = creates && _random.Next(2) == 0 ? NewPath() : AnyFile(), Flags = flags, Mode = creates ? Choose(s_modes) : 0 };
    }

    private Operation FillNames(Operation o) => o.Kind switch
    {
        OperationKind.MakeDirectory => o with { Path = NewPath(), Mode = Choose([700, 755, 777, 777, 1777, 2775, 555]) },
        OperationKind.RemoveDirectory => o with { Path = AnyDirectory() },
        OperationKind.MakeNode => o with { Path = NewPath(), Flags = Choose([S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR]), Mode = Choose(s_modes) },
        OperationKind.Symlink => o with { Path = NewPath(), To = _random.Next(20) == 0 ? "" : _random.Next(2) == 0 ? Names.Draw(_random) : AnyPath() },
        OperationKind.Rename => o with
        {
            Path = AnyPath(),
            To = _random.Next(3) == 0 ? AnyPath() : NewPath(),
            Flags = Choose([0, 0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_EXCHANGE | RENAME_NOREPLACE]),
        },
        OperationKind.Link => o with { Path = AnyFile(), To = NewPath() },
        _ => o with { Path = AnyPath() },
    };

    private Operation FillAttributes(Operation o) => o.Kind switch
    {
        OperationKind.ChangeMode => o with { Path = AnyPath(), Mode = Choose(s_modes) },
        OperationKind.ChangeOwner => NamingSomebody(o with { Path = AnyPath(), Offset = Choose([-1, 0, (int)Users.Ordinary]), Length = Choose([-1, 0, (int)Users.Ordinary]) }),
        OperationKind.SetTimes => o with { Path = AnyPath(), Offset = Time(), Length = Time() },
        OperationKind.SetAttribute => WithAttribute(o with { Path = AnyPath() }),
        OperationKind.GetAttribute => o with { Path = AnyPath(), Name = Choose(s_attributes), Length = Choose([0, 1, 44, 300]) },
        OperationKind.RemoveAttribute => o with { Path = AnyPath(), Name = Choose(s_attributes) },
        OperationKind.Access => o with { Path = AnyPath(), Flags = _random.Next(8) },
        OperationKind.List => o with { Path = AnyDirectory() },
        OperationKind.ListWhileChanging => o with { Path = AnyDirectory(), To = $"made{_random.Next(3)}", Name = Names.Draw(_random) },
        _ => o with { Path = AnyPath(), Flags = _random.Next(2) },
    };

    // A chown of nothing by a user who does not own a set-uid file is EPERM on ext4; FUSE sends the same request for it as before his
    // fallocate(2), which must succeed.
    private static Operation NamingSomebody(Operation o) => o with { AsUser = o.AsUser && (o.Offset >= 0 || o.Length >= 0) };

    // Few enough values of each length that one is set again where it is already.
    private Operation WithAttribute(Operation o)
    {
        string name = Choose(s_attributes);
        return o with
        {
            Name = name,
            Length = Choose([0, 8, 20, 200]),
            Seed = _random.Next(name is AttributeValues.AccessList or AttributeValues.DefaultList ? 1 << 20 : 8),
            Flags = Choose([0, 0, 0, XATTR_CREATE, XATTR_REPLACE]),
        };
    }

    private Operation WithRange(Operation o)
    {
        long offset = Offset(), length = Extent();
        if (reference.Is(o.Handle, O_DIRECT))
            (offset, length) = (offset / 4096 * 4096, Math.Max(length / 4096 * 4096, 4096));
        return o with { Offset = offset, Length = length };
    }

    private long Offset() => _random.Next(40) switch
    {
        0 => -1,
        1 => _random.Next(1 << 21),
        < 12 => _random.Next(64) * 4096L,
        < 20 => 0,
        _ => _random.Next(100_000),
    };

    private long Extent() => _random.Next(10) switch
    {
        0 => _random.Next(200_000),
        1 => 0,
        < 4 => 4096 * _random.Next(1, 9),
        _ => _random.Next(1, 9000),
    };

    private long Size() => _random.Next(10) switch
    {
        0 => -1,
        1 => 0,
        2 => 1 << 21,
        < 6 => _random.Next(64) * 4096L,
        _ => _random.Next(200_000),
    };

    // What AttributeOperations makes of it: now, leave alone, or a time since 1900 that is far from now.
    private long Time() => _random.Next(4) switch
    {
        0 => -1,
        1 => -2,
        2 => 2_208_988_800_000_000_000 + _random.NextInt64(1_000_000_000_000_000_000),
        _ => 1_000_000_000_000_000_000 + _random.NextInt64(1_000_000_000_000_000_000),
    };

    private int Sometimes(int oneIn, int flag) => _random.Next(oneIn) == 0 ? flag : 0;

    private T Choose<T>(T[] values) => values[_random.Next(values.Length)];

    private string From(List<string> known) =>
        known.Count > 0 && _random.Next(12) != 0 ? known[_random.Next(known.Count)] : NewPath();

    private string AnyFile() => _random.Next(15) == 0 ? AnyPath() : From(_sketch.Files);

    private string AnyDirectory() => _random.Next(15) == 0 ? AnyPath() : From(_sketch.Directories[1..]);

    private string AnyPath() => From(_sketch.Everything);

    private string NewPath()
    {
        string directory = _sketch.Directories[_random.Next(_sketch.Directories.Count)];
        if (_random.Next(25) == 0)
            directory = AnyPathWithoutNew();

        // Deep enough: longer keys than an object may have are another test's matter.
        return Names.Join(directory.Count(c => c == '/') >= 3 ? "" : directory, Names.Draw(_random));
    }

    private string AnyPathWithoutNew() => _sketch.Everything.Count == 0 ? "" : _sketch.Everything[_random.Next(_sketch.Everything.Count)];
}
