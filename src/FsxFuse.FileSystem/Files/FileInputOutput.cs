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
            return content.TryRead(offset, destination, out read);
        }
        catch (ObjectDisposedException)
        {
            // Truncated to zero in this moment: the slow way takes the new content.
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
                return await content.ReadAsync(offset, destination, file.Cursor, cancel).ConfigureAwait(false);
            }
            catch (ObjectDisposedException) when (!ReferenceEquals(content, file.Node.Content))
            {
                // Truncated to zero meanwhile: what is read now is the new content.
            }
        }
    }

    public ValueTask WriteAsync(OpenFile file, long offset, ReadOnlyMemory<byte> data, bool killPrivileges, CancellationToken cancel)
    {
        Node node = file.Node;
        if (killPrivileges || node is not { IsLive: true, Content: { } content })
        {
            return SlowlyAsync(file, offset, data, killPrivileges, cancel);
        }

        ValueTask write = content.WriteAsync(offset, data, cancel);
        if (!write.IsCompletedSuccessfully || (file.Flags & OpenFlags.DataSync) != 0)
        {
            return FinishAsync(file, write, offset + data.Length, cancel);
        }

        node.Wrote(offset + data.Length, volume.NowNs);
        return ValueTask.CompletedTask;

        async ValueTask SlowlyAsync(OpenFile file, long offset, ReadOnlyMemory<byte> data, bool killPrivileges, CancellationToken cancel)
        {
            if (killPrivileges)
            {
                await KillPrivilegesAsync(file.Node).ConfigureAwait(false);
            }

            Content content = await contents.PrepareWriteAsync(file.Node, cancel).ConfigureAwait(false);
            await FinishAsync(file, content.WriteAsync(offset, data, cancel), offset + data.Length, cancel).ConfigureAwait(false);
        }

        async ValueTask FinishAsync(OpenFile file, ValueTask write, long end, CancellationToken cancel)
        {
            await write.ConfigureAwait(false);
            file.Node.Wrote(end, volume.NowNs);
            if ((file.Flags & OpenFlags.DataSync) != 0)
            {
                await contents.SyncAsync(file.Node, (file.Flags & OpenFlags.FileSync) == 0, cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>fallocate(2).</summary>
    public async ValueTask AllocateAsync(OpenFile file, FallocateMode mode, long offset, long length, CancellationToken cancel)
    {
        Node node = file.Node;
        Content content = await contents.PrepareWriteAsync(node, cancel).ConfigureAwait(false);
        await node.Gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await content.AllocateAsync(mode, offset, length, cancel).ConfigureAwait(false);
            long size = node.Current.Size;
            long now = volume.NowNs;
            node.SetLive((mode & FallocateMode.KeepSize) == 0 ? Math.Max(size, offset + length) : size, now, now);
        }
        finally
        {
            node.Gate.Release();
        }

        await KillPrivilegesAsync(node).ConfigureAwait(false);
    }

    /// <summary>lseek(2) for SEEK_DATA and SEEK_HOLE; -1 = ENXIO.</summary>
    public async ValueTask<long> SeekAsync(OpenFile file, long offset, bool data, CancellationToken cancel) =>
        await contents.GetAsync(file.Node, cancel).ConfigureAwait(false) is { } content
            ? await content.SeekAsync(offset, data, cancel).ConfigureAwait(false)
            : -1;

    /// <summary>copy_file_range(2); returns how many bytes were copied.</summary>
    public async ValueTask<long> CopyAsync(OpenFile from, long fromOffset, OpenFile to, long toOffset, long length, CancellationToken cancel)
    {
        if (await contents.GetAsync(from.Node, cancel).ConfigureAwait(false) is not { } source)
        {
            return 0;
        }

        Content target = await contents.PrepareWriteAsync(to.Node, cancel).ConfigureAwait(false);
        long copied = await target.CopyRangeAsync(source, fromOffset, toOffset, length, cancel).ConfigureAwait(false);
        if (copied > 0)
        {
            to.Node.Wrote(toOffset + copied, volume.NowNs);
            await KillPrivilegesAsync(to.Node).ConfigureAwait(false);
        }

        return copied;
    }

    /// <summary>A change of the bytes takes set-uid, set-gid and file capabilities away.</summary>
    private async ValueTask KillPrivilegesAsync(Node node)
    {
        uint mode = node.Row.Mode;
        if (ModeBits.WithoutPrivileges(mode) != mode)
        {
            await node.Gate.WaitAsync().ConfigureAwait(false);
            try
            {
                await volume.ChangeAsync(node, 0, static (row, _) => row with { Mode = ModeBits.WithoutPrivileges(row.Mode) }).ConfigureAwait(false);
            }
            finally
            {
                node.Gate.Release();
            }
        }

        if (volume.HasXattrs)
        {
            await xattrs.RemoveAsync(node, ExtendedAttributes.CapabilityName).ConfigureAwait(false);
        }
    }
}
