using static FsxFuse.Posix.Cases.Calls.PathCalls;

namespace FsxFuse.Model;

/// <summary>One lane's directory on one file system, with the handles it holds there.</summary>
internal sealed class Side : ISubject
{
    /// <summary>Handle slots of a lane.</summary>
    internal const int Slots = 6;

    private readonly int[] _descriptors = new int[Slots];
    private readonly int[] _flags = new int[Slots];

    internal Side(string root)
    {
        Root = root;
        Array.Fill(_descriptors, -1);
    }

    /// <summary>The lane's directory.</summary>
    internal string Root { get; }

    internal string At(string path) => path.Length == 0 ? Root : $"{Root}/{path}";

    /// <summary>The descriptor in a slot, -1 if none.</summary>
    internal int Descriptor(int slot) => slot is >= 0 and < Slots ? _descriptors[slot] : -1;

    internal bool IsOpen(int slot) => Descriptor(slot) >= 0;

    /// <summary>The flags that a slot was opened with.</summary>
    internal int Flags(int slot) => _flags[slot];

    internal bool Is(int slot, int flag) => IsOpen(slot) && (_flags[slot] & flag) == flag;

    internal void Keep(int slot, int descriptor, int flags)
    {
        Close(slot);
        _descriptors[slot] = descriptor;
        _flags[slot] = flags;
    }

    internal Observation Close(int slot)
    {
        if (!IsOpen(slot))
            return Observation.Skipped;
        var outcome = FileCalls.Close(_descriptors[slot]);
        _descriptors[slot] = -1;
        return Observation.Of(outcome);
    }

    public void CloseAll()
    {
        for (int slot = 0; slot < Slots; slot++)
            Close(slot);
    }

    public Observation Execute(Operation operation)
    {
        if (!operation.AsUser)
            return Dispatch(operation);
        Identity.Become(Users.Ordinary, Users.Ordinary, [Users.Ordinary]);
        try
        {
            return Dispatch(operation);
        }
        finally
        {
            Identity.Restore();
        }
    }

    /// <summary>The attributes of a path, of the link itself if it is one.</summary>
    internal Attributes? AttributesOf(string path) => TryStat(At(path), out var stat, AT_SYMLINK_NOFOLLOW).Succeeded ? new(stat) : null;

    /// <summary>The attributes behind a handle.</summary>
    internal Attributes? AttributesOf(int slot) =>
        IsOpen(slot) && TryStat("", out var stat, AT_EMPTY_PATH, Descriptor(slot)).Succeeded ? new(stat) : null;

    private Observation Dispatch(Operation operation) => operation.Kind switch
    {
        <= OperationKind.SyncData => HandleOperations.Execute(operation, this),
        <= OperationKind.Rename => NameOperations.Execute(operation, this),
        <= OperationKind.Access => AttributeOperations.Execute(operation, this),
        <= OperationKind.ListWhileChanging => DirectoryOperations.Execute(operation, this),
        <= OperationKind.TestLock => LockOperations.Execute(operation, this),
        _ => Observation.Skipped,
    };
}
