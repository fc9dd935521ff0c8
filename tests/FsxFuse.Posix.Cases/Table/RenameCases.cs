using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>rename(2), renameat2(2).</summary>
internal static class RenameCases
{
    internal static void Add(CaseList t)
    {
        FileKind.ForEach(t, "moves", (_, kind) =>
        {
            kind.Make("a");
            ulong inode = Lstat("a").Inode;
            Rename("a", "b").Ok();
            Equal("b", Names("."));
            Equal(inode, Lstat("b").Inode);
            Equal(kind.Type, Lstat("b").Type);
            Mkdir("d").Ok();
            Rename("b", "d/c").Ok();
            Equal(inode, Lstat("d/c").Inode);
            Equal("d", Names("."));
        });
        FileKind.ForEach(t, "moves_ctime_not_mtime_of", (_, kind) =>
        {
            kind.Make("a");
            var before = Lstat("a");
            Tick();
            Rename("a", "b").Ok();
            True(Lstat("b").Change > before.Change);
            Equal(before.Modify, Lstat("b").Modify);
        });
        FileKind.ForEach(t, "over_a_file_replaces_it_by", (_, kind) =>
        {
            kind.Make("a");
            File("b", "old");
            ulong inode = Lstat("a").Inode;
            Rename("a", "b").Ok();
            Equal(inode, Lstat("b").Inode);
            Equal("b", Names("."));
        }, FileKind.Folder);
        FileKind.ForEach(t, "of_a_directory_is_ENOTDIR_over", (_, kind) =>
        {
            Mkdir("d").Ok();
            kind.Make("b");
            Rename("d", "b").Fails(ENOTDIR);
            True(Exists("d"));
        }, FileKind.Folder);
        FileKind.ForEach(t, "over_a_directory_is_EISDIR_for", (_, kind) =>
        {
            kind.Make("a");
            Mkdir("d").Ok();
            Rename("a", "d").Fails(EISDIR);
            Equal(kind.Type, Lstat("a").Type);
        }, FileKind.Folder);
        t.Both("moves_the_times_of_both_directories", _ =>
        {
            Dirs(755, "d", "e");
            File("d/a");
            var before = Stat("e");
            ChangesMtime("d", () => Rename("d/a", "e/a").Ok());
            True(Stat("e").Modify > before.Modify);
            True(Stat("e").Change > before.Change);
        });
        t.Both("over_an_empty_directory_replaces_it", _ =>
        {
            Dirs(755, "a", "a/x", "b");
            ulong inode = Stat("a").Inode;
            Rename("a", "b").Ok();
            Equal(inode, Stat("b").Inode);
            Equal("x", Names("b"));
        });
        t.Both("over_a_full_directory_is_ENOTEMPTY", _ =>
        {
            Dirs(755, "a", "b", "b/x");
            Rename("a", "b").FailsEither(ENOTEMPTY, EEXIST);
            Equal("a b", Names("."));
        });
        t.Both("into_itself_is_EINVAL", _ =>
        {
            Dirs(755, "a", "a/b");
            Rename("a", "a/c").Fails(EINVAL);
            Rename("a", "a/b/c").Fails(EINVAL);
        });
        t.Both("over_an_ancestor_is_ENOTEMPTY", _ =>
        {
            Dirs(755, "a", "a/b", "a/b/c");
            Rename("a/b/c", "a").FailsEither(ENOTEMPTY, EEXIST);
            File("a/b/f");
            Rename("a/b/f", "a").FailsEither(EISDIR, ENOTEMPTY);
        });
        t.Both("of_dot_or_dot_dot_is_EBUSY_or_EINVAL", _ =>
        {
            Dirs(755, "d", "d/e");
            Rename("d/.", "x").FailsEither(EBUSY, EINVAL);
            Rename("d/e/..", "x").FailsEither(EBUSY, EINVAL);
            Rename("d", "d/e/.").FailsEither(EBUSY, EINVAL);
        });
        t.Both("to_itself_changes_nothing", _ =>
        {
            File("a", "x");
            KeepsTimes("a", () => Rename("a", "a").Ok());
            Equal("x", Text("a"));
            Mkdir("d").Ok();
            Rename("d", "d").Ok();
        });
        t.Both("between_two_names_of_one_file_keeps_both", _ =>
        {
            File("a");
            Link("a", "b").Ok();
            Rename("a", "b").Ok();
            Equal("a b", Names("."));
            Equal(2u, Stat("a").Links);
        });
        t.Both("over_one_name_of_a_hard_link_lowers_nlink", _ =>
        {
            File("a");
            Link("a", "b").Ok();
            File("c");
            ChangesCtime("a", () => Rename("c", "b").Ok());
            Equal(1u, Stat("a").Links);
        });
        t.Both("of_one_name_of_a_hard_link_keeps_nlink", _ =>
        {
            File("a");
            Link("a", "b").Ok();
            Rename("b", "c").Ok();
            Equal(2u, Stat("a").Links);
            Equal(Stat("a").Inode, Stat("c").Inode);
        });
        t.Both("over_an_open_file_keeps_the_old_one_for_its_descriptor", c =>
        {
            int fd = c.Fd(File("b", "old"), O_RDWR);
            File("a", "new");
            Rename("a", "b").Ok();
            Equal("old", Text(fd));
            Equal("new", Text("b"));
            Equal(0u, Fstat(fd).Links);
            Write(fd, "OLD"u8).Is(3);
            Equal("new", Text("b"));
        });
        t.Both("of_an_open_file_keeps_its_descriptor", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "one"u8).Is(3);
            Rename("a", "b").Ok();
            Write(fd, "two"u8).Is(3);
            Equal("onetwo", Text("b"));
            Equal(1u, Fstat(fd).Links);
        });
        t.Both("of_a_directory_carries_its_open_files", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d/a");
            Rename("d", "e").Ok();
            Write(fd, "x"u8).Is(1);
            Equal("x", Text("e/a"));
            TryStat("d/a", out var _).Fails(ENOENT);
        });
        t.Both("of_a_directory_moves_a_link_count", _ =>
        {
            Dirs(755, "a", "b", "a/d");
            Equal(3u, Stat("a").Links);
            Rename("a/d", "b/d").Ok();
            Equal(2u, Stat("a").Links);
            Equal(3u, Stat("b").Links);
        });
        t.Both("over_an_empty_directory_keeps_the_parents_link_count", _ =>
        {
            Dirs(755, "p", "p/a", "p/b");
            Equal(4u, Stat("p").Links);
            Rename("p/a", "p/b").Ok();
            Equal(3u, Stat("p").Links);
        });
        t.Both("over_an_open_directory_orphans_it", c =>
        {
            Dirs(755, "a", "b");
            int fd = c.Fd("b", O_RDONLY | O_DIRECTORY);
            Rename("a", "b").Ok();
            Equal(0u, Fstat(fd).Links);
            OpenAt(fd, "x", O_CREAT | O_RDWR).Fails(ENOENT);
        });
        t.Both("of_a_symlink_keeps_its_text", _ =>
        {
            Symlink("none", "l").Ok();
            Rename("l", "m").Ok();
            Readlink("m", out string target).Ok();
            Equal("none", target);
        });
        t.Both("over_a_symlink_replaces_the_link", _ =>
        {
            File("a", "new");
            File("t", "target");
            Symlink("t", "l").Ok();
            Rename("a", "l").Ok();
            Equal(S_IFREG, Lstat("l").Type);
            Equal("target", Text("t"));
        });
        t.Both("with_trailing_slashes_is_for_directories", _ =>
        {
            Mkdir("d").Ok();
            Rename("d/", "e/").Ok();
            File("a");
            Rename("a", "b/").Fails(ENOTDIR);
            Rename("a/", "b").Fails(ENOTDIR);
        });
        t.Both("of_a_tree_keeps_every_file_in_it", _ =>
        {
            Dirs(755, "d", "d/e", "d/e/f");
            for (int i = 0; i < 20; i++)
                File($"d/e/f/{i}", $"{i}");
            Rename("d", "g").Ok();
            for (int i = 0; i < 20; i++)
                Equal($"{i}", Text($"g/e/f/{i}"));
        });
        t.Both("to_a_name_that_was_looked_up_in_vain_is_seen", _ =>
        {
            TryStat("b", out var _).Fails(ENOENT);
            File("a");
            Rename("a", "b").Ok();
            Stat("b");
            TryStat("a", out var _).Fails(ENOENT);
        });
        t.Both("and_back_a_hundred_times", _ =>
        {
            File("a", "x");
            for (int i = 0; i < 100; i++)
            {
                Rename("a", "b").Ok();
                Rename("b", "a").Ok();
            }
            Equal("x", Text("a"));
        });
        t.Both("to_another_file_system_is_EXDEV", _ =>
        {
            File("a");
            Rename("a", $"/dev/shm/fsxfuse-posix-{Environment.ProcessId}").Fails(EXDEV);
            Link("a", $"/dev/shm/fsxfuse-posix-{Environment.ProcessId}").Fails(EXDEV);
        });
        AddFlags(t);
        AddRights(t);
    }

    private static void AddFlags(CaseList t)
    {
        t.Both("NOREPLACE_refuses_an_existing_name", _ =>
        {
            File("a", "a");
            File("b", "b");
            Rename2("a", "b", RENAME_NOREPLACE).Fails(EEXIST);
            Equal("b", Text("b"));
            Rename2("a", "c", RENAME_NOREPLACE).Ok();
            Equal("b c", Names("."));
        });
        t.Both("NOREPLACE_refuses_a_dangling_symlink_and_itself", _ =>
        {
            File("a");
            Symlink("none", "l").Ok();
            Rename2("a", "l", RENAME_NOREPLACE).Fails(EEXIST);
            Rename2("a", "a", RENAME_NOREPLACE).Fails(EEXIST);
        });
        t.Both("NOREPLACE_moves_a_directory", _ =>
        {
            Dirs(755, "d", "d/x", "e");
            Rename2("d", "e", RENAME_NOREPLACE).Fails(EEXIST);
            Rename2("d", "f", RENAME_NOREPLACE).Ok();
            Equal("x", Names("f"));
        });
        t.Both("EXCHANGE_swaps_two_files", _ =>
        {
            File("a", "a");
            File("b", "b");
            var before = (A: Stat("a"), B: Stat("b"));
            Tick();
            Rename2("a", "b", RENAME_EXCHANGE).Ok();
            Equal("b", Text("a"));
            Equal("a", Text("b"));
            Equal(before.A.Inode, Stat("b").Inode);
            True(Stat("b").Change > before.A.Change);
            True(Stat("a").Change > before.B.Change);
        });
        t.Both("EXCHANGE_swaps_a_file_and_a_full_directory", _ =>
        {
            Dirs(755, "p", "q", "q/d");
            File("q/d/x");
            File("p/a", "file");
            Rename2("p/a", "q/d", RENAME_EXCHANGE).Ok();
            Equal("x", Names("p/a"));
            Equal("file", Text("q/d"));
            Equal(3u, Stat("p").Links);
            Equal(2u, Stat("q").Links);
        });
        t.Both("EXCHANGE_swaps_two_directories_of_different_parents", _ =>
        {
            Dirs(755, "p", "q", "p/d", "q/e", "p/d/x", "q/e/y");
            Rename2("p/d", "q/e", RENAME_EXCHANGE).Ok();
            Equal("y", Names("p/d"));
            Equal("x", Names("q/e"));
            Equal(Stat("p").Inode, Stat("p/d/..").Inode);
        });
        t.Both("EXCHANGE_with_a_missing_name_is_ENOENT", _ =>
        {
            File("a");
            Rename2("a", "b", RENAME_EXCHANGE).Fails(ENOENT);
            Rename2("b", "a", RENAME_EXCHANGE).Fails(ENOENT);
        });
        t.Both("EXCHANGE_with_a_descendant_is_EINVAL", _ =>
        {
            Dirs(755, "d", "d/e", "d/e/f");
            Rename2("d", "d/e/f", RENAME_EXCHANGE).Fails(EINVAL);
            Rename2("d/e/f", "d", RENAME_EXCHANGE).FailsEither(EINVAL, ENOTEMPTY);
        });
        t.Both("EXCHANGE_of_symlinks_swaps_the_links", _ =>
        {
            Symlink("x", "a").Ok();
            File("b", "b");
            Rename2("a", "b", RENAME_EXCHANGE).Ok();
            Equal(S_IFLNK, Lstat("b").Type);
            Equal("b", Text("a"));
        });
        t.Both("EXCHANGE_keeps_open_descriptors_on_their_files", c =>
        {
            int a = c.Fd(File("a", "a"), O_RDWR);
            int b = c.Fd(File("b", "b"), O_RDWR);
            Rename2("a", "b", RENAME_EXCHANGE).Ok();
            Equal("a", Text(a));
            Equal("b", Text(b));
            Pwrite(a, "A"u8, 0).Is(1);
            Equal("A", Text("b"));
        });
        t.Both("NOREPLACE_and_EXCHANGE_together_are_EINVAL", _ =>
        {
            File("a");
            File("b");
            Rename2("a", "b", RENAME_NOREPLACE | RENAME_EXCHANGE).Fails(EINVAL);
            Rename2("a", "b", 64).Fails(EINVAL);
        });
        t.Root("WHITEOUT_leaves_a_character_device_0_0", c =>
        {
            File("a", "x");
            var outcome = Rename2("a", "b", RENAME_WHITEOUT);
            if (c.Differs)
            {
                outcome.Fails(EINVAL);
                Equal("a", Names("."));
                return;
            }
            outcome.Ok();
            Equal(S_IFCHR, Lstat("a").Type);
            Equal((0u, 0u), Lstat("a").DeviceNumber);
            Equal("x", Text("b"));
        }, differs: "the kernel refuses RENAME_WHITEOUT on FUSE before asking the daemon (fs/fuse/dir.c, fuse_rename2)");
    }

    private static void AddRights(CaseList t)
    {
        t.User("from_a_directory_without_write_is_EACCES", _ =>
        {
            Dirs(755, "d", "e");
            File("d/a");
            Chmod("d", 555).Ok();
            Rename("d/a", "e/a").Fails(EACCES);
            Rename("d/a", "d/b").Fails(EACCES);
            Chmod("d", 755).Ok();
        });
        t.User("of_a_directory_without_write_to_another_parent_is_EACCES", _ =>
        {
            Dirs(755, "p", "d");
            Chmod("d", 555).Ok();
            Rename("d", "p/d").Fails(EACCES);
            Rename("d", "e").Ok();
        });
        t.User("EXCHANGE_needs_write_on_a_directory_that_moves", _ =>
        {
            Dirs(755, "p", "q", "p/d", "q/e");
            Chmod("q/e", 555).Ok();
            Rename2("p/d", "q/e", RENAME_EXCHANGE).Fails(EACCES);
        });
        t.Root("from_a_sticky_directory_is_for_the_owner", c =>
        {
            Dirs(777, "d", "e");
            Chmod("d", 1777).Ok();
            Chown(File("d/a"), Alice, Alice).Ok();
            c.As(Bob, () => Rename("d/a", "e/a").Fails(EPERM));
            c.As(Alice, () => Rename("d/a", "e/a").Ok());
        });
        t.Root("over_a_name_in_a_sticky_directory_is_for_its_owner", c =>
        {
            Dirs(777, "d", "e");
            Chmod("d", 1777).Ok();
            Chown(File("d/a"), Alice, Alice).Ok();
            Chown(File("e/b"), Bob, Bob).Ok();
            c.As(Bob, () => Rename("e/b", "d/a").Fails(EPERM));
            c.As(Bob, () => Rename("e/b", "d/c").Ok());
        });
        t.Root("EXCHANGE_in_a_sticky_directory_is_for_both_owners", c =>
        {
            Dirs(777, "d");
            Chmod("d", 1777).Ok();
            Chown(File("d/a"), Alice, Alice).Ok();
            Chown(File("d/b"), Bob, Bob).Ok();
            c.As(Bob, () => Rename2("d/a", "d/b", RENAME_EXCHANGE).Fails(EPERM));
        });
        t.Root("of_anothers_directory_to_another_parent_is_EACCES", c =>
        {
            Dirs(777, "p", "q");
            Mkdir("p/d", 755).Ok();
            c.As(Alice, () => Rename("p/d", "q/d").Fails(EACCES));
            c.As(Alice, () => Rename("p/d", "p/e").Ok());
        });
        t.Root("keeps_owner_mode_and_attributes", _ =>
        {
            File("a", "", 640);
            Chown("a", Alice, Staff).Ok();
            Setxattr("a", "user.k", "v").Ok();
            Mkdir("d").Ok();
            Rename("a", "d/b").Ok();
            var stat = Stat("d/b");
            Equal((640, Alice, Staff), (stat.Mode, stat.Uid, stat.Gid));
            Equal("v", AttributeText("d/b", "user.k"));
        });
    }
}
