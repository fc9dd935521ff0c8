using FsxFuse.Cache;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// One inode that the kernel knows or that is open here: the newest row seen, the open content, and, while somebody writes, the
/// size and times that the row does not have yet.
/// </summary>
/// <remarks>
/// Fields are guarded by <c>lock (node)</c>, which is held for a few instructions and never across a call that waits. Steps that
/// belong together (first write, truncation, rest) hold <see cref="Gate"/>, always taken before any lock of the cache.
/// </remarks>
internal sealed class Node
{
    private InodeRow _row;
    private bool _stale;

    public Node(InodeRow row)
    {
        _row = row;
        Id = row.Id;
    }

    public long Id { get; }

    /// <summary>One at a time: changes of the content as a whole.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>References the kernel holds; guarded by the table's lock.</summary>
    public long Lookups { get; set; }

    /// <summary>Open handles, files and directories; guarded by the table's lock.</summary>
    public int Handles { get; set; }

    /// <summary>Open handles that may write; guarded by the gate.</summary>
    public int Writers { get; set; }

    /// <summary>The open content while there is a handle; changed under the gate.</summary>
    public Content? Content { get; set; }

    /// <summary>The directory row as last read; null when unknown.</summary>
    public DirectoryRow? Directory { get; set; }

    /// <summary>Whether a default ACL exists here: null when not looked up yet. Only for directories.</summary>
    public bool? HasDefaultAcl { get; set; }

    /// <summary>True between the first write and the rest: size, mtime and ctime are <see cref="Live"/>, not the row's.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Size and times while <see cref="IsLive"/>.</summary>
    public LiveState Live { get; private set; }

    /// <summary>An access time that reads set and that is not in the row yet; 0 = none.</summary>
    public long PendingAtimeNs { get; private set; }

    /// <summary>The newest row seen. It may lag behind the store when <see cref="IsStale"/>.</summary>
    public InodeRow Row
    {
        get
        {
            lock (this)
            {
                return _row;
            }
        }
    }

    /// <summary>True when a commit changed the row in the store only.</summary>
    public bool IsStale
    {
        get
        {
            lock (this)
            {
                return _stale;
            }
        }
    }

    /// <summary>The row as stat(2) should see it: with live size and times folded in.</summary>
    public InodeRow Current
    {
        get
        {
            lock (this)
            {
                return Fold(_row);
            }
        }
    }

    /// <summary>Takes a row read or committed, unless a newer one is known.</summary>
    public void Accept(InodeRow row)
    {
        lock (this)
        {
            if (row.Version >= _row.Version)
            {
                _row = row;
            }
        }
    }

    /// <summary>Says that the store has something newer.</summary>
    public void MarkStale()
    {
        lock (this)
        {
            _stale = true;
        }
    }

    /// <summary>Called before the row is read again: a commit in between marks it stale once more.</summary>
    public void ClearStale()
    {
        lock (this)
        {
            _stale = false;
        }
    }

    /// <summary>The file begins to change: from here on size and times are kept here.</summary>
    public void GoLive(long size)
    {
        lock (this)
        {
            if (!IsLive)
            {
                IsLive = true;
                Live = new LiveState(size, _row.MtimeNs, _row.CtimeNs);
            }
        }
    }

    /// <summary>Sets size and times while live.</summary>
    public void SetLive(long size, long mtimeNs, long ctimeNs)
    {
        lock (this)
        {
            Live = new LiveState(size, mtimeNs, ctimeNs);
        }
    }

    /// <summary>A write ended at <paramref name="end"/>.</summary>
    public void Wrote(long end, long nowNs)
    {
        lock (this)
        {
            Live = new LiveState(Math.Max(Live.Size, end), nowNs, nowNs);
        }
    }

    /// <summary>The row has everything: nothing is live any more.</summary>
    public void Settle(InodeRow row)
    {
        lock (this)
        {
            IsLive = false;
            if (row.Version >= _row.Version)
            {
                _row = row;
            }
        }
    }

    /// <summary>
    /// Notes an access, by the rule of relatime (mount(8)): only when the access time is not after the last change, or a day old.
    /// Returns true when there is now something to write.
    /// </summary>
    public bool Accessed(long nowNs)
    {
        const long Day = 86_400_000_000_000;
        lock (this)
        {
            InodeRow now = Fold(_row);
            if (now.AtimeNs > now.MtimeNs && now.AtimeNs > now.CtimeNs && nowNs - now.AtimeNs < Day)
            {
                return false;
            }

            bool first = PendingAtimeNs == 0;
            PendingAtimeNs = nowNs;
            return first;
        }
    }

    /// <summary>The access time is in the row, or was set explicitly.</summary>
    public void ForgetAccess()
    {
        lock (this)
        {
            PendingAtimeNs = 0;
        }
    }

    private InodeRow Fold(InodeRow row)
    {
        if (IsLive && (row.Size != Live.Size || row.MtimeNs != Live.MtimeNs || row.CtimeNs != Live.CtimeNs))
        {
            row = row with { Size = Live.Size, MtimeNs = Live.MtimeNs, CtimeNs = Math.Max(Live.CtimeNs, row.CtimeNs) };
        }

        return PendingAtimeNs > row.AtimeNs ? row with { AtimeNs = PendingAtimeNs } : row;
    }
}
