using FsxFuse.Cache;
using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>Requests about attributes, extended attributes and the file system itself.</summary>
public sealed partial class FsxFileSystem
{
    /// <inheritdoc/>
    public override void GetAttr(GetAttrRequest request)
    {
        if (_volume.Nodes.TryGet((long)request.NodeId, out Node? node) && !node.IsStale && !IsPending(node.Row))
        {
            AttrReply reply = AttributeReplies.Attributes(node, _volume.Options.CacheTimeout);
            request.Reply(in reply);
            return;
        }

        Watch(GetAttrAsync(request), request.Pending);
    }

    /// <inheritdoc/>
    public override void SetAttr(SetAttrRequest request) => Watch(SetAttrAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void Statx(StatxRequest request) => Watch(StatxAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void ReadLink(ReadLinkRequest request) => Watch(ReadLinkAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void GetXAttr(GetXAttrRequest request) => Watch(GetXAttrAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void ListXAttr(ListXAttrRequest request) => Watch(ListXAttrAsync(request), request.Pending);

    /// <inheritdoc/>
    public override void SetXAttr(SetXAttrRequest request) => Watch(
        ChangeXAttrAsync(request.Pending, new FileName(request.Name), request.Value.ToArray(), request.Flags, request.ClearSetGid, request.Reply),
        request.Pending);

    /// <inheritdoc/>
    public override void RemoveXAttr(RemoveXAttrRequest request) => Watch(
        ChangeXAttrAsync(request.Pending, new FileName(request.Name), null, XAttrFlags.None, clearSetGid: false, request.Reply),
        request.Pending);

    /// <inheritdoc/>
    public override void Ioctl(IoctlRequest request)
    {
        if (request.Command != HsmRequests.Command)
            request.Fail(Errno.ENOTTY);
        else if (!HsmRequests.TryRead(request.Input, out HsmAction action, out HsmFlags flags))
            request.Fail(Errno.EINVAL);
        else
            Watch(HsmAsync(request, action, flags), request.Pending);
    }

    /// <inheritdoc/>
    public override void StatFs(StatFsRequest request) => Watch(StatFsAsync(request), request.Pending);

    private static bool IsPending(InodeRow row) => (row.Flags & InodeFlags.AttributesPending) != 0;

    private async ValueTask<Node?> GetFreshAsync(PendingRequest request)
    {
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } node)
        {
            return null;
        }

        await _volume.RefreshAsync(node).ConfigureAwait(false);
        if (IsPending(node.Row))
        {
            // With its place in the directory, so that the entries behind it are read ahead.
            DentryRow? name = node.Row.IsDirectory && await _volume.GetDirectoryAsync(node).ConfigureAwait(false) is { } directory
                ? await _volume.Store.GetDentryAsync(directory.Parent, directory.Name).ConfigureAwait(false)
                : null;
            await _volume.Source.ImportAttributesAsync(node.Id, name?.Parent ?? 0, name?.Cookie ?? 0, request.InterruptToken).ConfigureAwait(false);
            await _volume.ReloadAsync(node).ConfigureAwait(false);
        }

        return node;
    }

    private async ValueTask GetAttrAsync(GetAttrRequest request)
    {
        if (await GetFreshAsync(request.Pending).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        AttrReply reply = AttributeReplies.Attributes(node, _volume.Options.CacheTimeout);
        request.Reply(in reply);
    }

    private async ValueTask StatxAsync(StatxRequest request)
    {
        if (await GetFreshAsync(request.Pending).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        StatxReply reply = new() { AttrTimeout = _volume.Options.CacheTimeout, Stat = AttributeReplies.StatxFrom(node) };
        request.Reply(in reply);
    }

    private async ValueTask SetAttrAsync(SetAttrRequest request)
    {
        AttributeChanges.Wanted wanted = new(
            request.Valid,
            request.Mode,
            request.Uid,
            request.Gid,
            (long)request.Size,
            AttributeReplies.Join(request.ATime, request.ATimeNsec),
            AttributeReplies.Join(request.MTime, request.MTimeNsec),
            request.HasHandle && _files.TryGet(request.Handle, out OpenFile? file) ? file : null,
            request.Pending.Uid);
        if (await GetFreshAsync(request.Pending).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Errno error = await _changes.ChangeAsync(node, wanted, CancellationToken.None).ConfigureAwait(false);
        if (error != Errno.None)
        {
            request.Fail(error);
            return;
        }

        AttrReply reply = AttributeReplies.Attributes(node, _volume.Options.CacheTimeout);
        request.Reply(in reply);
    }

    private async ValueTask ReadLinkAsync(ReadLinkRequest request)
    {
        if (await GetFreshAsync(request.Pending).ConfigureAwait(false) is { Row.Target: { } target })
        {
            request.Reply(target);
        }
        else
        {
            request.Fail(Errno.EINVAL);
        }
    }

    private async ValueTask GetXAttrAsync(GetXAttrRequest request)
    {
        FileName name = new(request.Name);
        uint size = request.Size;
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Outcome<byte[]> value = HsmRequests.IsReserved(name)
            ? await _hsm.GetAsync(node, name).ConfigureAwait(false)
            : await _xattrs.GetAsync(node, name).ConfigureAwait(false);
        if (!value.Ok)
        {
            request.Fail(value.Error);
        }
        else if (size == 0)
        {
            request.ReplySize((uint)value.Value.Length);
        }
        else if (value.Value.Length > size)
        {
            request.Fail(Errno.ERANGE);
        }
        else
        {
            request.Reply(value.Value);
        }
    }

    private async ValueTask ListXAttrAsync(ListXAttrRequest request)
    {
        uint uid = request.Uid;
        uint size = request.Size;
        if (await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        byte[] names = await _xattrs.ListAsync(node, root: uid == 0).ConfigureAwait(false);
        if (size == 0)
        {
            request.ReplySize((uint)names.Length);
        }
        else if (names.Length > size)
        {
            request.Fail(Errno.ERANGE);
        }
        else
        {
            request.Reply(names);
        }
    }

    private async ValueTask ChangeXAttrAsync(PendingRequest request, FileName name, byte[]? value, XAttrFlags flags, bool clearSetGid, Func<bool> answer)
    {
        if (await GetFreshAsync(request).ConfigureAwait(false) is not { } node)
        {
            request.Fail(Errno.ESTALE);
            return;
        }

        Errno error = HsmRequests.IsReserved(name) ? Errno.EPERM
            : value is null ? await _xattrs.RemoveAsync(node, name).ConfigureAwait(false)
            : await _xattrs.SetAsync(node, name, value, flags, clearSetGid).ConfigureAwait(false);
        if (error == Errno.None)
        {
            answer();
        }
        else
        {
            request.Fail(error);
        }
    }

    private async ValueTask HsmAsync(IoctlRequest request, HsmAction action, HsmFlags flags)
    {
        uint uid = request.Pending.Uid;
        Errno error = await _volume.GetNodeAsync(request.NodeId).ConfigureAwait(false) is { } node
            ? await _hsm.RequestAsync(node, uid, action, flags, request.Pending.InterruptToken).ConfigureAwait(false)
            : Errno.ESTALE;
        if (error == Errno.None)
            request.Reply(0);
        else
            request.Fail(error);
    }

    private async ValueTask StatFsAsync(StatFsRequest request)
    {
        CacheUsage usage = _volume.Cache.GetUsage();
        NamespaceTotals totals = await _volume.Store.GetTotalsAsync().ConfigureAwait(false);
        const uint Unit = AttributeReplies.BlockSize;
        const ulong FreeInodes = 1UL << 40;
        StatFsReply reply = new()
        {
            BlockSize = 1 << 20,
            FragmentSize = Unit,
            Blocks = (ulong)usage.Capacity / Unit,
            BlocksFree = (ulong)usage.Free / Unit,
            BlocksAvailable = (ulong)usage.Free / Unit,
            Files = (ulong)totals.Inodes + FreeInodes,
            FilesFree = FreeInodes,
            NameMax = FileName.MaxLength,
        };
        request.Reply(in reply);
    }
}
