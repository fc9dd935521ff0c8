using System.Buffers.Binary;
using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>POSIX access control lists, acl(5), through the attributes that setfacl writes.</summary>
internal static class AclCases
{
    private const string Access = "system.posix_acl_access";
    private const string Default = "system.posix_acl_default";

    // linux/posix_acl_xattr.h
    private const int UserObj = 1, User = 2, GroupObj = 4, Group = 8, Mask = 16, Other = 32;
    private const uint NoId = uint.MaxValue;

    internal static void Add(CaseList t)
    {
        t.Both("a_list_is_kept_and_its_mask_is_the_group_class", c =>
        {
            Set(File("a", "", 640), Access, (UserObj, 6, NoId), (User, 7, Bob), (GroupObj, 4, NoId), (Mask, 5, NoId), (Other, 0, NoId));
            Equal(650, Stat("a").Mode);
            BytesEqual(List((UserObj, 6, NoId), (User, 7, Bob), (GroupObj, 4, NoId), (Mask, 5, NoId), (Other, 0, NoId)), Attribute("a", Access));
        });
        t.Both("a_minimal_list_is_the_mode_alone", _ =>
        {
            Set(File("a"), Access, (UserObj, 6, NoId), (GroupObj, 4, NoId), (Other, 1, NoId));
            Equal(641, Stat("a").Mode);
            Getxattr("a", Access, []).Fails(ENODATA);
        });
        t.Both("chmod_changes_the_mask", _ =>
        {
            Set(File("a"), Access, (UserObj, 6, NoId), (User, 7, Bob), (GroupObj, 4, NoId), (Mask, 7, NoId), (Other, 0, NoId));
            Chmod("a", 705).Ok();
            BytesEqual(List((UserObj, 7, NoId), (User, 7, Bob), (GroupObj, 4, NoId), (Mask, 0, NoId), (Other, 5, NoId)), Attribute("a", Access));
            Equal(705, Stat("a").Mode);
        });
        t.Both("removing_the_list_leaves_the_mode", _ =>
        {
            Set(File("a", "", 640), Access, (UserObj, 6, NoId), (User, 7, Bob), (GroupObj, 4, NoId), (Mask, 7, NoId), (Other, 0, NoId));
            Removexattr("a", Access).Ok();
            Getxattr("a", Access, []).Fails(ENODATA);
        });
        t.Both("removing_a_list_that_is_not_there_succeeds", _ =>
        {
            File("a", "", 640);
            Removexattr("a", Access).Ok();
            Removexattr("a", Default).Ok();
            Mkdir("d").Ok();
            Removexattr("d", Default).Ok();
            Equal(640, Stat("a").Mode);
        });
        t.Both("malformed_lists_are_EINVAL", _ =>
        {
            File("a");
            Setxattr("a", Access, [1, 2, 3]).Fails(EINVAL);
            TrySet("a", Access, (UserObj, 6, NoId), (User, 7, Bob), (GroupObj, 4, NoId), (Other, 0, NoId)).Fails(EINVAL);
            TrySet("a", Access, (UserObj, 6, NoId), (Other, 0, NoId)).Fails(EINVAL);
            TrySet("a", Access, (UserObj, 9, NoId), (GroupObj, 4, NoId), (Other, 0, NoId)).Fails(EINVAL);
        });
        t.Both("default_lists_are_for_directories", _ =>
        {
            TrySet(File("a"), Default, (UserObj, 7, NoId), (GroupObj, 5, NoId), (Other, 0, NoId)).Fails(EACCES);
            Mkdir("d").Ok();
            Set("d", Default, (UserObj, 7, NoId), (GroupObj, 5, NoId), (Other, 0, NoId));
            Equal(755, Stat("d").Mode);
            Removexattr("d", Default).Ok();
        });
        t.Both("a_new_file_inherits_the_default_instead_of_the_umask", _ =>
        {
            Mkdir("d").Ok();
            Set("d", Default, (UserObj, 7, NoId), (User, 6, Bob), (GroupObj, 5, NoId), (Mask, 7, NoId), (Other, 1, NoId));
            Umask(77);
            File("d/a", "", 666);
            Equal(660, Stat("d/a").Mode);
            BytesEqual(List((UserObj, 6, NoId), (User, 6, Bob), (GroupObj, 5, NoId), (Mask, 6, NoId), (Other, 0, NoId)), Attribute("d/a", Access));
        });
        t.Both("a_new_directory_inherits_both_lists", _ =>
        {
            Mkdir("d").Ok();
            Set("d", Default, (UserObj, 7, NoId), (User, 6, Bob), (GroupObj, 5, NoId), (Mask, 7, NoId), (Other, 1, NoId));
            Mkdir("d/e", 777).Ok();
            BytesEqual(Attribute("d", Default), Attribute("d/e", Default));
            BytesEqual(Attribute("d", Default), Attribute("d/e", Access));
            Equal(771, Stat("d/e").Mode);
        });
        t.Both("a_minimal_default_decides_the_mode", _ =>
        {
            Mkdir("d").Ok();
            Set("d", Default, (UserObj, 7, NoId), (GroupObj, 4, NoId), (Other, 0, NoId));
            Umask(0);
            File("d/a", "", 666);
            Equal(640, Stat("d/a").Mode);
            Getxattr("d/a", Access, []).Fails(ENODATA);
        });
        t.Root("a_named_user_is_let_in", c =>
        {
            File("a", "x", 600);
            c.As(Bob, () => Open("a", O_RDONLY).Fails(EACCES));
            Set("a", Access, (UserObj, 6, NoId), (User, 4, Bob), (GroupObj, 0, NoId), (Mask, 4, NoId), (Other, 0, NoId));
            c.As(Bob, () =>
            {
                Equal("x", Text("a"));
                Open("a", O_WRONLY).Fails(EACCES);
            });
            c.As(Alice, () => Open("a", O_RDONLY).Fails(EACCES));
        });
        t.Root("a_named_user_is_kept_out", c =>
        {
            File("a", "x", 644);
            Set("a", Access, (UserObj, 6, NoId), (User, 0, Bob), (GroupObj, 4, NoId), (Mask, 4, NoId), (Other, 4, NoId));
            c.As(Bob, () => Open("a", O_RDONLY).Fails(EACCES));
            c.As(Alice, () => Equal("x", Text("a")));
        });
        t.Root("the_mask_limits_a_named_user", c =>
        {
            File("a", "x", 600);
            Set("a", Access, (UserObj, 6, NoId), (User, 6, Bob), (GroupObj, 6, NoId), (Mask, 4, NoId), (Other, 0, NoId));
            c.As(Bob, () =>
            {
                Equal("x", Text("a"));
                Open("a", O_RDWR).Fails(EACCES);
            });
        });
        t.Root("a_named_group_is_let_in", c =>
        {
            File("a", "x", 600);
            Set("a", Access, (UserObj, 6, NoId), (GroupObj, 0, NoId), (Group, 6, Staff), (Mask, 6, NoId), (Other, 0, NoId));
            c.AsUser(Alice, Alice, [Staff], () => Write(c.Fd("a", O_WRONLY), "y"u8).Is(1));
            c.As(Alice, () => Open("a", O_RDONLY).Fails(EACCES));
        });
        t.Root("setting_by_another_user_is_EPERM", c =>
        {
            File("a", "", 666);
            c.As(Alice, () => TrySet("a", Access, (UserObj, 6, NoId), (GroupObj, 0, NoId), (Other, 0, NoId)).Fails(EPERM));
        });
        t.Root("setting_moves_ctime", _ =>
        {
            File("a");
            ChangesCtime("a", () => Set("a", Access, (UserObj, 6, NoId), (User, 4, Bob), (GroupObj, 0, NoId), (Mask, 4, NoId), (Other, 0, NoId)));
        });
        t.Root("setting_what_is_so_already_moves_no_times", _ =>
        {
            File("a", "", 640);
            KeepsTimes("a", () => Set("a", Access, (UserObj, 6, NoId), (GroupObj, 4, NoId), (Other, 0, NoId)));
            KeepsTimes("a", () => Removexattr("a", Access).Ok());
            Set("a", Access, (UserObj, 6, NoId), (User, 4, Bob), (GroupObj, 0, NoId), (Mask, 4, NoId), (Other, 0, NoId));
            KeepsTimes("a", () => Set("a", Access, (UserObj, 6, NoId), (User, 4, Bob), (GroupObj, 0, NoId), (Mask, 4, NoId), (Other, 0, NoId)));
            ChangesCtime("a", () => Set("a", Access, (UserObj, 6, NoId), (User, 6, Bob), (GroupObj, 0, NoId), (Mask, 4, NoId), (Other, 0, NoId)));
            ChangesCtime("a", () => Set("a", Access, (UserObj, 6, NoId), (GroupObj, 4, NoId), (Other, 0, NoId)));
        });
        t.Root("removing_a_list_moves_ctime", _ =>
        {
            File("a");
            Set("a", Access, (UserObj, 6, NoId), (User, 4, Bob), (GroupObj, 0, NoId), (Mask, 4, NoId), (Other, 0, NoId));
            ChangesCtime("a", () => Removexattr("a", Access).Ok());
        });
    }

    private static byte[] List(params ReadOnlySpan<(int Tag, int Rights, uint Id)> entries)
    {
        byte[] bytes = new byte[4 + 8 * entries.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 2);
        for (int i = 0; i < entries.Length; i++)
        {
            var entry = bytes.AsSpan(4 + 8 * i);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)entries[i].Rights);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], entries[i].Id);
        }
        return bytes;
    }

    private static Outcome TrySet(string path, string name, params ReadOnlySpan<(int Tag, int Rights, uint Id)> entries) => Setxattr(path, name, List(entries));

    private static void Set(string path, string name, params ReadOnlySpan<(int Tag, int Rights, uint Id)> entries)
    {
        var outcome = TrySet(path, name, entries);
        if (outcome.Errno == EOPNOTSUPP)
            Skip("no access control lists here");
        outcome.Ok();
    }
}
