namespace FsxFuse.Model;

/// <summary>The inodes that an operation is about, before and after it: its paths, their directories, its handles.</summary>
internal sealed class Watch
{
    private readonly Side _side;
    private readonly List<(string Shown, Func<Attributes?> Read)> _watched = [];
    private readonly Attributes?[] _before;
    private readonly string? _withAccessTime;

    internal Watch(Operation operation, Side side)
    {
        _side = side;

        // What an explicit access time became is to be seen before anything moves it again; -2 leaves it alone.
        bool setsAccessTime = operation.Kind is OperationKind.SetTimes or OperationKind.SetTimesOfHandle && operation.Offset != -2;

        if (UsesPath(operation.Kind))
            AddPath(operation.Path);
        if (operation.Kind is OperationKind.Link or OperationKind.LinkHandle or OperationKind.Rename)
            AddPath(operation.To);
        if (UsesHandle(operation.Kind))
            AddHandle(operation.Handle);
        if (operation.Kind == OperationKind.Copy)
            AddHandle(operation.ToHandle);
        _withAccessTime = setsAccessTime ? _watched[0].Shown : null;
        _before = [.. _watched.Select(one => one.Read())];
    }

    /// <summary>The attributes now and which times moved, as text that must be the same on both sides.</summary>
    internal string Describe(bool succeeded) =>
        string.Join('\n', _watched.Select(one => one.Read() is { } now ? $"  {one.Shown}: {now.Describe(succeeded && one.Shown == _withAccessTime)}{now.Moved(Before(now))}" : $"  {one.Shown}: absent"));

    // By number: the inode may have another name now, and another inode its name.
    private Attributes? Before(Attributes now) => Array.Find(_before, before => before?.Stat.Inode == now.Stat.Inode);

    private static bool UsesPath(OperationKind kind) => kind switch
    {
        OperationKind.Open or OperationKind.Truncate => true,
        <= OperationKind.SyncData or OperationKind.LinkHandle => false,
        OperationKind.ChangeModeOfHandle or OperationKind.SetTimesOfHandle or OperationKind.SetAttributeOfHandle => false,
        <= OperationKind.ListWhileChanging => true,
        _ => false,
    };

    private static bool UsesHandle(OperationKind kind) => kind switch
    {
        // The slot of an open has another file afterwards.
        OperationKind.Open or OperationKind.Close or OperationKind.Truncate => false,
        <= OperationKind.SyncData or OperationKind.LinkHandle => true,
        OperationKind.ChangeModeOfHandle or OperationKind.SetTimesOfHandle or OperationKind.SetAttributeOfHandle => true,
        _ => false,
    };

    private void AddPath(string path)
    {
        _watched.Add((Name.Shown(path.Length == 0 ? "." : path), () => _side.AttributesOf(path)));
        if (path.Length == 0)
            return;
        string parent = path[..Math.Max(path.LastIndexOf('/'), 0)];
        _watched.Add(($"{Name.Shown(path)}/..", () => _side.AttributesOf(parent)));
    }

    private void AddHandle(int slot) => _watched.Add(($"handle {slot}", () => _side.AttributesOf(slot)));
}
