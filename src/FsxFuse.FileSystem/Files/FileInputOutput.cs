using FsxFuse.Cache;

namespace FsxFuse.FileSystem;

/// <summary>Reads, writes and what moves bytes within files. What is resident is done on the caller's thread without allocating.</summary>
internal sealed class FileInputOutput(Volume volume, FileContents contents, ExtendedAttributes xattrs)
{
    /// <summary>Reads what is resident at once; false when something must be waited for.</summary>
    public static bool TryRead(OpenFile file, long offset, Span<byte> destination, out int read)
    {
        read = 0;
        if (file.Node.Content is not { } content)
        {
            return false;
        }

        try
        {
            // A content that was replaced in this moment may have lost its file: the slow way reads the new one.
            return content.TryRead(offset, destination, out read) && ReferenceEquals(content, file.Node.Content);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public async ValueTask<int> ReadAsync(OpenFile file, long offset, Memory<byte> destination, CancellationToken cancel)
    {
        while (true)
        {
            Content? content = await contents.GetAsync(file.Node, cancel).ConfigureAwait(false);
            if (content is null)
            {
                return 0;
            }

            try
            {
                int read = await content.ReadAsync(offset, destination, file.Cursor, cancel).ConfigureAwait(false);
                if (ReferenceEquals(content, file.Node.Content))
                {
                    return read;
                }
            }
            catch (Exception failure) when (FileContents.WasReplaced(file.Node, content, failure))
            {
                // Truncated to zero meanwhile: what is read now is the new content.
            }
        }
    }

    /// <summary>
    /// Writes to a content that is all there and marked, on the caller's thread without allocating; false when something must be waited for or
    /// taken away first: then nothing was done, and <see cref="WriteAsync"/> does it.
    /// </summary>
    public bool TryWrite(OpenFile file, long offset, ReadOnlyMemory<byte> data, bool killPrivileges, out ValueTask write)
    {
        write = default;
        Node node = file.Node;
        if ((killPrivileges && MayHavePrivileges(node)) || (file.Flags & OpenFlags.DataSync) != 0
            || node is not { IsLive: true, Content: { IsComplete: true } content })
        {
            return false;
        }

        ValueTask started;
        try
        {
            started = content.WriteAsync(offset, data, CancellationToken.None);
        }
        catch (Exception failure) when (FileContents.WasReplaced(node, content, failure))
        {
            return false;
        }

        if (!started.IsCompletedSuccessfully)
        {
            write = FinishAsync(file, content, started, offset, data);
            return true;
        }

        node.Wrote(content, offset + data.Length, volume.NowNs);
        return true;

        async ValueTask FinishAsync(OpenFile file, Content content, ValueTask started, long offset, ReadOnlyMemory<byte> data)
        {
            try
            {
                await started.ConfigureAwait(false);
                file.Node.Wrote(content, offset + data.Length, volume.NowNs);
            }
            catch (Exception failure) when (FileContents.WasReplaced(file.Node, content, failure))
            {
                await WriteAsync(file, offset, data, killPrivileges: false, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask WriteAsync(OpenFile file, long offset, ReadOnlyMemory<byte> data, bool killPrivileges, CancellationToken cancel)
    {
        Node node = file.Node;
        if (killPrivileges)
        {
            await KillPrivilegesAsync(node).ConfigureAwait(false);
        }

        await ChangeAsync(node, async content =>
        {
            await content.WriteAsync(offset, data, cancel).ConfigureAwait(false);
            return offset + data.Length;
        }, cancel).ConfigureAwait(false);
        if ((file.Flags & OpenFlags.DataSync) != 0)
        {
            await contents.SyncAsync(node, (file.Flags & OpenFlags.FileSync) == 0, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>fallocate(2).</summary>
    public async ValueTask AllocateAsync(OpenFile file, FallocateMode mode, long offset, long length, bool killPrivileges, CancellationToken cancel)
    {
        await ChangeAsync(file.Node, async content =>
        {
            await content.AllocateAsync(mode, offset, length, cancel).ConfigureAwait(false);
            return (mode & FallocateMode.KeepSize) == 0 ? offset + length : 0;
        }, cancel).ConfigureAwait(false);
        if (killPrivileges)
        {
            await KillPrivilegesAsync(file.Node).ConfigureAwait(false);
        }
    }

    /// <summary>lseek(2) for SEEK_DATA and SEEK_HOLE; -1 = ENXIO.</summary>
    public async ValueTask<long> SeekAsync(OpenFile file, long offset, bool data, CancellationToken cancel) =>
        await contents.GetAsync(file.Node, cancel).ConfigureAwait(false) is { } content
            ? await content.SeekAsync(offset, data, cancel).ConfigureAwait(false)
            : -1;

    /// <summary>copy_file_range(2); returns how many bytes were copied.</summary>
    public async ValueTask<long> CopyAsync(OpenFile from, long fromOffset, OpenFile to, long toOffset, long length, bool killPrivileges, CancellationToken cancel)
    {
        if (await contents.GetAsync(from.Node, cancel).ConfigureAwait(false) is not { } source)
        {
            return 0;
        }

        long copied = 0;
        await ChangeAsync(to.Node, async target =>
        {
            copied = await target.CopyRangeAsync(source, fromOffset, toOffset, length, cancel).ConfigureAwait(false);
            return copied > 0 ? toOffset + copied : -1;
        }, cancel).ConfigureAwait(false);
        if (copied > 0 && killPrivileges)
        {
            await KillPrivilegesAsync(to.Node).ConfigureAwait(false);
        }

        return copied;
    }

    /// <summary>
    /// Changes the content that the node has when the change is done. <paramref name="change"/> returns where it ended (the file is at least that
    /// long now), or -1 if it changed nothing.
    /// </summary>
    private async ValueTask ChangeAsync(Node node, Func<Content, ValueTask<long>> change, CancellationToken cancel)
    {
        while (true)
        {
            Content content = await contents.PrepareWriteAsync(node, cancel).ConfigureAwait(false);
            try
            {
                long end = await change(content).ConfigureAwait(false);
                if (end >= 0)
                {
                    node.Wrote(content, end, volume.NowNs);
                }

                return;
            }
            catch (Exception failure) when (FileContents.WasReplaced(node, content, failure))
            {
                // Truncated to zero meanwhile: the change comes after it.
            }
        }
    }

    private bool MayHavePrivileges(Node node)
    {
        uint mode = node.Row.Mode;
        return ModeBits.WithoutPrivileges(mode) != mode || (volume.HasXattrs && node.MayHaveCapability);
    }

    /// <summary>A change of the bytes takes set-uid, set-gid and file capabilities away.</summary>
    private async ValueTask KillPrivilegesAsync(Node node)
    {
        if (!MayHavePrivileges(node))
        {
            return;
        }

        uint mode = node.Row.Mode;
        if (ModeBits.WithoutPrivileges(mode) != mode)
        {
            await volume.ChangeAsync(node, 0, static (row, _) => row with { Mode = ModeBits.WithoutPrivileges(row.Mode) }).ConfigureAwait(false);
        }

        if (volume.HasXattrs && node.MayHaveCapability)
        {
            await xattrs.RemoveAsync(node, ExtendedAttributes.CapabilityName).ConfigureAwait(false);
        }
    }
}
