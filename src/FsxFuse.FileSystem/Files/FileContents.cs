using FsxFuse.Cache;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// The life of a file's content between opens: attached on first use, marked before the first write is acknowledged, at rest when
/// the last writer is gone. Everything here that changes a content as a whole holds the node's gate.
/// </summary>
internal sealed class FileContents(Volume volume, ExportNotes exports)
{
    /// <summary>A handle was opened. Writers are counted under the gate, so that the rest after the last one sees them all.</summary>
    public async ValueTask OpenedAsync(Node node, bool canWrite)
    {
        volume.Nodes.Opened(node);
        if (canWrite)
        {
            await node.Gate.WaitAsync().ConfigureAwait(false);
            node.Writers++;
            node.Gate.Release();
        }
    }

    /// <summary>A new file was created open for writing, its content already marked.</summary>
    public void Created(Node node, ContentRow content)
    {
        volume.Nodes.Opened(node);
        node.Writers++;
        node.Content = volume.Cache.Attach(content);
        node.GoLive(0);
    }

    /// <summary>A handle was closed: the last writer brings the file to rest, the last handle lets the content go.</summary>
    public async ValueTask ClosedAsync(Node node, bool couldWrite)
    {
        if (couldWrite)
        {
            await node.Gate.WaitAsync().ConfigureAwait(false);
            try
            {
                node.Writers--;
                if (node.Writers == 0)
                {
                    await RestAsync(node).ConfigureAwait(false);
                }
            }
            finally
            {
                node.Gate.Release();
            }
        }

        if (volume.Nodes.Closed(node) is not null || node.Handles == 0)
        {
            await DetachAsync(node).ConfigureAwait(false);
        }
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
            await volume.RefreshAsync(node).ConfigureAwait(false);
            if (length == 0)
            {
                await ReplaceAsync(node, killPrivileges).ConfigureAwait(false);
            }
            else
            {
                Content content = await PrepareLockedAsync(node, cancel).ConfigureAwait(false);
                await RetryAsync(node, async () =>
                {
                    InodeRow? stored = null;
                    long now = volume.NowNs;
                    await content.TruncateAsync(
                        length,
                        batch => stored = batch.Update(node.Row, Truncated(node.Row, node.Current, length, now, killPrivileges)),
                        cancel).ConfigureAwait(false);
                    node.Accept(stored!);
                    node.SetLive(length, now, now);
                }).ConfigureAwait(false);
            }

            if (node.Writers == 0)
            {
                await RestAsync(node).ConfigureAwait(false);
                if (node.Handles == 0)
                {
                    Detach(node);
                }
            }
        }
        finally
        {
            node.Gate.Release();
        }
    }

    /// <summary>Makes bytes, size and times survive power loss.</summary>
    public async ValueTask SyncAsync(Node node, bool dataOnly, CancellationToken cancel)
    {
        await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await FoldAsync(node).ConfigureAwait(false);
            if (await AttachLockedAsync(node, cancel).ConfigureAwait(false) is { } content)
            {
                await content.SyncAsync(dataOnly, cancel).ConfigureAwait(false);
            }
            else
            {
                await volume.Store.SyncAsync(cancel).ConfigureAwait(false);
            }

            if (node.Handles == 0)
            {
                Detach(node);
            }
        }
        finally
        {
            node.Gate.Release();
        }
    }

    /// <summary>Makes the bytes of an inode that is about to replace a name survive power loss, without a word about names.</summary>
    public async ValueTask FlushAsync(long inode, CancellationToken cancel)
    {
        if (volume.Nodes.TryGet(inode, out Node? node))
        {
            await SyncIfDirtyAsync(node, cancel).ConfigureAwait(false);
        }
        else if (await volume.Store.GetInodeAsync(inode, cancel).ConfigureAwait(false) is { } row)
        {
            await SyncIfDirtyAsync(new Node(row), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the row of a live file as it is now, and keeps it live.</summary>
    public async ValueTask FoldAsync(Node node)
    {
        if (node.IsLive && !ReferenceEquals(node.Current, node.Row))
        {
            await volume.ChangeAsync(node, 0, static (row, _) => row).ConfigureAwait(false);
        }
    }

    private async ValueTask SyncIfDirtyAsync(Node node, CancellationToken cancel)
    {
        if (node.Row.ContentId == 0
            || await volume.Store.GetContentAsync(node.Row.ContentId, cancel).ConfigureAwait(false) is not { UnsyncedBoot: not null })
        {
            return;
        }

        await SyncAsync(node, dataOnly: true, cancel).ConfigureAwait(false);
    }

    private async ValueTask<Content?> AttachLockedAsync(Node node, CancellationToken cancel)
    {
        if (node.Content is null && node.Row.ContentId != 0)
        {
            node.Content = await volume.Cache.OpenAsync(node.Row.ContentId, cancel).ConfigureAwait(false);
        }

        return node.Content;
    }

    private async ValueTask<Content> PrepareLockedAsync(Node node, CancellationToken cancel)
    {
        if (node is { IsLive: true, Content: { } live })
        {
            return live;
        }

        await volume.RefreshAsync(node).ConfigureAwait(false);
        if (await AttachLockedAsync(node, cancel).ConfigureAwait(false) is not { } content)
        {
            await ReplaceAsync(node, killPrivileges: false, touch: false).ConfigureAwait(false);
            return node.Content!;
        }

        await content.MarkWritingAsync(batch => exports.Inode(batch, node.Id), cancel).ConfigureAwait(false);
        content.SetMtime(node.Row.MtimeNs);
        node.GoLive(node.Row.Size);
        return content;
    }

    /// <summary>Gives the inode a new, empty content, marked as being written.</summary>
    private async ValueTask ReplaceAsync(Node node, bool killPrivileges, bool touch = true)
    {
        Content? old = node.Content;
        long oldId = node.Row.ContentId;
        while (true)
        {
            InodeRow row = node.Row;
            long now = volume.NowNs;
            ContentRow content = new()
            {
                Id = volume.Store.AllocateIds(),
                Inode = node.Id,
                Flags = ContentFlags.Cached | ContentFlags.Complete | ContentFlags.Dirty | ContentFlags.Writing,
                DirtyVersion = 1,
                UnsyncedBoot = volume.Cache.BootId,
            };
            Batch batch = volume.NewBatch();
            InodeRow wanted = touch ? Truncated(row, node.Current, 0, now, killPrivileges) : row;
            InodeRow stored = batch.Update(row, wanted with { ContentId = content.Id });
            batch.Add(new RowWrite.PutContent(content));
            if (oldId != 0)
            {
                batch.Add(new RowWrite.DeleteContent(oldId));
            }

            exports.Inode(batch, node.Id);
            CommitResult result = await volume.Store.CommitAsync(batch).ConfigureAwait(false);
            if (!result.Committed)
            {
                await volume.ReloadAsync(node).ConfigureAwait(false);
                continue;
            }

            node.Content = volume.Cache.Attach(content);
            if (node.IsLive)
            {
                node.Settle(stored);
            }

            node.Accept(stored);
            node.GoLive(0);
            node.Content.SetMtime(stored.MtimeNs);
            break;
        }

        old?.Dispose();
        if (oldId != 0)
        {
            volume.Cache.Discard(oldId);
        }
    }

    private async ValueTask RestAsync(Node node)
    {
        if (!node.IsLive || node.Content is not { } content)
        {
            return;
        }

        await RetryAsync(node, async () =>
        {
            InodeRow? stored = null;
            await content.RestAsync(
                batch =>
                {
                    stored = batch.Update(node.Row, node.Current with { Version = node.Row.Version });
                    exports.Inode(batch, node.Id);
                },
                CancellationToken.None).ConfigureAwait(false);
            node.Settle(stored!);
            node.ForgetAccess();
        }).ConfigureAwait(false);
    }

    /// <summary>Repeats a step whose joined rows were changed by another commit in between.</summary>
    private async ValueTask RetryAsync(Node node, Func<ValueTask> step)
    {
        while (true)
        {
            try
            {
                await step().ConfigureAwait(false);
                return;
            }
            catch (GuardFailedException)
            {
                await volume.ReloadAsync(node).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask DetachAsync(Node node)
    {
        await node.Gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (node.Handles == 0)
            {
                Detach(node);
            }
        }
        finally
        {
            node.Gate.Release();
        }
    }

    private static void Detach(Node node)
    {
        node.Content?.Dispose();
        node.Content = null;
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
