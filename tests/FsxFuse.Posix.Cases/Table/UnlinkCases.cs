using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>unlink(2), rmdir(2), and the life of files without names.</summary>
internal static class UnlinkCases
{
    internal static void Add(CaseList t)
    {
        FileKind.ForEach(t, "removes", (_, kind) =>
        {
            kind.Make("a");
            Unlink("a").Ok();
            TryStat("a", out var _, AT_SYMLINK_NOFOLLOW).Fails(ENOENT);
            Equal("", Names("."));
        }, FileKind.Folder);
        FileKind.ForEach(t, "moves_the_directorys_times_for", (_, kind) =>
        {
            Mkdir("d").Ok();
            kind.Make("d/a");
            ChangesMtime("d", () => kind.Remove("d/a"));
        });
        FileKind.ForEach(t, "of_one_of_two_names_moves_ctime_of", (_, kind) =>
        {
            kind.Make("a");
            Link("a", "b").Ok();
            Equal(2u, Lstat("b").Links);
            ChangesCtime("b", () => Unlink("a").Ok());
            Equal(1u, Lstat("b").Links);
            Equal(kind.Type, Lstat("b").Type);
        }, FileKind.Folder);
        t.Both("of_a_directory_is_EISDIR", _ =>
        {
            Mkdir("d").Ok();
            Unlink("d").FailsEither(EISDIR, EPERM);
            True(Exists("d"));
        });
        t.Both("with_a_trailing_slash_is_ENOTDIR", _ =>
        {
            File("a");
            Unlink("a/").Fails(ENOTDIR);
        });
        t.Both("of_a_symlink_keeps_its_target", _ =>
        {
            File("a", "x");
            Symlink("a", "l").Ok();
            Unlink("l").Ok();
            Equal("x", Text("a"));
        });
        t.Both("keeps_an_open_file_readable_and_writable", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "before"u8).Is(6);
            Unlink("a").Ok();
            Equal(0u, Fstat(fd).Links);
            Write(fd, " after"u8).Is(6);
            Equal("before after", Text(fd));
            Ftruncate(fd, 3).Ok();
            Equal(3L, Fstat(fd).Length);
        });
        t.Both("of_an_open_file_moves_its_ctime", c =>
        {
            int fd = c.Fd("a");
            var before = Fstat(fd).Change;
            Tick();
            Unlink("a").Ok();
            True(Fstat(fd).Change > before);
        });
        t.Both("then_recreate_is_another_file", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "old"u8).Is(3);
            Unlink("a").Ok();
            File("a", "new!");
            Equal("old", Text(fd));
            Equal("new!", Text("a"));
            NotEqual(Fstat(fd).Inode, Stat("a").Inode);
        });
        t.Both("then_mkdir_of_the_name_works", c =>
        {
            int fd = c.Fd("a");
            Unlink("a").Ok();
            Mkdir("a").Ok();
            Equal(S_IFDIR, Stat("a").Type);
            Equal(S_IFREG, Fstat(fd).Type);
        });
        t.Both("of_a_mapped_file_keeps_the_mapping", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            using var map = Mapping.Shared(fd, 8192);
            c.Shut(fd);
            Unlink("a").Ok();
            BytesEqual(Pattern(8192), map.Bytes);
            map.Bytes[4097] = 7;
            Equal((byte)7, map.Bytes[4097]);
        });
        t.Both("of_every_name_leaves_nlink_zero", c =>
        {
            int fd = c.Fd("a");
            Link("a", "b").Ok();
            Link("a", "c").Ok();
            Unlink("b").Ok();
            Unlink("a").Ok();
            Equal(1u, Fstat(fd).Links);
            Unlink("c").Ok();
            Equal(0u, Fstat(fd).Links);
        });
        t.Both("again_is_ENOENT", _ =>
        {
            File("a");
            Unlink("a").Ok();
            Unlink("a").Fails(ENOENT);
        });
        t.Both("frees_space_when_the_last_descriptor_closes", c =>
        {
            int fd = c.Fd("a");
            Write(fd, Pattern(1 << 20)).Is(1 << 20);
            Fsync(fd).Ok();
            Unlink("a").Ok();
            True(Fstat(fd).Blocks > 0);
            c.Shut(fd);
        });
        t.Both("of_a_thousand_files_leaves_an_empty_directory", _ =>
        {
            Mkdir("d").Ok();
            for (int i = 0; i < 1000; i++)
                Mknod($"d/{i}", S_IFREG).Ok();
            for (int i = 0; i < 1000; i++)
                Unlink($"d/{i}").Ok();
            Rmdir("d").Ok();
        });
        t.Both("during_iteration_by_another_descriptor_is_seen", c =>
        {
            Mkdir("d").Ok();
            File("d/a");
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Unlink("d/a").Ok();
            Equal(2, ReadAll(fd).Count);
        });
        t.Root("in_a_sticky_directory_is_for_the_files_or_directorys_owner", c =>
        {
            Mkdir("d").Ok();
            Chmod("d", 1777).Ok();
            Chown("d", Bob, Bob).Ok();
            foreach (string name in new[] { "d/a", "d/b", "d/c" })
                Chown(File(name), Alice, Alice).Ok();
            c.As(Staff, () => Unlink("d/a").Fails(EPERM));
            c.As(Alice, () => Unlink("d/a").Ok());
            c.As(Bob, () => Unlink("d/b").Ok());
            Unlink("d/c").Ok();
        });
        t.Root("needs_no_right_on_the_file_itself", c =>
        {
            Dirs(777, "d");
            File("d/a", "", 0);
            c.As(Alice, () => Unlink("d/a").Ok());
        });

        t.Both("rmdir_removes_an_empty_directory", _ =>
        {
            Mkdir("d").Ok();
            Rmdir("d").Ok();
            TryStat("d", out var _).Fails(ENOENT);
        });
        FileKind.ForEach(t, "rmdir_of_a_directory_holding_a_is_ENOTEMPTY", (_, kind) =>
        {
            Mkdir("d").Ok();
            kind.Make("d/x");
            Rmdir("d").FailsEither(ENOTEMPTY, EEXIST);
            kind.Remove("d/x");
            Rmdir("d").Ok();
        });
        FileKind.ForEach(t, "rmdir_is_ENOTDIR_for", (_, kind) =>
        {
            kind.Make("a");
            Rmdir("a").Fails(ENOTDIR);
            True(Exists("a"));
        }, FileKind.Folder);
        t.Both("rmdir_of_dot_is_EINVAL", _ =>
        {
            Mkdir("d").Ok();
            Rmdir("d/.").Fails(EINVAL);
        });
        t.Both("rmdir_of_dot_dot_is_ENOTEMPTY", _ =>
        {
            Dirs(755, "d", "d/e");
            Rmdir("d/e/..").FailsEither(ENOTEMPTY, EINVAL);
        });
        t.Both("rmdir_of_a_symlink_to_a_directory_is_ENOTDIR", _ =>
        {
            Mkdir("d").Ok();
            Symlink("d", "l").Ok();
            Rmdir("l").Fails(ENOTDIR);
            Rmdir("l/").Fails(ENOTDIR);
        });
        t.Both("rmdir_lowers_the_parents_nlink_and_moves_its_times", _ =>
        {
            Dirs(755, "d", "d/e");
            Equal(3u, Stat("d").Links);
            ChangesMtime("d", () => Rmdir("d/e").Ok());
            Equal(2u, Stat("d").Links);
        });
        t.Both("rmdir_of_an_open_directory_leaves_it_empty", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Rmdir("d").Ok();
            Equal(0u, Fstat(fd).Links);
            Getdents(fd, out var entries).FailsEither(0, ENOENT);
            True(entries.All(e => e.Name is "." or ".."));
            OpenAt(fd, "x", O_CREAT | O_RDWR).Fails(ENOENT);
        });
        t.Both("rmdir_then_mkdir_is_another_directory", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Rmdir("d").Ok();
            Mkdir("d").Ok();
            File("d/a");
            NotEqual(Fstat(fd).Inode, Stat("d").Inode);
            Equal("a", Names("d"));
        });
        t.Both("rmdir_after_removing_an_open_file_works", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d/a");
            Unlink("d/a").Ok();
            Rmdir("d").Ok();
            Write(fd, "x"u8).Is(1);
        });
        t.Root("rmdir_in_a_sticky_directory_is_for_the_owner", c =>
        {
            Dirs(777, "d");
            Chmod("d", 1777).Ok();
            Mkdir("d/e").Ok();
            Chown("d/e", Alice, Alice).Ok();
            c.As(Bob, () => Rmdir("d/e").Fails(EPERM));
            c.As(Alice, () => Rmdir("d/e").Ok());
        });
        t.Both("unlinkat_with_and_without_AT_REMOVEDIR", c =>
        {
            Mkdir("d").Ok();
            File("d/a");
            Mkdir("d/e").Ok();
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            UnlinkAt(fd, "a", AT_REMOVEDIR).Fails(ENOTDIR);
            UnlinkAt(fd, "e", 0).FailsEither(EISDIR, EPERM);
            UnlinkAt(fd, "a", 0).Ok();
            UnlinkAt(fd, "e", AT_REMOVEDIR).Ok();
        });
    }
}
