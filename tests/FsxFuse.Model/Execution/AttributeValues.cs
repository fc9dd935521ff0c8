using System.Buffers.Binary;

namespace FsxFuse.Model;

/// <summary>Values of extended attributes: bytes of a seed, or an access control list.</summary>
internal static class AttributeValues
{
    internal const string AccessList = "system.posix_acl_access";
    internal const string DefaultList = "system.posix_acl_default";

    // linux/posix_acl_xattr.h
    private const int UserObject = 1, User = 2, GroupObject = 4, Group = 8, Mask = 16, Other = 32;
    // The group may always execute: what becomes of set-gid without that when a user outside the group writes depends on the kernel, which does
    // not tell a FUSE file system which groups the user is in (linux/fuse.h, FUSE_HANDLE_KILLPRIV_V2: "only if file has group execute permission").
    private const int Execute = 1;
    private const uint NoId = uint.MaxValue;

    internal static byte[] Make(Operation o)
    {
        if (o.Name is AccessList or DefaultList)
            return List(o.Seed);
        byte[] value = new byte[o.Length];
        Pattern.Fill(value, o.Seed);
        return value;
    }

    private static byte[] List(int seed)
    {
        int Permissions(int shift) => (seed >> shift) & 7;
        return (seed & 3) switch
        {
            0 => Encode((UserObject, Permissions(2), NoId), (GroupObject, Permissions(5) | Execute, NoId), (Other, Permissions(8), NoId)),
            1 => Encode((UserObject, Permissions(2), NoId), (User, Permissions(11), Users.Ordinary), (GroupObject, Permissions(5) | Execute, NoId),
                (Mask, Permissions(14) | Execute, NoId), (Other, Permissions(8), NoId)),
            2 => Encode((UserObject, Permissions(2), NoId), (GroupObject, Permissions(5) | Execute, NoId), (Group, Permissions(11), Users.Ordinary),
                (Mask, Permissions(14) | Execute, NoId), (Other, Permissions(8), NoId)),

            // Malformed: a named user needs a mask.
            _ => Encode((UserObject, Permissions(2), NoId), (User, Permissions(11), Users.Ordinary), (GroupObject, Permissions(5) | Execute, NoId), (Other, 0, NoId)),
        };
    }

    private static byte[] Encode(params ReadOnlySpan<(int Tag, int Permissions, uint Id)> entries)
    {
        byte[] list = new byte[4 + (8 * entries.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(list, 2);
        for (int i = 0; i < entries.Length; i++)
        {
            var at = list.AsSpan(4 + (8 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], (ushort)entries[i].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], entries[i].Id);
        }

        return list;
    }
}
