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
    private Content? _content;
    private DirectoryRow? _directory;
    private int _directoryChanges;
    private long _listedNs;
    private Known _defaultAcl;
    private Known _capability;

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
    public Content? Content
    {
        get => Volatile.Read(ref _content);
        set
        {
            lock (this)
            {
                _content = value;
            }
        }
    }

    /// <summary>The directory row as last read; null when unknown.</summary>
    public DirectoryRow? Directory => Volatile.Read(ref _directory);

    /// <summary>How often <see cref="Directory"/> was forgotten: read before the store, given to <see cref="LearnDirectory"/>.</summary>
    public int DirectoryChanges => Volatile.Read(ref _directoryChanges);

    /// <summary>False when it is known that no default ACL exists here. Only for directories.</summary>
    public bool MayHaveDefaultAcl => _defaultAcl != Known.Absent;

    /// <summary>False when it is known that the file has no capabilities (security.capability).</summary>
    public bool MayHaveCapability => _capability != Known.Absent;

    /// <summary>When the attributes of this directory were last handed out in a listing of the one above, ns since 1970.</summary>
    public long ListedNs
    {
        get => Volatile.Read(ref _listedNs);
        set => Volatile.Write(ref _listedNs, value);
    }

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

    /// <summary>Takes a row read or committed, unless a newer one is known. True when it changed what stat(2) tells, or which content is read.</summary>
    public bool Accept(InodeRow row)
    {
        lock (this)
        {
            if (row.Version < _row.Version)
            {
                return false;
            }

            InodeRow before = _row;
            _row = row;
            return row with { Version = before.Version, Flags = before.Flags, Target = before.Target } != before;
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

    /// <summary>Sets the size and both times while live.</summary>
    public void SetLive(long size, long nowNs)
    {
        lock (this)
        {
            Live = new LiveState(size, nowNs, nowNs);
        }
    }

    /// <summary>Sets times alone: a write that goes on beside keeps its size.</summary>
    public void SetLiveTimes(long? mtimeNs, long ctimeNs)
    {
        lock (this)
        {
            Live = Live with { MtimeNs = mtimeNs ?? Live.MtimeNs, CtimeNs = Math.Max(ctimeNs, Live.CtimeNs) };
        }
    }

    /// <summary>A write to <paramref name="content"/> ended at <paramref name="end"/>. One that was overtaken by a truncation to zero leaves no trace.</summary>
    public void Wrote(Content content, long end, long nowNs)
    {
        lock (this)
        {
            if (ReferenceEquals(content, _content))
            {
                Live = new LiveState(Math.Max(Live.Size, end), nowNs, nowNs);
            }
        }
    }

    /// <summary>The file has a new, empty content that is being written, by the commit of <paramref name="row"/>.</summary>
    public void Restart(Content content, InodeRow row)
    {
        lock (this)
        {
            _content = content;
            if (row.Version >= _row.Version)
            {
                _row = row;
            }

            IsLive = true;
            Live = new LiveState(0, _row.MtimeNs, _row.CtimeNs);
        }
    }

    /// <summary>The inode is gone from the store: there is nothing left to keep.</summary>
    public void Abandon()
    {
        lock (this)
        {
            IsLive = false;
        }
    }

    /// <summary>Remembers a directory row, unless it was forgotten since <paramref name="changes"/> was read.</summary>
    public void LearnDirectory(DirectoryRow? row, int changes)
    {
        lock (this)
        {
            if (changes == _directoryChanges)
            {
                _directory = row;
            }
        }
    }

    /// <summary>The directory row changed, or may have.</summary>
    public void ForgetDirectory()
    {
        lock (this)
        {
            _directory = null;
            _directoryChanges++;
        }
    }

    /// <summary>An extended attribute of this inode is about to be set, or was by somebody else.</summary>
    public void MayHaveXattr(FileName name)
    {
        lock (this)
        {
            if (name == AccessControlLists.DefaultName)
            {
                _defaultAcl = Known.Possible;
            }
            else if (name == ExtendedAttributes.CapabilityName)
            {
                _capability = Known.Possible;
            }
        }
    }

    /// <summary>The store had no such attribute. What was set meanwhile counts more.</summary>
    public void LacksXattr(FileName name)
    {
        lock (this)
        {
            if (name == AccessControlLists.DefaultName && _defaultAcl == Known.Unknown)
            {
                _defaultAcl = Known.Absent;
            }
            else if (name == ExtendedAttributes.CapabilityName && _capability == Known.Unknown)
            {
                _capability = Known.Absent;
            }
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
    /// Notes an access, by the rule of relatime (mount(8)): only when the access time is not after the last change, or a day old. Strictly: always.
    /// Returns true when there is now something to write.
    /// </summary>
    public bool Accessed(long nowNs, bool strict = false)
    {
        const long Day = 86_400_000_000_000;
        lock (this)
        {
            long atime = PendingAtimeNs != 0 ? Math.Max(_row.AtimeNs, PendingAtimeNs) : _row.AtimeNs;
            long mtime = IsLive ? Live.MtimeNs : _row.MtimeNs;
            long ctime = IsLive ? Math.Max(Live.CtimeNs, _row.CtimeNs) : _row.CtimeNs;
            if (!strict && atime > mtime && atime > ctime && nowNs - atime < Day)
            {
                return false;
            }

            bool first = PendingAtimeNs == 0;
            PendingAtimeNs = nowNs;
            return first;
        }
    }

    /// <summary>The access time was set explicitly, or cannot be stored.</summary>
    public void ForgetAccess()
    {
        lock (this)
        {
            PendingAtimeNs = 0;
        }
    }

    /// <summary>That access time is in the row. False when there was a later access, which is still to be written.</summary>
    public bool StoredAccess(long atimeNs)
    {
        lock (this)
        {
            if (PendingAtimeNs > atimeNs)
            {
                return false;
            }

            PendingAtimeNs = 0;
            return true;
        }
    }

    private enum Known : byte
    {
        Unknown,
        Absent,
        Possible,
    }

    private InodeRow Fold(InodeRow row)
    {
        if (IsLive && (row.Size != Live.Size || row.MtimeNs != Live.MtimeNs || row.CtimeNs != Live.CtimeNs))
        {
            row = row with { Size = Live.Size, MtimeNs = Live.MtimeNs, CtimeNs = Math.Max(Live.CtimeNs, row.CtimeNs) };
        }

        return PendingAtimeNs != 0 && PendingAtimeNs > row.AtimeNs ? row with { AtimeNs = PendingAtimeNs } : row;
    }
}
