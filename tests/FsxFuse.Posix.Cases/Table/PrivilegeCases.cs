using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>What becomes of suid, sgid and sticky bits, and who may do what in directories shared by several users.</summary>
internal static class PrivilegeCases
{
    internal static void Add(CaseList t)
    {
        foreach (var (word, change) in new (string, Action<PosixContext, int>)[]
        {
            ("write", (_, fd) => Write(fd, "x"u8).Is(1)),
            ("pwrite", (_, fd) => Pwrite(fd, "x"u8, 100).Is(1)),
            ("writev", (_, fd) => Writev(fd, "x"u8, "y"u8).Is(2)),
        })
        {
            t.Root($"{word}_by_a_user_clears_suid_and_sgid", c =>
            {
                File("a");
                Chmod("a", 6777).Ok();
                c.As(Alice, () => change(c, c.Fd("a", O_WRONLY)));
                Equal(777, Stat("a").Mode);
            });
            t.Root($"{word}_by_root_keeps_suid_and_sgid", c =>
            {
                File("a");
                Chmod("a", 6777).Ok();
                change(c, c.Fd("a", O_WRONLY));
                Equal(6777, Stat("a").Mode);
            });
        }
        t.User("write_by_the_owner_clears_suid_and_sgid", c =>
        {
            File("a");
            Chmod("a", 6755).Ok();
            Write(c.Fd("a", O_WRONLY), "x"u8).Is(1);
            Equal(755, Stat("a").Mode);
        });
        t.User("write_keeps_sticky_and_sgid_without_group_execute", c =>
        {
            File("a");
            Chmod("a", 1755).Ok();
            Write(c.Fd("a", O_WRONLY), "x"u8).Is(1);
            Equal(1755, Stat("a").Mode);
        });
        t.User("O_DIRECT_write_clears_suid", c =>
        {
            File("a");
            Chmod("a", 4755).Ok();
            var opened = Open("a", O_WRONLY | O_DIRECT);
            if (opened.Errno == EINVAL)
                Skip("O_DIRECT is not supported here");
            using var memory = new AlignedMemory(4096);
            Write((int)opened.Ok(), memory.Bytes).Is(4096);
            Close((int)opened.Value).Ok();
            Equal(755, Stat("a").Mode);
        });
        t.User("a_write_through_an_older_descriptor_clears_a_newer_suid", c =>
        {
            int fd = c.Fd("a", O_RDWR | O_CREAT, 755);
            Write(fd, "x"u8).Is(1);
            Chmod("a", 4755).Ok();
            Write(fd, "y"u8).Is(1);
            Equal(755, Stat("a").Mode);
            Chmod("a", 4755).Ok();
            Write(fd, "z"u8).Is(1);
            Equal(755, Stat("a").Mode);
        });
        t.Both("reading_keeps_suid_and_sgid", c =>
        {
            File("a", "x");
            Chmod("a", 6755).Ok();
            Read(c.Fd("a", O_RDONLY), new byte[1]).Is(1);
            Equal(6755, Stat("a").Mode);
        });
        t.Both("rename_link_and_utimes_keep_suid_and_sgid", _ =>
        {
            File("a");
            Chmod("a", 6755).Ok();
            Rename("a", "b").Ok();
            Link("b", "c").Ok();
            Utimens("c", new(1, 0), new(2, 0)).Ok();
            Equal(6755, Stat("b").Mode);
        });
        t.Root("sticky_directory_protects_every_type_of_file", c =>
        {
            Dirs(777, "d");
            Chmod("d", 1777).Ok();
            foreach (var kind in FileKind.All)
            {
                kind.Make($"d/{kind.Word}");
                Lchown($"d/{kind.Word}", Alice, Alice).Ok();
            }
            c.As(Bob, () =>
            {
                foreach (var kind in FileKind.All)
                    (kind == FileKind.Folder ? Rmdir("d/directory") : Unlink($"d/{kind.Word}")).Fails(EPERM);
            });
            c.As(Alice, () =>
            {
                foreach (var kind in FileKind.All)
                    kind.Remove($"d/{kind.Word}");
            });
        });
        t.Root("sticky_directory_lets_anybody_create_and_change_what_he_may", c =>
        {
            Dirs(777, "d");
            Chmod("d", 1777).Ok();
            Chown(File("d/a", "x", 666), Alice, Alice).Ok();
            c.As(Bob, () =>
            {
                File("d/b");
                Write(c.Fd("d/a", O_WRONLY), "y"u8).Is(1);
                Link("d/b", "d/c").Ok();
                Rename("d/b", "d/e").Ok();
            });
            Equal("y", Text("d/a"));
        });
        t.Root("group_write_in_a_shared_directory", c =>
        {
            Mkdir("d", 770).Ok();
            Chown("d", 0, Staff).Ok();
            Chmod("d", 2770).Ok();
            c.AsUser(Alice, Alice, [Staff], () => File("d/a", "x", 660));
            c.AsUser(Bob, Bob, [Staff], () =>
            {
                Equal("x", Text("d/a"));
                Unlink("d/a").Ok();
            });
            c.As(Alice, () => Open("d", O_RDONLY | O_DIRECTORY).Fails(EACCES));
        });
        t.Root("chmod_chown_and_utimes_after_losing_ownership_are_EPERM", c =>
        {
            File("a");
            Chown("a", Alice, Alice).Ok();
            c.As(Alice, () => Chmod("a", 600).Ok());
            Chown("a", Bob, Bob).Ok();
            c.As(Alice, () =>
            {
                Chmod("a", 644).Fails(EPERM);
                Chown("a", -1, Alice).Fails(EPERM);
                Utimens("a", new(1, 0), new(2, 0)).Fails(EPERM);
            });
        });
        t.Root("stat_needs_no_right_on_the_file", c =>
        {
            File("a", "x", 0);
            c.As(Alice, () =>
            {
                Equal(1L, Stat("a").Length);
                Open("a", O_PATH).Ok();
            });
        });
        t.Root("readlink_needs_no_right_on_the_link", c =>
        {
            Symlink("target", "l").Ok();
            Lchown("l", Bob, Bob).Ok();
            c.As(Alice, () => Readlink("l", out string _).Ok());
        });
        t.Root("a_program_needs_execute_to_run", c =>
        {
            File("a", "#!/bin/sh\n", 644);
            AccessOf("a", X_OK).Fails(EACCES);
            Chmod("a", 645).Ok();
            c.As(Alice, () => AccessOf("a", X_OK).Ok());
            c.AsUser(Alice, 0, [0], () => AccessOf("a", X_OK).Fails(EACCES));
        });
    }
}
