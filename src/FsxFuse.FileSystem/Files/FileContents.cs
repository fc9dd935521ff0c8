using FsxFuse.Cache;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// The life of a file's content between opens: attached on first use, marked before the first write is acknowledged, at rest when
/// the last writer is gone. Everything here that changes a content as a whole holds the node's gate.
/// </summary>
internal sealed class FileContents
{
    private readonly Volume _volume;
    private readonly ExportNotes _exports;
    private readonly OrphanReaper _reaper;
    private readonly RestRetries _retries;

    public FileContents(Volume volume, ExportNotes exports, OrphanReaper reaper, RestRetries retries)
    {
        _volume = volume;
        _exports = exports;
        _reaper = reaper;
        _retries = retries;
        _retries.Rest = RestAgainAsync;
    }

    /// <summary>A handle was opened. Writers are counted under the gate, so that the rest after the last one sees them all.</summary>
    public async ValueTask OpenedAsync(Node node, bool canWrite)
    {
        _volume.Nodes.Opened(node);
        if (canWrite)
        {
            await node.Gate.WaitAsync().ConfigureAwait(false);
            node.Writers++;
            node.Gate.Release();
        }
    }

    /// <summary>A new file was created open for writing, its content already marked.</summary>
    /// <exception cref="CacheException">There is no room for its content file; nothing was opened.</exception>
    public void Created(Node node, ContentRow content)
    {
        Content attached = _volume.Cache.Attach(content);
        _volume.Nodes.Opened(node);
        node.Writers++;
        node.Content = attached;
        node.GoLive(0);
    }

    /// <summary>
    /// A handle was closed: the last writer brings the file to rest, the last handle lets the content go. It does not fail: close(2) could not
    /// tell anybody.
    /// </summary>
    public async ValueTask ClosedAsync(Node node, bool couldWrite)
    {
        if (couldWrite)
        {
            await node.Gate.WaitAsync().ConfigureAwait(false);
            try
            {
                node.Writers--;
                await RestIfUnwrittenAsync(node).ConfigureAwait(false);
            }
            finally
            {
                node.Gate.Release();
            }
        }

        await LeaveAsync(node).ConfigureAwait(false);
    }

    /// <summary>The content to read from; null when the file was never written and is empty.</summary>
    public ValueTask<Content?> GetAsync(Node node, CancellationToken cancel)
    {
        return node.Content is { } open ? new(open) : AttachAsync(node, cancel);

        async ValueTask<Content?> AttachAsync(Node node, CancellationToken cancel)
        {
            await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return await AttachLockedAsync(node, cancel).ConfigureAwait(false);
            }
            finally
            {
                node.Gate.Release();
            }
        }
    }

    /// <summary>The content to write to: marked as being written, in a commit that stands before the write is acknowledged.</summary>
    public ValueTask<Content> PrepareWriteAsync(Node node, CancellationToken cancel)
    {
        return node is { IsLive: true, Content: { } content } ? new(content) : PrepareSlowlyAsync(node, cancel);

        async ValueTask<Content> PrepareSlowlyAsync(Node node, CancellationToken cancel)
        {
            await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return await PrepareLockedAsync(node, cancel).ConfigureAwait(false);
            }
            finally
            {
                node.Gate.Release();
            }
        }
    }

    /// <summary>Sets the length. To zero makes a new content, so that the old bytes stay whole until the commit is stable.</summary>
    public async ValueTask TruncateAsync(Node node, long length, bool killPrivileges, CancellationToken cancel)
    {
        await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await _volume.RefreshAsync(node).ConfigureAwait(false);
            if (length == 0)
            {
                await ReplaceAsync(node, killPrivileges).ConfigureAwait(false);
            }
            else
            {
                await ResizeAsync(node, length, killPrivileges, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            // Also after a failure: what was marked for it must not stay so.
            await RestIfUnwrittenAsync(node).ConfigureAwait(false);
            DetachIfUnused(node);
            node.Gate.Release();
        }
    }

    /// <summary>Makes bytes, size and times survive power loss. The gate is not held while the device is waited for.</summary>
    public async ValueTask SyncAsync(Node node, bool dataOnly, CancellationToken cancel)
    {
        await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await FoldAsync(node).ConfigureAwait(false);
        }
        finally
        {
            node.Gate.Release();
        }

        if (!await TrySyncContentAsync(node, dataOnly, cancel).ConfigureAwait(false))
        {
            await _volume.Store.SyncAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Makes the bytes of an inode that is about to replace a name survive power loss, without a word about names. The inode's row is not
    /// touched: the caller's commit guards it.
    /// </summary>
    public async ValueTask FlushAsync(long inode, CancellationToken cancel)
    {
        if (!_volume.Nodes.TryGet(inode, out Node? node))
        {
            if (await _volume.Store.GetInodeAsync(inode, cancel).ConfigureAwait(false) is not { } row)
            {
                return;
            }

            node = new Node(row);
        }

        if (node.Row.ContentId != 0 && await _volume.Store.GetContentAsync(node.Row.ContentId, cancel).ConfigureAwait(false) is { UnsyncedBoot: not null })
        {
            await TrySyncContentAsync(node, dataOnly: true, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the row of a live file as it is now, and keeps it live.</summary>
    public async ValueTask FoldAsync(Node node)
    {
        if (node.IsLive && !ReferenceEquals(node.Current, node.Row))
        {
            await _volume.ChangeAsync(node, 0, static (row, _) => row).ConfigureAwait(false);
        }
    }

    /// <summary>True when a failure only says that a truncation to zero gave the file another content: the step is done again on that.</summary>
    public static bool WasReplaced(Node node, Content content, Exception failure) =>
        failure is ObjectDisposedException or CacheException { Errno: (int)Errno.ESTALE } && node.Content is { } now && !ReferenceEquals(now, content);

    /// <summary>Syncs the content as it is now; false when there is none.</summary>
    private async ValueTask<bool> TrySyncContentAsync(Node node, bool dataOnly, CancellationToken cancel)
    {
        while (true)
        {
            long id = node.Row.ContentId;
            if (id == 0)
            {
                return false;
            }

            try
            {
                // A reference of its own: a close or a truncation may come meanwhile.
                using Content content = await _volume.Cache.OpenAsync(id, cancel).ConfigureAwait(false);
                await content.SyncAsync(dataOnly, cancel).ConfigureAwait(false);
                return true;
            }
            catch (Exception failure) when (failure is ObjectDisposedException or CacheException { Errno: (int)Errno.ESTALE or (int)Errno.ENOENT })
            {
                // Truncated to zero, or deleted.
                if (!await _volume.ReloadAsync(node).ConfigureAwait(false) || node.Row.ContentId == id)
                {
                    return false;
                }
            }
        }
    }

    private async ValueTask<Content?> AttachLockedAsync(Node node, CancellationToken cancel)
    {
        if (node.Content is null && node.Row.ContentId != 0)
        {
            node.Content = await _volume.Cache.OpenAsync(node.Row.ContentId, cancel).ConfigureAwait(false);
        }

        return node.Content;
    }

    private async ValueTask<Content> PrepareLockedAsync(Node node, CancellationToken cancel)
    {
        if (node is { IsLive: true, Content: { } live })
        {
            return live;
        }

        await _volume.RefreshAsync(node).ConfigureAwait(false);
        if (await AttachLockedAsync(node, cancel).ConfigureAwait(false) is not { } content)
        {
            await ReplaceAsync(node, killPrivileges: false, touch: false).ConfigureAwait(false);
            return node.Content!;
        }

        // The content queues its inode for export by itself.
        await content.MarkWritingAsync(null, cancel, node.Row.MtimeNs).ConfigureAwait(false);
        node.GoLive(node.Row.Size);
        return content;
    }

    private async ValueTask ResizeAsync(Node node, long length, bool killPrivileges, CancellationToken cancel)
    {
        Content content = await PrepareLockedAsync(node, cancel).ConfigureAwait(false);
        while (true)
        {
            InodeRow? stored = null;
            long now = _volume.NowNs;
            try
            {
                await content.TruncateAsync(
                    length,
                    batch => stored = batch.Update(node.Row, Truncated(node.Row, node.Current, length, now, killPrivileges)),
                    cancel).ConfigureAwait(false);
                node.Accept(stored!);
                node.SetLive(length, now);
                return;
            }
            catch (GuardFailedException)
            {
                await ReloadOrFailAsync(node).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gives the inode a new, empty content, marked as being written.</summary>
    private async ValueTask ReplaceAsync(Node node, bool killPrivileges, bool touch = true)
    {
        Content? old = node.Content;
        while (true)
        {
            InodeRow row = node.Row;
            long oldId = row.ContentId;
            ContentRow content = _volume.Cache.NewContent(_volume.Store.AllocateIds(), node.Id);
            Batch batch = _volume.NewBatch();
            InodeRow wanted = touch ? Truncated(row, node.Current, 0, _volume.NowNs, killPrivileges) : row;
            InodeRow stored = batch.Update(row, wanted with { ContentId = content.Id });
            batch.Add(new RowWrite.PutContent(content));
            if (oldId != 0)
            {
                batch.Add(new RowWrite.DeleteContent(oldId));
            }

            _exports.Inode(batch, node.Id);
            CommitResult result = await _volume.Store.CommitAsync(batch).ConfigureAwait(false);
            if (!result.Committed)
            {
                await ReloadOrFailAsync(node).ConfigureAwait(false);
                continue;
            }

            try
            {
                Attach(node, content, stored);
            }
            finally
            {
                // After the new one is in place: who still reads or writes the old one notices by that.
                if (oldId != 0)
                {
                    _volume.Cache.Discard(oldId);
                }

                old?.Dispose();
            }

            return;
        }
    }

    private void Attach(Node node, ContentRow row, InodeRow stored)
    {
        Content content;
        try
        {
            content = _volume.Cache.Attach(row);
        }
        catch (CacheException)
        {
            // Committed, but without its content file (no room, no descriptors): the next to open it tries again.
            node.Accept(stored);
            node.Content = null;
            node.Abandon();
            throw;
        }

        node.Restart(content, stored);
        content.SetMtime(stored.MtimeNs);
    }

    /// <summary>Brings the file to rest if nobody writes it any more; later, if the store cannot take it now. Gate held.</summary>
    private async ValueTask RestIfUnwrittenAsync(Node node)
    {
        if (node.Writers > 0)
        {
            return;
        }

        try
        {
            await RestAsync(node).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is CacheException or MetadataStoreException)
        {
            _volume.Nodes.Opened(node);
            _retries.Add(node, failure);
        }
    }

    private async ValueTask<bool> RestAgainAsync(Node node)
    {
        await node.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (node.Writers == 0)
            {
                await RestAsync(node).ConfigureAwait(false);
            }
        }
        finally
        {
            node.Gate.Release();
        }

        await LeaveAsync(node).ConfigureAwait(false);
        return true;
    }

    private async ValueTask RestAsync(Node node)
    {
        while (node.IsLive && node.Content is { } content)
        {
            InodeRow? stored = null;
            try
            {
                await content.RestAsync(
                    batch => stored = batch.Update(node.Row, node.Current with { Version = node.Row.Version, Size = content.Length }),
                    CancellationToken.None).ConfigureAwait(false);
                node.Settle(stored!);
                node.ForgetAccess();
            }
            catch (Exception failure) when (failure is GuardFailedException or CacheException { Errno: (int)Errno.ESTALE })
            {
                if (!await _volume.ReloadAsync(node).ConfigureAwait(false) || node.Row.ContentId != content.Id)
                {
                    // The inode, or the content with all that was in it, is gone: nothing is left to be stored.
                    node.Abandon();
                }
                else if (failure is CacheException)
                {
                    throw;
                }
            }
        }
    }

    private async ValueTask ReloadOrFailAsync(Node node)
    {
        if (!await _volume.ReloadAsync(node).ConfigureAwait(false))
        {
            throw new CacheException((int)Errno.ESTALE, $"Inode {node.Id} was deleted while it was in use.");
        }
    }

    /// <summary>A handle is gone.</summary>
    private async ValueTask LeaveAsync(Node node)
    {
        if (_volume.Nodes.Closed(node) is not null || node.Handles == 0)
        {
            await node.Gate.WaitAsync().ConfigureAwait(false);
            DetachIfUnused(node);
            node.Gate.Release();
        }

        if (node.Row.NLink <= 0 && !_volume.Nodes.IsHeld(node.Id))
        {
            _reaper.Consider(node.Id);
        }
    }

    private static void DetachIfUnused(Node node)
    {
        if (node.Handles == 0)
        {
            Content? content = node.Content;
            node.Content = null;
            content?.Dispose();
        }
    }

    private static InodeRow Truncated(InodeRow row, InodeRow current, long length, long now, bool killPrivileges) => current with
    {
        Version = row.Version,
        Size = length,
        MtimeNs = now,
        CtimeNs = now,
        Mode = killPrivileges ? ModeBits.WithoutPrivileges(row.Mode) : row.Mode,
    };
}
