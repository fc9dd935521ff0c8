namespace FsxFuse.Posix.Cases.Running;

/// <summary>
/// What a case has: an empty directory that is its current directory (so that paths are plain names), a umask of 0,
/// its own thread, and helpers. Nothing here is shared with other cases.
/// </summary>
internal sealed class PosixContext(string directory, bool root, bool isFuse, PosixCase of, Peer peer)
{
    /// <summary>The identity of the pass as an ordinary user, and of root's own cases when they need somebody else.</summary>
    internal const uint Alice = 65501;
    internal const uint Bob = 65502;

    /// <summary>A group that nobody is in unless a case says so.</summary>
    internal const uint Staff = 65510;

    private readonly List<int> _descriptors = [];

    /// <summary>Absolute path of the case's directory, for a second process.</summary>
    internal string Directory { get; } = directory;

    /// <summary>Whether the case runs with root's rights.</summary>
    internal bool IsRoot { get; } = root;

    /// <summary>Whether the case must expect what its <see cref="PosixCase.ExpectedDifference"/> explains.</summary>
    internal bool Differs => isFuse && of.ExpectedDifference is not null;

    /// <summary>The second process, which runs with the same rights.</summary>
    internal Peer Peer { get; } = peer;

    /// <summary>Opens or creates, and closes when the case ends.</summary>
    internal int Fd(string path, int flags = O_RDWR | O_CREAT, int mode = 644)
    {
        return Keep((int)Open(path, flags, mode).Ok());
    }

    /// <summary>A descriptor to close when the case ends.</summary>
    internal int Keep(int fd)
    {
        _descriptors.Add(fd);
        return fd;
    }

    /// <summary>Closes before the case ends.</summary>
    internal void Shut(int fd)
    {
        _descriptors.Remove(fd);
        Close(fd).Ok();
    }

    /// <summary>A file with this content; returns its name.</summary>
    internal static string File(string path, string content = "", int mode = 644) => File(path, Utf8(content), mode);

    internal static string File(string path, byte[] content, int mode = 644)
    {
        int fd = (int)Open(path, O_WRONLY | O_CREAT | O_EXCL, mode).Ok();
        try
        {
            for (int done = 0; done < content.Length;)
                done += (int)Write(fd, content.AsSpan(done)).Ok();
        }
        finally
        {
            Close(fd).Ok();
        }
        return path;
    }

    /// <summary>Directories, outermost first, each with these permissions.</summary>
    internal static void Dirs(int mode, params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
            Mkdir(path, mode).Ok();
    }

    /// <summary>Runs with another user's credentials, on this thread alone, and comes back to root.</summary>
    internal void AsUser(uint uid, uint gid, uint[] groups, Action action)
    {
        if (!IsRoot)
            throw new InvalidOperationException("only root's cases can become somebody else");
        Identity.Become(uid, gid, groups);
        try
        {
            action();
        }
        finally
        {
            Identity.Restore();
        }
    }

    internal void As(uint uid, Action action) => AsUser(uid, uid, [uid], action);

    /// <summary>Waits until the coarsest clock that stamps files has moved (10 ms at CONFIG_HZ=100).</summary>
    internal static void Tick() => Thread.Sleep(15);

    /// <summary>Demands that the call moves ctime.</summary>
    internal static void ChangesCtime(string path, Action action)
    {
        var before = Lstat(path).Change;
        Tick();
        action();
        var after = Lstat(path).Change;
        True(after > before, $"ctime of {Name.Shown(path)} moved from {before} to {after}");
    }

    /// <summary>Demands that the call moves mtime and ctime.</summary>
    internal static void ChangesMtime(string path, Action action)
    {
        var before = Lstat(path);
        Tick();
        action();
        var after = Lstat(path);
        True(after.Modify > before.Modify, $"mtime of {Name.Shown(path)} moved from {before.Modify} to {after.Modify}");
        True(after.Change > before.Change, $"ctime of {Name.Shown(path)} moved from {before.Change} to {after.Change}");
    }

    /// <summary>Demands that mtime stays, whatever becomes of ctime.</summary>
    internal static void KeepsMtime(string path, Action action)
    {
        var before = Lstat(path).Modify;
        Tick();
        action();
        Equal(before, Lstat(path).Modify, $"mtime of {Name.Shown(path)}");
    }

    /// <summary>Demands that neither mtime nor ctime moves.</summary>
    internal static void KeepsTimes(string path, Action action)
    {
        var before = Lstat(path);
        Tick();
        action();
        var after = Lstat(path);
        Equal(before.Modify, after.Modify, $"mtime of {Name.Shown(path)}");
        Equal(before.Change, after.Change, $"ctime of {Name.Shown(path)}");
    }

    /// <summary>Ends the case without a verdict.</summary>
    /// <exception cref="CaseSkippedException">Always.</exception>
    internal static void Skip(string reason) => throw new CaseSkippedException(reason);

    internal void CloseAll()
    {
        foreach (int fd in _descriptors)
            Close(fd);
        _descriptors.Clear();
    }
}
