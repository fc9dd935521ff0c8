namespace FsxFuse.Model;

/// <summary>One operation: a line of a script. What a kind does not need stays at its default and is not written.</summary>
internal sealed record Operation(OperationKind Kind)
{
    /// <summary>Whose operation: each lane has a subtree and handle slots of its own.</summary>
    internal int Lane { get; init; }

    /// <summary>Below the lane's directory.</summary>
    internal string Path { get; init; } = "";

    /// <summary>The second path, a symlink's target, or the name made in between.</summary>
    internal string To { get; init; } = "";

    /// <summary>A handle slot.</summary>
    internal int Handle { get; init; }

    /// <summary>The second handle slot.</summary>
    internal int ToHandle { get; init; }

    /// <summary>Flags of the call, or the kind of lock.</summary>
    internal int Flags { get; init; }

    /// <summary>Permissions as octal digits, or an inode's type.</summary>
    internal int Mode { get; init; }

    /// <summary>Where; an access time; an owner.</summary>
    internal long Offset { get; init; }

    /// <summary>How much; a modification time; a group.</summary>
    internal long Length { get; init; }

    /// <summary>Where to.</summary>
    internal long ToOffset { get; init; }

    /// <summary>Which bytes.</summary>
    internal int Seed { get; init; }

    /// <summary>An extended attribute.</summary>
    internal string Name { get; init; } = "";

    /// <summary>As an ordinary user instead of root.</summary>
    internal bool AsUser { get; init; }

    /// <summary>Whether it is about the mount: nothing of it happens on the reference.</summary>
    internal bool IsOfMount => Kind >= OperationKind.Release;

    public override string ToString() => OperationText.Format(this);
}
