namespace FsxFuse.Posix.Cases.Table;

/// <summary>One of the seven types of file, for rules that hold for each.</summary>
internal sealed record FileKind(string Word, int Type, byte EntryType, Action<string> Make)
{
    internal static readonly FileKind Regular = new("file", S_IFREG, DT_REG, p => PosixContext.File(p));
    internal static readonly FileKind Folder = new("directory", S_IFDIR, DT_DIR, p => Mkdir(p).Ok());
    internal static readonly FileKind Fifo = new("fifo", S_IFIFO, DT_FIFO, p => Mkfifo(p).Ok());
    internal static readonly FileKind Socket = new("socket", S_IFSOCK, DT_SOCK, p => BindSocket(p).Ok());
    internal static readonly FileKind Link = new("symlink", S_IFLNK, DT_LNK, p => Symlink("target", p).Ok());
    internal static readonly FileKind Character = new("character", S_IFCHR, DT_CHR, p => Mknod(p, S_IFCHR, 644, 1, 3).Ok());
    internal static readonly FileKind Block = new("block", S_IFBLK, DT_BLK, p => Mknod(p, S_IFBLK, 644, 7, 250).Ok());

    /// <summary>What anybody can make.</summary>
    internal static FileKind[] Ordinary => [Regular, Folder, Fifo, Socket, Link];

    internal static FileKind[] Devices => [Character, Block];

    internal static FileKind[] All => [.. Ordinary, .. Devices];

    /// <summary>Adds a case for each type, as root alone for devices.</summary>
    internal static void ForEach(CaseList t, string name, Action<PosixContext, FileKind> run, params ReadOnlySpan<FileKind> except)
    {
        foreach (var kind in All)
        {
            if (except.Contains(kind))
                continue;
            if (Devices.Contains(kind))
                t.Root($"{name}_{kind.Word}", c => run(c, kind));
            else
                t.Both($"{name}_{kind.Word}", c => run(c, kind));
        }
    }

    internal void Remove(string path)
    {
        if (this == Folder)
            Rmdir(path).Ok();
        else
            Unlink(path).Ok();
    }
}
