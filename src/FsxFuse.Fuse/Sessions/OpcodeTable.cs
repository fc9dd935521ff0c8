using System.Runtime.CompilerServices;
using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>
/// What the file system is asked: a row for each operation that has a reply. A name counts as at least two bytes, with its NUL.
/// INIT, FORGET, BATCH_FORGET, INTERRUPT and DESTROY are the session's own.
/// </summary>
internal static class OpcodeTable
{
    private static readonly OpcodeHandler[] s_rows = Build();

    /// <summary>The row, or one without a handler: the answer is ENOSYS.</summary>
    public static ref readonly OpcodeHandler Find(Opcode opcode) => ref s_rows[(uint)opcode < (uint)s_rows.Length ? (int)opcode : 0];

    private static OpcodeHandler[] Build()
    {
        OpcodeHandler[] rows = new OpcodeHandler[(int)Opcode.COPY_FILE_RANGE_64 + 1];
        const int Name = 2;

        Add(Opcode.LOOKUP, Name, static (fs, r) => fs.Lookup(new(r)));
        Add(Opcode.GETATTR, Size<GetAttrIn>(), static (fs, r) => fs.GetAttr(new(r)));
        Add(Opcode.SETATTR, Size<SetAttrIn>(), static (fs, r) => fs.SetAttr(new(r)));
        Add(Opcode.READLINK, 0, static (fs, r) => fs.ReadLink(new(r)));
        Add(Opcode.SYMLINK, Name + Name, static (fs, r) => fs.Symlink(new(r)));
        Add(Opcode.MKNOD, Size<MknodIn>() + Name, static (fs, r) => fs.MkNod(new(r)));
        Add(Opcode.MKDIR, Size<MkdirIn>() + Name, static (fs, r) => fs.MkDir(new(r)));
        Add(Opcode.UNLINK, Name, static (fs, r) => fs.Unlink(new(r)));
        Add(Opcode.RMDIR, Name, static (fs, r) => fs.RmDir(new(r)));
        Add(Opcode.RENAME, Size<RenameIn>() + Name + Name, static (fs, r) => fs.Rename(new(r)));
        Add(Opcode.RENAME2, Size<Rename2In>() + Name + Name, static (fs, r) => fs.Rename(new(r)));
        Add(Opcode.LINK, Size<LinkIn>() + Name, static (fs, r) => fs.Link(new(r)));
        Add(Opcode.OPEN, Size<OpenIn>(), static (fs, r) => fs.Open(new(r)));
        Add(Opcode.READ, Size<ReadIn>(), static (fs, r) => fs.Read(new(r)));
        Add(Opcode.WRITE, Size<WriteIn>(), static (fs, r) => fs.Write(new(r)));
        Add(Opcode.STATFS, 0, static (fs, r) => fs.StatFs(new(r)));
        Add(Opcode.RELEASE, Size<ReleaseIn>(), static (fs, r) => fs.Release(new(r)));
        Add(Opcode.FSYNC, Size<FSyncIn>(), static (fs, r) => fs.FSync(new(r)));
        Add(Opcode.SETXATTR, Size<SetXAttrCompatIn>() + Name, static (fs, r) => fs.SetXAttr(new(r)));
        Add(Opcode.GETXATTR, Size<GetXAttrIn>() + Name, static (fs, r) => fs.GetXAttr(new(r)));
        Add(Opcode.LISTXATTR, Size<GetXAttrIn>(), static (fs, r) => fs.ListXAttr(new(r)));
        Add(Opcode.REMOVEXATTR, Name, static (fs, r) => fs.RemoveXAttr(new(r)));
        Add(Opcode.FLUSH, Size<FlushIn>(), static (fs, r) => fs.Flush(new(r)));
        Add(Opcode.OPENDIR, Size<OpenIn>(), static (fs, r) => fs.OpenDir(new(r)));
        Add(Opcode.READDIR, Size<ReadIn>(), static (fs, r) => fs.ReadDir(new(r)));
        Add(Opcode.READDIRPLUS, Size<ReadIn>(), static (fs, r) => fs.ReadDirPlus(new(r)));
        Add(Opcode.RELEASEDIR, Size<ReleaseIn>(), static (fs, r) => fs.ReleaseDir(new(r)));
        Add(Opcode.FSYNCDIR, Size<FSyncIn>(), static (fs, r) => fs.FSyncDir(new(r)));
        Add(Opcode.GETLK, Size<LockIn>(), static (fs, r) => fs.GetLk(new(r)));
        Add(Opcode.SETLK, Size<LockIn>(), static (fs, r) => fs.SetLk(new(r)));
        Add(Opcode.SETLKW, Size<LockIn>(), static (fs, r) => fs.SetLk(new(r)));
        Add(Opcode.ACCESS, Size<AccessIn>(), static (fs, r) => fs.Access(new(r)));
        Add(Opcode.CREATE, Size<CreateIn>() + Name, static (fs, r) => fs.Create(new(r)));
        Add(Opcode.TMPFILE, Size<CreateIn>(), static (fs, r) => fs.TmpFile(new(r)));
        Add(Opcode.FALLOCATE, Size<FallocateIn>(), static (fs, r) => fs.Fallocate(new(r)));
        Add(Opcode.LSEEK, Size<LSeekIn>(), static (fs, r) => fs.LSeek(new(r)));
        Add(Opcode.COPY_FILE_RANGE, Size<CopyFileRangeIn>(), static (fs, r) => fs.CopyFileRange(new(r)));
        Add(Opcode.COPY_FILE_RANGE_64, Size<CopyFileRangeIn>(), static (fs, r) => fs.CopyFileRange(new(r)));
        Add(Opcode.STATX, Size<StatxIn>(), static (fs, r) => fs.Statx(new(r)));
        Add(Opcode.IOCTL, Size<IoctlIn>(), static (fs, r) => fs.Ioctl(new(r)));
        Add(Opcode.POLL, Size<PollIn>(), static (fs, r) => fs.Poll(new(r)));
        Add(Opcode.BMAP, Size<BMapIn>(), static (fs, r) => fs.BMap(new(r)));
        return rows;

        void Add(Opcode opcode, int minimum, Action<FuseFileSystem, PendingRequest> invoke) => rows[(int)opcode] = new(minimum, invoke);
    }

    private static int Size<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();
}
