using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>
/// The directory tree that stands for a bucket. Directories are opened beneath the root through no symlink; what is inside one is
/// then named through <c>/proc/self/fd</c>, so nobody who rearranges the tree meanwhile leads an access outside of it.
/// </summary>
internal sealed class LocalTree : IDisposable
{
    /// <summary>The store's own directory for what is not in its place yet.</summary>
    public const string Temporary = "tmp";

    private readonly string _path;
    private readonly LocalRecords _records;
    private readonly Lock _opening = new();
    private SafeFileHandle? _root;

    public LocalTree(string path)
    {
        _path = path;
        _records = new LocalRecords(this);
    }

    public string Location => $"file://{_path}";

    public LocalRecords Records => _records;

    private SafeFileHandle Root
    {
        get
        {
            lock (_opening)
                return _root ??= OpenRoot();
        }
    }

    /// <summary>Path of a name inside an open directory.</summary>
    public static string PathIn(SafeFileHandle directory, string name) => $"/proc/self/fd/{directory.DangerousGetHandle()}/{name}";

    /// <summary>Opens a directory by its path relative to the root; null when there is none.</summary>
    public SafeFileHandle? TryOpen(string relative) => NativeFile.TryOpenBeneath(Root, relative);

    /// <summary>Opens a directory, creating what is missing of it. Directories created here exist for the objects beneath them only.</summary>
    public SafeFileHandle OpenOrCreate(string relative)
    {
        if (TryOpen(relative) is { } existing)
            return existing;
        int slash = relative.LastIndexOf('/');
        string name = relative[(slash + 1)..];
        using SafeFileHandle parent = OpenOrCreate(slash < 0 ? "" : relative[..slash]);
        CreateImplicit(PathIn(parent, name), relative + "/");
        SafeFileHandle made = TryOpen(relative) ?? throw new NativeFileException(NativeFile.ENOTDIR, relative);
        // With its record, without which it would pass for an object.
        NativeFile.Sync(made);
        NativeFile.Sync(parent);
        return made;
    }

    /// <summary>Opens (and creates) a directory of the store's own.</summary>
    public SafeFileHandle OpenBookkeeping(string name)
    {
        string relative = name.Length == 0 ? LocalKey.Bookkeeping : $"{LocalKey.Bookkeeping}/{name}";
        if (TryOpen(relative) is { } existing)
            return existing;
        CreatePrivate(Root, LocalKey.Bookkeeping);
        if (name.Length > 0)
        {
            using SafeFileHandle own = TryOpen(LocalKey.Bookkeeping) ?? throw new NativeFileException(NativeFile.ENOTDIR, relative);
            CreatePrivate(own, name);
        }
        return TryOpen(relative) ?? throw new NativeFileException(NativeFile.ENOTDIR, relative);
    }

    /// <summary>Removes a directory, and those above it, that exist for objects beneath them and have none left. The caller holds the lock.</summary>
    public void Prune(string relative)
    {
        while (relative.Length > 0)
        {
            int slash = relative.LastIndexOf('/');
            string above = slash < 0 ? "" : relative[..slash];
            using SafeFileHandle? parent = TryOpen(above);
            if (parent is null)
                return;
            string path = PathIn(parent, relative[(slash + 1)..]);
            if (_records.Read(path, relative + "/") is not { Implicit: true })
                return;
            try
            {
                NativeFile.RemoveDirectory(path);
            }
            catch (NativeFileException e) when (e.Errno is NativeFile.ENOTEMPTY or NativeFile.EEXIST or NativeFile.ENOENT or NativeFile.EBUSY)
            {
                return;
            }
            _records.Forget(relative + "/");
            relative = above;
        }
    }

    public void Dispose()
    {
        lock (_opening)
            _root?.Dispose();
    }

    /// <summary>Marked first and then moved into its place: without the mark it would be listed as an object, for good if we were killed in between.</summary>
    private void CreateImplicit(string path, string key)
    {
        LocalRecord record = new() { Implicit = true };
        using SafeFileHandle beside = OpenBookkeeping(Temporary);
        string made = PathIn(beside, Guid.NewGuid().ToString("N"));
        NativeFile.CreateDirectory(made, 0x1ED);
        try
        {
            bool inAttribute = LocalRecords.TryWriteAttribute(made, record);
            if (!inAttribute)
                _records.WriteSidecar(key, record);
            NativeFile.Rename(made, path);
            if (inAttribute)
                _records.Forget(key);
        }
        catch (NativeFileException e)
        {
            NativeFile.RemoveDirectory(made);
            // Another program made it meanwhile, and something in it.
            if (e.Errno is not (NativeFile.ENOTEMPTY or NativeFile.EEXIST))
                throw;
        }
    }

    private static void CreatePrivate(SafeFileHandle parent, string name)
    {
        try
        {
            NativeFile.CreateDirectory(PathIn(parent, name), 0x1C0);
        }
        catch (NativeFileException e) when (e.Errno == NativeFile.EEXIST)
        {
        }
    }

    private SafeFileHandle OpenRoot()
    {
        try
        {
            return NativeFile.OpenRoot(_path);
        }
        catch (NativeFileException e) when (e.Errno is NativeFile.ENOENT or NativeFile.ENOTDIR)
        {
            throw new ObjectStoreException(
                ObjectStoreErrorKind.NoSuchBucket, $"The directory {_path} does not exist, or is no directory. Create it, or mount what belongs there.", e);
        }
    }
}
