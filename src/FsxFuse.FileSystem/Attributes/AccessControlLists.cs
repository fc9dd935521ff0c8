using System.Buffers.Binary;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem;

/// <summary>
/// POSIX access control lists, kept as the extended attributes the kernel reads (acl(5), linux/posix_acl_xattr.h: version 2, then
/// entries of tag u16, permissions u16, id u32). The kernel checks them; inheritance and the link to st_mode are ours.
/// </summary>
internal sealed class AccessControlLists(Volume volume)
{
    public static readonly FileName AccessName = new("system.posix_acl_access");
    public static readonly FileName DefaultName = new("system.posix_acl_default");

    private const int HeaderSize = 4;
    private const int EntrySize = 8;
    private const ushort UserObj = 0x01;
    private const ushort User = 0x02;
    private const ushort GroupObj = 0x04;
    private const ushort Group = 0x08;
    private const ushort Mask = 0x10;
    private const ushort Other = 0x20;

    /// <summary>True when the value is a list that the kernel could have written.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderSize || (value.Length - HeaderSize) % EntrySize != 0 || BinaryPrimitives.ReadUInt32LittleEndian(value) != 2)
        {
            return false;
        }

        for (int at = HeaderSize; at < value.Length; at += EntrySize)
        {
            if (TagOf(value[at..]) is not (UserObj or User or GroupObj or Group or Mask or Other))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The mode that follows from an access list, and whether the list says no more than the mode does (then it need not be kept).
    /// The group bits of st_mode are the mask's, if there is one.
    /// </summary>
    public static (uint Mode, bool IsMinimal) ApplyToMode(ReadOnlySpan<byte> acl, uint mode)
    {
        uint user = (mode >> 6) & 7, group = (mode >> 3) & 7, other = mode & 7;
        uint? mask = null;
        bool minimal = true;
        for (int at = HeaderSize; at + EntrySize <= acl.Length; at += EntrySize)
        {
            uint permissions = PermissionsOf(acl[at..]);
            switch (TagOf(acl[at..]))
            {
                case UserObj:
                    user = permissions;
                    break;
                case GroupObj:
                    group = permissions;
                    break;
                case Other:
                    other = permissions;
                    break;
                case Mask:
                    mask = permissions;
                    minimal = false;
                    break;
                default:
                    minimal = false;
                    break;
            }
        }

        return ((mode & ~0x1FFu) | (user << 6) | ((mask ?? group) << 3) | other, minimal);
    }

    /// <summary>An access list after chmod(2): owner, mask (or group) and others follow the mode.</summary>
    public static byte[] WithMode(ReadOnlySpan<byte> acl, uint mode)
    {
        byte[] changed = acl.ToArray();
        bool hasMask = HasMask(acl);
        for (int at = HeaderSize; at + EntrySize <= changed.Length; at += EntrySize)
        {
            uint? permissions = TagOf(changed.AsSpan(at)) switch
            {
                UserObj => (mode >> 6) & 7,
                Mask => (mode >> 3) & 7,
                GroupObj when !hasMask => (mode >> 3) & 7,
                Other => mode & 7,
                _ => null,
            };
            if (permissions is { } value)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(at + 2), (ushort)value);
            }
        }

        return changed;
    }

    /// <summary>What a new inode takes from its directory: with a default list that list masked by the mode asked for, else the umask.</summary>
    public async ValueTask<Inheritance> InheritAsync(Node parent, uint mode, uint umask)
    {
        if ((mode & FileType.Mask) == FileType.Symlink)
        {
            return new Inheritance(mode | 0x1FF, []);
        }

        if (!volume.HasXattrs || !parent.MayHaveDefaultAcl)
        {
            return new Inheritance(mode & ~umask, []);
        }

        XattrRow? found = await volume.Store.GetXattrAsync(parent.Id, DefaultName).ConfigureAwait(false);
        if (found is null)
        {
            parent.LacksXattr(DefaultName);
            return new Inheritance(mode & ~umask, []);
        }

        byte[] access = Masked(found.Value, mode);
        (uint effective, bool minimal) = ApplyToMode(access, mode);
        List<XattrRow> attributes = [];
        if (!minimal)
        {
            attributes.Add(new XattrRow { Inode = 0, Name = AccessName, Value = access });
        }

        if ((mode & FileType.Mask) == FileType.Directory)
        {
            attributes.Add(found with { Inode = 0 });
        }

        return new Inheritance(effective, attributes);
    }

    /// <summary>The access list that chmod(2) leaves: the inode's own, following the new mode; null when it has none.</summary>
    public async ValueTask<XattrRow?> AfterChmodAsync(Node node, uint mode) =>
        volume.HasXattrs && await volume.Store.GetXattrAsync(node.Id, AccessName).ConfigureAwait(false) is { } acl
            ? acl with { Value = WithMode(acl.Value, mode) }
            : null;

    /// <summary>Every entry that the mode limits, limited by it (posix_acl_create: owner, mask or group, others).</summary>
    private static byte[] Masked(ReadOnlySpan<byte> acl, uint mode)
    {
        byte[] masked = acl.ToArray();
        bool hasMask = HasMask(acl);
        for (int at = HeaderSize; at + EntrySize <= masked.Length; at += EntrySize)
        {
            uint limit = TagOf(masked.AsSpan(at)) switch
            {
                UserObj => (mode >> 6) & 7,
                Mask => (mode >> 3) & 7,
                GroupObj when !hasMask => (mode >> 3) & 7,
                Other => mode & 7,
                _ => 7,
            };
            BinaryPrimitives.WriteUInt16LittleEndian(masked.AsSpan(at + 2), (ushort)(PermissionsOf(masked.AsSpan(at)) & limit));
        }

        return masked;
    }

    private static bool HasMask(ReadOnlySpan<byte> acl)
    {
        for (int at = HeaderSize; at + EntrySize <= acl.Length; at += EntrySize)
        {
            if (TagOf(acl[at..]) == Mask)
            {
                return true;
            }
        }

        return false;
    }

    private static ushort TagOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry);

    private static uint PermissionsOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]) & 7u;
}
