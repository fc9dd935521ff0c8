using FsxFuse.Fuse;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>xattr(7): user, trusted, security and the two ACLs of system. The kernel checks who may; names and sizes are checked here.</summary>
internal sealed class ExtendedAttributes(Volume volume, ExportNotes exports)
{
    /// <summary>XATTR_SIZE_MAX and XATTR_LIST_MAX of linux/limits.h, bytes.</summary>
    private const int MaxValue = 65_536;

    public static readonly FileName CapabilityName = new("security.capability");

    public async ValueTask<Outcome<byte[]>> GetAsync(Node node, FileName name)
    {
        if (Check(name) is var error and not Errno.None)
        {
            return error;
        }

        if (!volume.HasXattrs)
        {
            return Errno.ENODATA;
        }

        XattrRow? row = await volume.Store.GetXattrAsync(node.Id, name).ConfigureAwait(false);
        return row is null ? Errno.ENODATA : row.Value;
    }

    /// <summary>The names, each ended by NUL, as listxattr(2) returns them; trusted ones only for root.</summary>
    public async ValueTask<byte[]> ListAsync(Node node, bool root)
    {
        if (!volume.HasXattrs)
        {
            return [];
        }

        IReadOnlyList<FileName> all = await volume.Store.GetXattrNamesAsync(node.Id).ConfigureAwait(false);
        FileName[] names = [.. all.Where(name => root || !name.Span.StartsWith("trusted."u8))];
        byte[] list = new byte[names.Sum(name => name.Length + 1)];
        int at = 0;
        foreach (FileName name in names)
        {
            name.Span.CopyTo(list.AsSpan(at));
            at += name.Length + 1;
        }

        return list;
    }

    public async ValueTask<Errno> SetAsync(Node node, FileName name, byte[] value, XAttrFlags flags, bool clearSetGid)
    {
        if (name.Length > FileName.MaxLength)
        {
            return Errno.ERANGE;
        }

        if (value.Length > MaxValue)
        {
            return Errno.E2BIG;
        }

        bool access = name == AccessControlLists.AccessName;
        bool isDefault = name == AccessControlLists.DefaultName;
        if (Check(name) is var error and not Errno.None)
        {
            return error;
        }

        if ((access || isDefault) && !AccessControlLists.IsValid(value))
        {
            return Errno.EINVAL;
        }

        byte[]? present = volume.HasXattrs ? (await volume.Store.GetXattrAsync(node.Id, name).ConfigureAwait(false))?.Value : null;
        if (flags == XAttrFlags.Create && present is not null)
        {
            return Errno.EEXIST;
        }

        if (flags == XAttrFlags.Replace && present is null)
        {
            return Errno.ENODATA;
        }

        bool minimal = access && AccessControlLists.ApplyToMode(value, 0).IsMinimal;
        bool same = minimal ? present is null : present is not null && present.AsSpan().SequenceEqual(value);
        if (same && ModeAfter(node.Row.Mode) == node.Row.Mode)
        {
            // As on ext4, what is so already moves no time (ext4_xattr_set_handle: "Xattr value did not change?").
            return Errno.None;
        }

        if (present is null && await ListSizeAsync(node).ConfigureAwait(false) + name.Length + 1 > MaxValue)
        {
            return Errno.ENOSPC;
        }

        volume.HasXattrs = true;
        node.MayHaveXattr(name);
        XattrRow stored = new() { Inode = node.Id, Name = name, Value = value };
        long now = volume.NowNs;
        return await volume.ChangeAsync(
            node,
            stored,
            (row, _) => row with { CtimeNs = now, Mode = ModeAfter(row.Mode) },
            (batch, xattr) =>
            {
                batch.Add(minimal ? new RowWrite.DeleteXattr(xattr.Inode, xattr.Name) : new RowWrite.PutXattr(xattr));
                if (access)
                {
                    exports.Inode(batch, xattr.Inode);
                }
            }).ConfigureAwait(false);

        uint ModeAfter(uint mode)
        {
            uint after = access ? AccessControlLists.ApplyToMode(value, mode).Mode : mode;
            return clearSetGid ? after & ~ModeBits.SetGid : after;
        }
    }

    public async ValueTask<Errno> RemoveAsync(Node node, FileName name)
    {
        if (Check(name) is var error and not Errno.None)
        {
            return error;
        }

        if (!volume.HasXattrs || await volume.Store.GetXattrAsync(node.Id, name).ConfigureAwait(false) is null)
        {
            node.LacksXattr(name);

            // A list that is not there is what its removal asks for (vfs_remove_acl): setfacl -b counts on it.
            return IsAccessControl(name) ? Errno.None : Errno.ENODATA;
        }

        long now = volume.NowNs;
        return await volume.ChangeAsync(
            node,
            name,
            (row, _) => row with { CtimeNs = now },
            (batch, removed) => batch.Add(new RowWrite.DeleteXattr(node.Id, removed))).ConfigureAwait(false);
    }

    private async ValueTask<int> ListSizeAsync(Node node) =>
        volume.HasXattrs ? (await ListAsync(node, root: true).ConfigureAwait(false)).Length : 0;

    private static bool IsAccessControl(FileName name) => name == AccessControlLists.AccessName || name == AccessControlLists.DefaultName;

    /// <summary>EOPNOTSUPP for a namespace that is not kept, EINVAL for a namespace without a name.</summary>
    private static Errno Check(FileName name)
    {
        if (IsAccessControl(name))
        {
            return Errno.None;
        }

        int dot = name.Span.IndexOf((byte)'.');
        bool known = dot > 0 && (name.Span[..dot].SequenceEqual("user"u8) || name.Span[..dot].SequenceEqual("trusted"u8) || name.Span[..dot].SequenceEqual("security"u8));
        return !known ? Errno.EOPNOTSUPP : dot + 1 == name.Length ? Errno.EINVAL : Errno.None;
    }
}
