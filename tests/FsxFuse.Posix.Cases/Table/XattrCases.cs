using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>Extended attributes, xattr(7).</summary>
internal static class XattrCases
{
    internal static void Add(CaseList t)
    {
        foreach (var kind in new[] { FileKind.Regular, FileKind.Folder })
        {
            t.Both($"set_get_list_remove_on_{kind.Word}", _ =>
            {
                kind.Make("a");
                Equal("", AttributeNames("a"));
                Setxattr("a", "user.one", "1").Ok();
                Setxattr("a", "user.two", "22").Ok();
                Equal("user.one user.two", AttributeNames("a"));
                Equal("22", AttributeText("a", "user.two"));
                Removexattr("a", "user.one").Ok();
                Equal("user.two", AttributeNames("a"));
                Getxattr("a", "user.one", []).Fails(ENODATA);
            });
            t.Both($"set_and_remove_move_ctime_not_mtime_of_{kind.Word}", _ =>
            {
                kind.Make("a");
                KeepsMtime("a", () =>
                {
                    ChangesCtime("a", () => Setxattr("a", "user.k", "v").Ok());
                    ChangesCtime("a", () => Setxattr("a", "user.k", "w").Ok());
                    ChangesCtime("a", () => Removexattr("a", "user.k").Ok());
                });
            });
        }
        t.Both("set_to_the_value_it_has_moves_no_times", _ =>
        {
            File("a");
            Setxattr("a", "user.k", "v").Ok();
            Setxattr("a", "user.empty", []).Ok();
            KeepsTimes("a", () =>
            {
                Setxattr("a", "user.k", "v").Ok();
                Setxattr("a", "user.k", "v", XATTR_REPLACE).Ok();
                Setxattr("a", "user.empty", []).Ok();
            });
            ChangesCtime("a", () => Setxattr("a", "user.k", []).Ok());
        });
        t.Both("CREATE_refuses_an_existing_name", _ =>
        {
            File("a");
            Setxattr("a", "user.k", "v", XATTR_CREATE).Ok();
            Setxattr("a", "user.k", "w", XATTR_CREATE).Fails(EEXIST);
            Equal("v", AttributeText("a", "user.k"));
        });
        t.Both("REPLACE_refuses_a_missing_name", _ =>
        {
            File("a");
            Setxattr("a", "user.k", "v", XATTR_REPLACE).Fails(ENODATA);
            Setxattr("a", "user.k", "v").Ok();
            Setxattr("a", "user.k", "w", XATTR_REPLACE).Ok();
            Equal("w", AttributeText("a", "user.k"));
        });
        t.Both("unknown_flags_are_EINVAL", _ => Setxattr(File("a"), "user.k", "v", 8).Fails(EINVAL));
        t.Both("missing_names_are_ENODATA", _ =>
        {
            File("a");
            Getxattr("a", "user.none", new byte[10]).Fails(ENODATA);
            Removexattr("a", "user.none").Fails(ENODATA);
        });
        t.Both("an_empty_value_is_a_value", _ =>
        {
            File("a");
            Setxattr("a", "user.k", []).Ok();
            Getxattr("a", "user.k", new byte[10]).Is(0);
            Equal("user.k", AttributeNames("a"));
        });
        t.Both("binary_values_are_kept", _ =>
        {
            byte[] value = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
            Setxattr(File("a"), "user.k", value).Ok();
            BytesEqual(value, Attribute("a", "user.k"));
        });
        t.Both("size_zero_asks_for_the_size", _ =>
        {
            Setxattr(File("a"), "user.k", "value").Ok();
            Getxattr("a", "user.k", []).Is(5);
            Listxattr("a", []).Is(7);
        });
        t.Both("too_small_a_buffer_is_ERANGE", _ =>
        {
            Setxattr(File("a"), "user.k", "value").Ok();
            Getxattr("a", "user.k", new byte[4]).Fails(ERANGE);
            Getxattr("a", "user.k", new byte[5]).Is(5);
            Listxattr("a", new byte[6]).Fails(ERANGE);
            Listxattr("a", new byte[7]).Is(7);
        });
        t.Both("a_value_above_64_KiB_is_E2BIG", _ => Setxattr(File("a"), "user.k", new byte[65537]).FailsEither(E2BIG, ENOSPC));
        t.Both("a_value_of_3_KiB_is_kept", _ =>
        {
            Setxattr(File("a"), "user.k", Pattern(3000)).Ok();
            BytesEqual(Pattern(3000), Attribute("a", "user.k"));
        });
        t.Both("a_name_above_255_bytes_is_ERANGE", _ =>
        {
            File("a");
            Setxattr("a", "user." + new string('n', 251), "v").Fails(ERANGE);
            Setxattr("a", "user." + new string('n', 250), "v").Ok();
            Equal("user." + new string('n', 250), AttributeNames("a"));
        });
        t.Both("an_empty_name_is_refused", _ =>
        {
            File("a");
            Setxattr("a", "", "v").FailsEither(ERANGE, EINVAL);
            Setxattr("a", "user.", "v").Fails(EINVAL);
        });
        t.Both("an_unknown_namespace_is_EOPNOTSUPP", _ =>
        {
            File("a");
            Setxattr("a", "nonsense.k", "v").Fails(EOPNOTSUPP);
            Setxattr("a", "k", "v").Fails(EOPNOTSUPP);
            Getxattr("a", "nonsense.k", []).Fails(EOPNOTSUPP);
        });
        t.Both("user_attributes_of_a_symlink_are_EPERM", _ =>
        {
            Symlink("none", "l").Ok();
            Lsetxattr("l", "user.k", "v"u8).Fails(EPERM);
            Lgetxattr("l", "user.k", []).FailsEither(ENODATA, EPERM);
        });
        t.Both("user_attributes_of_a_fifo_are_EPERM", _ =>
        {
            Mkfifo("f").Ok();
            Setxattr("f", "user.k", "v").Fails(EPERM);
        });
        t.Both("follow_a_symlink", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            Setxattr("l", "user.k", "v").Ok();
            Equal("v", AttributeText("a", "user.k"));
        });
        t.Both("work_by_descriptor", c =>
        {
            int fd = c.Fd("a");
            Fsetxattr(fd, "user.k", "v"u8).Ok();
            Fgetxattr(fd, "user.k", []).Is(1);
            Flistxattr(fd, []).Is(7);
            Unlink("a").Ok();
            Fsetxattr(fd, "user.l", "w"u8).Ok();
            Flistxattr(fd, []).Is(14);
            Fremovexattr(fd, "user.k").Ok();
            Flistxattr(fd, []).Is(7);
        });
        t.Both("thirty_attributes_on_one_file", _ =>
        {
            File("a");
            for (int i = 0; i < 30; i++)
                Setxattr("a", $"user.k{i:d2}", $"{i}").Ok();
            Equal(string.Join(' ', Enumerable.Range(0, 30).Select(i => $"user.k{i:d2}")), AttributeNames("a"));
            for (int i = 0; i < 30; i += 2)
                Removexattr("a", $"user.k{i:d2}").Ok();
            Equal("17", AttributeText("a", "user.k17"));
        });
        t.Both("grow_and_shrink_in_place", _ =>
        {
            File("a");
            foreach (int size in new[] { 1, 2000, 10, 3000, 0, 100 })
            {
                Setxattr("a", "user.k", Pattern(size)).Ok();
                BytesEqual(Pattern(size), Attribute("a", "user.k"));
            }
        });
        t.Both("vanish_with_the_file", _ =>
        {
            Setxattr(File("a"), "user.k", "v").Ok();
            Unlink("a").Ok();
            File("a");
            Equal("", AttributeNames("a"));
        });
        t.Both("names_of_odd_bytes_are_kept", _ =>
        {
            File("a");
            string name = "user." + Name.Raw(0xFF, 0x20, 0x3D);
            Setxattr("a", name, "v").Ok();
            Equal("v", AttributeText("a", name));
        });
        t.Root("trusted_is_for_root", c =>
        {
            File("a", "", 666);
            Setxattr("a", "trusted.k", "v").Ok();
            Equal("v", AttributeText("a", "trusted.k"));
            Equal("trusted.k", AttributeNames("a"));
            c.As(Alice, () =>
            {
                Getxattr("a", "trusted.k", []).Fails(ENODATA);
                Setxattr("a", "trusted.l", "v").Fails(EPERM);
                Equal("", AttributeNames("a"));
            });
        });
        t.Root("trusted_works_on_symlinks_and_fifos", _ =>
        {
            Symlink("none", "l").Ok();
            Lsetxattr("l", "trusted.k", "v"u8).Ok();
            Lgetxattr("l", "trusted.k", []).Is(1);
            Lremovexattr("l", "trusted.k").Ok();
            Mkfifo("f").Ok();
            Setxattr("f", "trusted.k", "v").Ok();
            Equal("v", AttributeText("f", "trusted.k"));
        });
        t.Root("security_can_be_set_by_root_and_read_by_all", c =>
        {
            File("a");
            Setxattr("a", "security.test", "v").Ok();
            c.As(Alice, () =>
            {
                Equal("v", AttributeText("a", "security.test"));
                Setxattr("a", "security.test", "w").Fails(EPERM);
            });
        });
        t.Root("a_capability_is_dropped_by_a_write", c =>
        {
            // VFS_CAP_REVISION_2 with CAP_NET_BIND_SERVICE permitted and effective.
            byte[] capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            File("a", "x", 755);
            Setxattr("a", "security.capability", capability).Ok();
            Write(c.Fd("a", O_WRONLY), "y"u8).Is(1);
            Getxattr("a", "security.capability", []).Fails(ENODATA);
        });
        t.Root("a_capability_is_dropped_by_chown", _ =>
        {
            byte[] capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            File("a", "x", 755);
            Setxattr("a", "security.capability", capability).Ok();
            Chown("a", Alice, Alice).Ok();
            Getxattr("a", "security.capability", []).Fails(ENODATA);
        });
        t.Root("user_attributes_need_read_and_write_permission", c =>
        {
            File("a", "", 644);
            Setxattr("a", "user.k", "v").Ok();
            c.As(Alice, () =>
            {
                Equal("v", AttributeText("a", "user.k"));
                Setxattr("a", "user.k", "w").Fails(EACCES);
                Removexattr("a", "user.k").Fails(EACCES);
            });
            Chmod("a", 600).Ok();
            c.As(Alice, () =>
            {
                Getxattr("a", "user.k", []).Fails(EACCES);
                Equal("user.k", AttributeNames("a"));
            });
        });
        t.Root("user_attributes_of_a_sticky_directory_are_for_its_owner", c =>
        {
            Dirs(777, "d");
            Chmod("d", 1777).Ok();
            c.As(Alice, () => Setxattr("d", "user.k", "v").Fails(EPERM));
        });
        t.Both("survive_rename_and_link", _ =>
        {
            Setxattr(File("a"), "user.k", "v").Ok();
            Rename("a", "b").Ok();
            Link("b", "c").Ok();
            Unlink("b").Ok();
            Equal("v", AttributeText("c", "user.k"));
        });
    }
}
