using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>link(2), linkat(2), symlink(2), readlink(2).</summary>
internal static class LinkCases
{
    internal static void Add(CaseList t)
    {
        FileKind.ForEach(t, "gives_a_second_name_to", (_, kind) =>
        {
            kind.Make("a");
            Link("a", "b").Ok();
            Equal(Lstat("a").Inode, Lstat("b").Inode);
            Equal(2u, Lstat("a").Links);
            Equal(kind.Type, Lstat("b").Type);
            Link("b", "c").Ok();
            Equal(3u, Lstat("a").Links);
            Unlink("a").Ok();
            Equal(2u, Lstat("c").Links);
        }, FileKind.Folder);
        FileKind.ForEach(t, "moves_ctime_not_mtime_of", (_, kind) =>
        {
            kind.Make("a");
            KeepsMtime("a", () => ChangesCtime("a", () => Link("a", "b").Ok()));
        }, FileKind.Folder);
        FileKind.ForEach(t, "over_an_existing_name_is_EEXIST_for", (_, kind) =>
        {
            File("a");
            kind.Make("b");
            Link("a", "b").Fails(EEXIST);
            Equal(1u, Stat("a").Links);
        });
        t.Both("of_a_directory_is_EPERM", _ =>
        {
            Mkdir("d").Ok();
            Link("d", "e").Fails(EPERM);
        });
        t.Both("moves_the_directorys_times", _ =>
        {
            Mkdir("d").Ok();
            File("a");
            ChangesMtime("d", () => Link("a", "d/b").Ok());
        });
        t.Both("shares_content_and_size", c =>
        {
            File("a", "one");
            Link("a", "b").Ok();
            int fd = c.Fd("b", O_WRONLY | O_APPEND);
            Write(fd, "two"u8).Is(3);
            Equal("onetwo", Text("a"));
            Equal(6L, Stat("a").Length);
            Truncate("a", 1).Ok();
            Equal("o", Text("b"));
        });
        t.Both("shares_times_and_attributes", _ =>
        {
            File("a");
            Link("a", "b").Ok();
            Utimens("b", new(1000, 1), new(2000, 2)).Ok();
            Equal(new Timestamp(2000, 2), Stat("a").Modify);
            Setxattr("b", "user.k", "v").Ok();
            Equal("v", AttributeText("a", "user.k"));
        });
        t.Both("in_another_directory_outlives_the_first", _ =>
        {
            Dirs(755, "d", "e");
            File("d/a", "x");
            Link("d/a", "e/b").Ok();
            Unlink("d/a").Ok();
            Rmdir("d").Ok();
            Equal("x", Text("e/b"));
        });
        t.Both("of_a_symlink_links_the_symlink", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            Link("l", "m").Ok();
            Equal(S_IFLNK, Lstat("m").Type);
            Equal(2u, Lstat("l").Links);
            Equal(1u, Stat("a").Links);
        });
        t.Both("with_AT_SYMLINK_FOLLOW_links_the_target", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            LinkAt(AT_FDCWD, "l", AT_FDCWD, "m", AT_SYMLINK_FOLLOW).Ok();
            Equal(S_IFREG, Lstat("m").Type);
            Equal(2u, Stat("a").Links);
        });
        t.Both("of_an_unlinked_open_file_is_ENOENT", c =>
        {
            int fd = c.Fd("a");
            Unlink("a").Ok();
            LinkAt(AT_FDCWD, $"/proc/self/fd/{fd}", AT_FDCWD, "b", AT_SYMLINK_FOLLOW).Fails(ENOENT);
        });
        t.Both("a_hundred_names", _ =>
        {
            File("a");
            for (int i = 0; i < 100; i++)
                Link("a", $"n{i}").Ok();
            Equal(101u, Stat("n50").Links);
            for (int i = 0; i < 100; i++)
                Unlink($"n{i}").Ok();
            Equal(1u, Stat("a").Links);
        });
        t.Both("rename_keeps_the_other_name", _ =>
        {
            File("a", "x");
            Link("a", "b").Ok();
            Rename("a", "c").Ok();
            Equal("x", Text("b"));
            Equal(2u, Stat("c").Links);
        });
        t.Both("refused_leaves_ctime_and_nlink", _ =>
        {
            File("a");
            File("b");
            KeepsTimes("a", () => Link("a", "b").Fails(EEXIST));
            Equal(1u, Stat("a").Links);
        });
        t.Root("needs_no_right_on_the_file_unless_hardlinks_are_protected", c =>
        {
            Dirs(777, "d");
            File("d/a", "", 0);
            bool isProtected = System.IO.File.ReadAllText("/proc/sys/fs/protected_hardlinks").Trim() == "1";
            c.As(Alice, () => Equal(isProtected ? EPERM : 0, Link("d/a", "d/b").Errno));
        });

        t.Both("symlink_keeps_its_text_byte_for_byte", _ =>
        {
            foreach (string target in new[] { "a", "/absolute", "../up", "with space", Name.Raw(0xFF, 0xFE), "ünïcode", "none/", "//", ".", new string('x', PATH_MAX - 1) })
            {
                Symlink(target, "l").Ok();
                Readlink("l", out string text).Ok();
                Equal(target, text);
                Equal(Name.Bytes(target).Length - 1, (int)Lstat("l").Length);
                Unlink("l").Ok();
            }
        });
        t.Both("symlink_text_of_4096_bytes_is_ENAMETOOLONG", _ => Symlink(new string('x', PATH_MAX), "l").Fails(ENAMETOOLONG));
        t.Both("symlink_with_empty_text_is_ENOENT", _ => Symlink("", "l").Fails(ENOENT));
        t.Both("symlink_has_all_permissions_whatever_the_umask", _ =>
        {
            Umask(777);
            Symlink("t", "l").Ok();
            Equal(777, Lstat("l").Mode);
        });
        FileKind.ForEach(t, "readlink_is_EINVAL_for", (_, kind) =>
        {
            kind.Make("a");
            Readlink("a", out string _).Fails(EINVAL);
        }, FileKind.Link);
        t.Both("readlink_truncates_to_the_buffer", _ =>
        {
            Symlink("0123456789", "l").Ok();
            Readlink("l", out string text, 4).Is(4);
            Equal("0123", text);
        });
        t.Both("symlink_replaced_is_read_anew", _ =>
        {
            File("a", "a");
            File("b", "b");
            Symlink("a", "l").Ok();
            Equal("a", Text("l"));
            Unlink("l").Ok();
            Symlink("b", "l").Ok();
            Equal("b", Text("l"));
            Symlink("a", "m").Ok();
            Rename("m", "l").Ok();
            Equal("a", Text("l"));
        });
        t.Both("symlink_to_a_directory_is_followed_within_a_path", _ =>
        {
            Dirs(755, "d", "d/e");
            Symlink("d/e", "l").Ok();
            File("l/a", "x");
            Equal("x", Text("d/e/a"));
            Equal("a", Names("l"));
        });
        t.Both("symlink_does_not_change_with_its_target", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            KeepsTimes("l", () =>
            {
                Chmod("l", 600).Ok();
                Truncate("l", 5).Ok();
            });
        });
    }
}
