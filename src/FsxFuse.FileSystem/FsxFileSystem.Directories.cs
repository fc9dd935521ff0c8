using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>Requests about open directories.</summary>
public sealed partial class FsxFileSystem
{
    /// <inheritdoc/>
    public override void OpenDir(OpenDirRequest request) => Watch(OpenDirAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void ReadDir(ReadDirRequest request) => Watch(ReadDirAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void ReadDirPlus(ReadDirPlusRequest request) => Watch(ReadDirPlusAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void ReleaseDir(ReleaseDirRequest request)
    {
        if (_openDirectories.Remove(request.Handle) is { } open && _volume.Nodes.Closed(open.Node) is { Row.NLink: <= 0 } unused)
        {
            _reaper.Consider(unused.Id);
        }

        request.Reply();
    }

    /// <inheritdoc/>
    public override void FSyncDir(FSyncDirRequest request)
    {
        Watch(OffReader(SyncAsync, request), request.Pending);

        async ValueTask SyncAsync(FSyncDirRequest request)
        {
            await _volume.Store.SyncAsync().ConfigureAwait(false);
            request.Reply();
        }
    }

    private async ValueTask OpenDirAsync(OpenDirRequest request)
    {
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        _volume.Nodes.Opened(node);
        ulong handle = _openDirectories.Add(new OpenDirectory(node));
        if (!request.Reply(handle))
        {
            _openDirectories.Remove(handle);
            _volume.Nodes.Closed(node);
        }
    }

    private async ValueTask ReadDirAsync(ReadDirRequest request)
    {
        if (!_openDirectories.TryGet(request.Handle, out OpenDirectory? open))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        await open.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            ulong cookie = request.Offset;
            bool room = true;
            if (cookie < Directories.DotDotCookie)
            {
                room = await AddDotsAsync(open, cookie, request.TryAdd).ConfigureAwait(false);
                cookie = Directories.DotDotCookie;
            }

            bool fresh = request.Offset == 0;
            while (room)
            {
                int index = await FillAsync(open, fresh ? 0 : cookie, withInodes: false, request.Pending).ConfigureAwait(false);
                fresh = false;
                if (index >= open.Chunk.Count)
                {
                    break;
                }

                for (; index < open.Chunk.Count; index++)
                {
                    DentryRow dentry = open.Chunk[index].Dentry;
                    if (!request.TryAdd(InodeNumber(dentry), Directories.ToCookie(dentry), (DirentType)dentry.Type, dentry.Name.Span))
                    {
                        room = false;
                        break;
                    }

                    cookie = Directories.ToCookie(dentry);
                }
            }

            request.Send();
        }
        finally
        {
            open.Gate.Release();
        }
    }

    private async ValueTask ReadDirPlusAsync(ReadDirPlusRequest request)
    {
        if (!_openDirectories.TryGet(request.Handle, out OpenDirectory? open))
        {
            request.Fail(Errno.EBADF);
            return;
        }

        List<Node> referenced = [];
        await open.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            ulong cookie = request.Offset;
            bool room = true;
            if (cookie < Directories.DotDotCookie)
            {
                room = await AddDotsAsync(open, cookie, request.TryAdd).ConfigureAwait(false);
                cookie = Directories.DotDotCookie;
            }

            bool fresh = request.Offset == 0;
            while (room)
            {
                long seen = _volume.ForeignChanges;
                int index = await FillAsync(open, fresh ? 0 : cookie, withInodes: true, request.Pending).ConfigureAwait(false);
                fresh = false;
                if (index >= open.Chunk.Count)
                {
                    break;
                }

                for (; index < open.Chunk.Count; index++)
                {
                    NamedInode entry = open.Chunk[index];
                    if (!AddPlus(request, entry, referenced, seen))
                    {
                        room = false;
                        break;
                    }

                    cookie = Directories.ToCookie(entry.Dentry);
                }
            }

            // The chunk's rows are what the store said when it was read; what is handed out next time must not be older than that.
            open.ChunkAfter = -1;
            if (!request.Send())
            {
                Undo(referenced);
            }
        }
        catch
        {
            Undo(referenced);
            throw;
        }
        finally
        {
            open.Gate.Release();
        }
    }

    /// <summary>d_ino. It differs from the id only for an object imported anew, and then matters where st_ino was seen: for an inode that is held.</summary>
    private ulong InodeNumber(DentryRow dentry) =>
        (ulong)(_volume.Nodes.TryGet(dentry.Child, out Node? node) ? node.Row.Ino : dentry.Child);

    private ValueTask<int> FillAsync(OpenDirectory open, ulong cookie, bool withInodes, PendingRequest request) =>
        _directories.FillAsync(open, cookie, withInodes, open.IsListed ? CancellationToken.None : request.InterruptToken);

    private delegate bool DotsWriter(ulong ino, ulong cookie, DirentType type, ReadOnlySpan<byte> name);

    private async ValueTask<bool> AddDotsAsync(OpenDirectory open, ulong cookie, DotsWriter add)
    {
        if (cookie < Directories.DotCookie && !add((ulong)open.Node.Row.Ino, Directories.DotCookie, DirentType.Directory, "."u8))
        {
            return false;
        }

        DirectoryRow? directory = await _volume.GetDirectoryAsync(open.Node).ConfigureAwait(false);
        return add((ulong)(directory?.Parent ?? open.Node.Row.Ino), Directories.DotDotCookie, DirentType.Directory, ".."u8);
    }

    /// <summary>
    /// Adds an entry with its attributes if they are known. One whose HEAD is still due comes without (node id 0): a plain listing must
    /// cost no HEADs.
    /// </summary>
    private bool AddPlus(ReadDirPlusRequest request, NamedInode entry, List<Node> referenced, long seen)
    {
        ulong cookie = Directories.ToCookie(entry.Dentry);
        if (IsPending(entry.Inode))
        {
            return request.TryAdd((ulong)entry.Inode.Ino, cookie, (DirentType)entry.Dentry.Type, entry.Dentry.Name.Span);
        }

        Node node = _volume.Nodes.Reference(entry.Inode);
        if (entry.Inode.IsDirectory)
        {
            node.ListedNs = _volume.NowNs;
        }

        EntryReply reply = AttributeReplies.Entry(node, _volume.TimeoutSince(seen));
        if (request.TryAddPlus(in reply, cookie, entry.Dentry.Name.Span))
        {
            referenced.Add(node);
            return true;
        }

        Drop(node.Id, 1);
        return false;
    }

    private void Undo(List<Node> referenced)
    {
        foreach (Node node in referenced)
        {
            Drop(node.Id, 1);
        }
    }
}
