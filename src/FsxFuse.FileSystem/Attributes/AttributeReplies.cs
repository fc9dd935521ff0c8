using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>Rows as the kernel's structs.</summary>
internal static class AttributeReplies
{
    /// <summary>Best size for one request to a remote file (st_blksize), bytes.</summary>
    public const uint BlockSize = 4096;

    private const long Nanoseconds = 1_000_000_000;

    /// <summary>A node's attributes, live size and times included.</summary>
    public static FuseAttributes From(Node node)
    {
        InodeRow row = node.Current;
        return From(row, AllocatedBlocks(node, row));
    }

    private static FuseAttributes From(InodeRow row, ulong blocks)
    {
        (long atime, uint atimeNsec) = Split(row.AtimeNs);
        (long mtime, uint mtimeNsec) = Split(row.MtimeNs);
        (long ctime, uint ctimeNsec) = Split(row.CtimeNs);
        return new FuseAttributes
        {
            Ino = (ulong)row.Ino,
            Size = (ulong)row.Size,
            Blocks = blocks,
            ATime = atime,
            ATimeNsec = atimeNsec,
            MTime = mtime,
            MTimeNsec = mtimeNsec,
            CTime = ctime,
            CTimeNsec = ctimeNsec,
            Mode = row.Mode,
            Nlink = (uint)Math.Max(row.NLink, 0),
            Uid = row.Uid,
            Gid = row.Gid,
            Rdev = row.Rdev,
            BlockSize = BlockSize,
        };
    }

    /// <summary>The same for statx(2), with the time of birth.</summary>
    public static StatxAttributes StatxFrom(Node node)
    {
        InodeRow row = node.Current;
        const uint BasicStatsAndBirth = 0x0fff;
        return new StatxAttributes
        {
            Mask = BasicStatsAndBirth,
            BlockSize = BlockSize,
            Nlink = (uint)Math.Max(row.NLink, 0),
            Uid = row.Uid,
            Gid = row.Gid,
            Mode = (ushort)row.Mode,
            Ino = (ulong)row.Ino,
            Size = (ulong)row.Size,
            Blocks = AllocatedBlocks(node, row),
            ATime = Time(row.AtimeNs),
            BTime = Time(row.BtimeNs),
            CTime = Time(row.CtimeNs),
            MTime = Time(row.MtimeNs),
            RdevMajor = (row.Rdev & 0xfff00) >> 8,
            RdevMinor = (row.Rdev & 0xff) | ((row.Rdev >> 12) & 0xfff00),
        };
    }

    /// <summary>An entry. Attributes that the store has newer, or that are still to be read, are not to be kept: the kernel asks before it uses them.</summary>
    public static EntryReply Entry(Node node, TimeSpan timeout) => new()
    {
        NodeId = (ulong)node.Id,
        Generation = Generation(node.Id),
        EntryTimeout = timeout,
        AttrTimeout = node.IsStale || (node.Row.Flags & InodeFlags.AttributesPending) != 0 ? TimeSpan.Zero : timeout,
        Attr = From(node),
    };

    /// <summary>
    /// Numbers are never given twice, so one generation serves all. The root's is the kernel's own: kernels from 5.14 to 6.8 take any other in
    /// an answer to ".." for a number used again, and the mount for dead (fuse_stale_inode in fs/fuse/fuse_i.h).
    /// </summary>
    private static ulong Generation(long id) => id == InodeRow.RootId ? 0UL : 1UL;

    public static AttrReply Attributes(Node node, TimeSpan timeout) => new() { AttrTimeout = timeout, Attr = From(node) };

    /// <summary>Nanoseconds since 1970 from what the kernel sends; out of range is cut to what 64 bits of ns hold (years 1678–2262).</summary>
    public static long Join(long seconds, uint nanoseconds)
    {
        const long Limit = long.MaxValue / Nanoseconds - 1;
        return Math.Clamp(seconds, -Limit, Limit) * Nanoseconds + nanoseconds;
    }

    /// <summary>
    /// st_blocks, in units of 512 bytes. An open file that is all in the cache has what its content file has, holes left out. Any other
    /// counts as if every byte were allocated: what is in the bucket is there too, and programs take a file without blocks for a hole.
    /// </summary>
    private static ulong AllocatedBlocks(Node node, InodeRow row)
    {
        if (!row.IsRegular)
        {
            return row.IsDirectory ? 8UL : 0UL;
        }

        try
        {
            if (node.Content is { } content)
            {
                return (ulong)content.Stat().Blocks;
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed in this moment.
        }

        return (ulong)((row.Size + 511) / 512);
    }

    private static StatxTime Time(long ns)
    {
        (long seconds, uint nanoseconds) = Split(ns);
        return new StatxTime { Seconds = seconds, Nanoseconds = nanoseconds };
    }

    private static (long Seconds, uint Nanoseconds) Split(long ns)
    {
        long seconds = Math.DivRem(ns, Nanoseconds, out long rest);
        return rest < 0 ? (seconds - 1, (uint)(rest + Nanoseconds)) : (seconds, (uint)rest);
    }
}
