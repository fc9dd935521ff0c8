using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>open(2) and its flags.</summary>
internal static class OpenCases
{
    internal static void Add(CaseList t)
    {
        AddCreation(t);
        AddFlags(t);
        AddTemporary(t);
        AddRights(t);
    }

    private static void AddCreation(CaseList t)
    {
        FileKind.ForEach(t, "O_EXCL_is_EEXIST_for", (_, kind) =>
        {
            kind.Make("a");
            Open("a", O_CREAT | O_EXCL | O_RDWR).Fails(EEXIST);
        });
        t.Both("O_EXCL_refuses_a_dangling_symlink", _ =>
        {
            Symlink("none", "l").Ok();
            Open("l", O_CREAT | O_EXCL | O_RDWR).Fails(EEXIST);
            TryStat("none", out var _).Fails(ENOENT);
        });
        t.Both("O_CREAT_of_an_existing_file_keeps_mode_and_content", c =>
        {
            File("a", "x", 600);
            KeepsTimes("a", () => c.Fd("a", O_CREAT | O_RDWR, 777));
            Equal(600, Stat("a").Mode);
            Equal("x", Text("a"));
        });
        t.Both("O_CREAT_of_an_existing_file_leaves_the_directorys_times", c =>
        {
            Mkdir("d").Ok();
            File("d/a");
            KeepsTimes("d", () => c.Fd("d/a", O_CREAT | O_RDWR));
        });
        t.Both("O_CREAT_with_a_read_only_mode_is_still_writable", c =>
        {
            int fd = c.Fd("a", O_CREAT | O_RDWR, 444);
            Write(fd, "x"u8).Is(1);
            Equal(444, Stat("a").Mode);
            int none = c.Fd("b", O_CREAT | O_RDWR, 0);
            Write(none, "x"u8).Is(1);
        });
        t.Both("of_a_directory_for_writing_is_EISDIR", _ =>
        {
            Mkdir("d").Ok();
            Open("d", O_WRONLY).Fails(EISDIR);
            Open("d", O_RDWR).Fails(EISDIR);
            Open("d", O_RDONLY | O_CREAT).Fails(EISDIR);
            Open("d", O_RDONLY | O_TRUNC).Fails(EISDIR);
        });
        t.Both("O_TRUNC_empties_and_moves_the_times", c =>
        {
            File("a", Pattern(10000));
            ChangesMtime("a", () => c.Fd("a", O_WRONLY | O_TRUNC));
            Equal(0L, Stat("a").Length);
        });
        t.Both("O_TRUNC_for_reading_empties_too", c =>
        {
            File("a", Pattern(10000));
            int fd = 0;
            ChangesMtime("a", () => fd = c.Fd("a", O_RDONLY | O_TRUNC));
            Equal(0L, Fstat(fd).Length);
            Equal("", Text("a"));
            Truncate("a", 5).Ok();
            Equal("\0\0\0\0\0", Text("a"));
        });
        t.Both("O_TRUNC_shows_to_other_descriptors", c =>
        {
            int fd = c.Fd(File("a", "content"), O_RDONLY);
            c.Fd("a", O_WRONLY | O_TRUNC);
            Equal(0L, Fstat(fd).Length);
            Equal("", Text(fd));
        });
        t.Both("O_TRUNC_keeps_mode_links_and_attributes", c =>
        {
            File("a", "x", 640);
            Link("a", "b").Ok();
            Setxattr("a", "user.k", "v").Ok();
            c.Fd("a", O_WRONLY | O_TRUNC);
            Equal((640, 2u), (Stat("a").Mode, Stat("a").Links));
            Equal("v", AttributeText("b", "user.k"));
        });
        t.Both("O_TRUNC_then_write_leaves_no_old_bytes", c =>
        {
            File("a", Pattern(20000));
            int fd = c.Fd("a", O_RDWR | O_TRUNC);
            Pwrite(fd, "x"u8, 9999).Is(1);
            byte[] all = Content("a");
            Equal(10000, all.Length);
            True(all.AsSpan(0, 9999).IndexOfAnyExcept((byte)0) < 0, "zeros before the new byte");
        });
        t.Both("creation_is_seen_after_a_failed_lookup", c =>
        {
            Open("a", O_RDONLY).Fails(ENOENT);
            c.Fd("a");
            Stat("a");
        });
    }

    private static void AddFlags(CaseList t)
    {
        t.Both("O_APPEND_writes_at_the_end_whatever_the_position", c =>
        {
            File("a", "12345");
            int fd = c.Fd("a", O_RDWR | O_APPEND);
            Seek(fd, 0, SEEK_SET).Is(0);
            Write(fd, "6"u8).Is(1);
            Seek(fd, 0, SEEK_CUR).Is(6);
            Equal("123456", Text("a"));
        });
        t.Both("O_APPEND_makes_pwrite_append_on_Linux", c =>
        {
            int fd = c.Fd(File("a", "12345"), O_RDWR | O_APPEND);
            Pwrite(fd, "6"u8, 0).Is(1);
            Equal("123456", Text("a"));
        });
        t.Both("O_APPEND_follows_another_descriptors_growth", c =>
        {
            int a = c.Fd("a", O_WRONLY | O_CREAT | O_APPEND);
            int b = c.Fd("a", O_WRONLY | O_APPEND);
            for (int i = 0; i < 10; i++)
            {
                Write(a, "a"u8).Is(1);
                Write(b, "b"u8).Is(1);
            }
            Equal("abababababababababab", Text("a"));
        });
        t.Both("O_APPEND_can_be_set_by_fcntl", c =>
        {
            int fd = c.Fd(File("a", "123"), O_RDWR);
            Fcntl(fd, F_SETFL, O_APPEND).Ok();
            Write(fd, "4"u8).Is(1);
            Equal("1234", Text("a"));
        });
        FileKind.ForEach(t, "O_DIRECTORY_is_ENOTDIR_for", (_, kind) =>
        {
            kind.Make("a");
            Open("a", O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_NOFOLLOW).Fails(ENOTDIR);
        }, FileKind.Folder);
        t.Both("O_DIRECTORY_opens_directories", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Read(fd, new byte[10]).Fails(EISDIR);
        });
        t.Both("O_NOFOLLOW_is_ELOOP_for_a_symlink", c =>
        {
            File("a");
            Symlink("a", "l").Ok();
            Open("l", O_RDONLY | O_NOFOLLOW).Fails(ELOOP);
            c.Fd("a", O_RDONLY | O_NOFOLLOW);
            Mkdir("d").Ok();
            File("d/x");
            Symlink("d", "m").Ok();
            c.Fd("m/x", O_RDONLY | O_NOFOLLOW);
        });
        t.Both("O_PATH_stats_but_does_not_read", c =>
        {
            int fd = c.Fd(File("a", "x"), O_PATH);
            Equal(1L, Fstat(fd).Length);
            Read(fd, new byte[1]).Fails(EBADF);
            Write(fd, "x"u8).Fails(EBADF);
            Seek(fd, 0, SEEK_SET).Fails(EBADF);
            Ftruncate(fd, 0).FailsEither(EBADF, EINVAL);
        });
        t.Both("O_PATH_with_O_NOFOLLOW_holds_a_symlink", c =>
        {
            Symlink("target", "l").Ok();
            Equal(S_IFLNK, Fstat(c.Fd("l", O_PATH | O_NOFOLLOW)).Type);
        });
        t.Both("O_PATH_descriptor_serves_as_directory", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d", O_PATH | O_DIRECTORY);
            Close((int)OpenAt(fd, "a", O_CREAT | O_WRONLY).Ok()).Ok();
            Equal("a", Names("d"));
        });
        t.Both("O_RDONLY_refuses_write_and_O_WRONLY_read", c =>
        {
            Write(c.Fd(File("a", "x"), O_RDONLY), "y"u8).Fails(EBADF);
            Read(c.Fd("a", O_WRONLY), new byte[1]).Fails(EBADF);
            Ftruncate(c.Fd("a", O_RDONLY), 0).FailsEither(EINVAL, EBADF);
        });
        foreach (var (word, flag) in new[] { ("O_SYNC", O_SYNC), ("O_DSYNC", O_DSYNC) })
            t.Both($"{word}_writes_and_reads_back", c =>
            {
                int fd = c.Fd("a", O_RDWR | O_CREAT | flag);
                Write(fd, Pattern(5000)).Is(5000);
                BytesEqual(Pattern(5000), Content("a"));
                Equal((long)flag, Fcntl(fd, F_GETFL).Ok() & flag);
            });
        t.Both("O_DIRECT_transfers_aligned_blocks", c =>
        {
            var opened = Open("a", O_RDWR | O_CREAT | O_DIRECT);
            if (opened.Errno == EINVAL)
                Skip("O_DIRECT is not supported here");
            int fd = (int)opened.Ok();
            using var memory = new AlignedMemory(8192);
            Pattern(8192).CopyTo(memory.Bytes);
            Pwrite(fd, memory.Bytes, 4096).Is(8192);
            memory.Bytes.Clear();
            Pread(fd, memory.Bytes, 4096).Is(8192);
            BytesEqual(Pattern(8192), memory.Bytes);
            Close(fd).Ok();
            BytesEqual(Pattern(8192), Content("a").AsSpan(4096));
        });
        t.Both("O_DIRECT_and_buffered_reads_agree", c =>
        {
            int buffered = c.Fd(File("a", Pattern(8192)), O_RDWR);
            var opened = Open("a", O_RDWR | O_DIRECT);
            if (opened.Errno == EINVAL)
                Skip("O_DIRECT is not supported here");
            int direct = (int)opened.Ok();
            using var memory = new AlignedMemory(4096);
            for (int round = 1; round <= 5; round++)
            {
                Pwrite(buffered, Pattern(4096, 100 + round), 0).Is(4096);
                Pread(direct, memory.Bytes, 0).Is(4096);
                BytesEqual(Pattern(4096, 100 + round), memory.Bytes);
                Pattern(4096, 200 + round).CopyTo(memory.Bytes);
                Pwrite(direct, memory.Bytes, 4096).Is(4096);
                BytesEqual(Pattern(4096, 200 + round), Content(buffered).AsSpan(4096, 4096));
            }
            Close(direct).Ok();
        });
        t.Both("O_NOATIME_by_the_owner_opens_and_keeps_atime", c =>
        {
            File("a", "x");
            Utimens("a", new(1000, 0), new(2000, 0)).Ok();
            Read(c.Fd("a", O_RDONLY | O_NOATIME), new byte[1]).Is(1);
            Equal(new Timestamp(1000, 0), Stat("a").Access);
        });
        t.Root("O_NOATIME_by_another_user_is_EPERM", c =>
        {
            File("a");
            c.As(Alice, () => Open("a", O_RDONLY | O_NOATIME).Fails(EPERM));
        });
        t.Both("O_NONBLOCK_means_nothing_to_a_regular_file", c => Equal("x", Text(c.Fd(File("a", "x"), O_RDONLY | O_NONBLOCK))));
        t.Both("two_hundred_descriptors_of_one_file", c =>
        {
            File("a", "x");
            var fds = Enumerable.Range(0, 200).Select(_ => c.Fd("a", O_RDWR)).ToList();
            Pwrite(fds[7], "y"u8, 0).Is(1);
            Equal("y", Text(fds[199]));
        });
        t.Root("of_a_running_program_for_writing_is_ETXTBSY", _ =>
        {
            if (Statfs(".").NoExec)
                Skip("mounted noexec");
            System.IO.File.Copy("/bin/sleep", "program");
            Chmod("program", 755).Ok();
            using var running = System.Diagnostics.Process.Start(System.IO.Path.GetFullPath("program"), "30");
            try
            {
                for (int i = 0; i < 200 && System.IO.File.ReadAllText($"/proc/{running.Id}/comm").Trim() != "program"; i++)
                    Thread.Sleep(5);
                Open("program", O_WRONLY).Fails(ETXTBSY);
                Truncate("program", 0).Fails(ETXTBSY);
            }
            finally
            {
                running.Kill();
                running.WaitForExit();
            }
        });
    }

    private static void AddTemporary(CaseList t)
    {
        t.Both("O_TMPFILE_has_no_name_and_no_links", c =>
        {
            int fd = c.Fd(".", O_TMPFILE | O_RDWR, 600);
            Equal((0u, 600, S_IFREG), (Fstat(fd).Links, Fstat(fd).Mode, Fstat(fd).Type));
            Equal("", Names("."));
            Write(fd, "content"u8).Is(7);
            Equal("content", Text(fd));
        });
        t.Both("O_TMPFILE_gets_a_name_by_linkat", c =>
        {
            int fd = c.Fd(".", O_TMPFILE | O_RDWR, 644);
            Write(fd, "content"u8).Is(7);
            LinkAt(AT_FDCWD, $"/proc/self/fd/{fd}", AT_FDCWD, "a", AT_SYMLINK_FOLLOW).Ok();
            Equal("content", Text("a"));
            Equal(1u, Stat("a").Links);
            Equal(Fstat(fd).Inode, Stat("a").Inode);
            LinkAt(AT_FDCWD, $"/proc/self/fd/{fd}", AT_FDCWD, "a", AT_SYMLINK_FOLLOW).Fails(EEXIST);
        });
        t.Both("O_TMPFILE_with_O_EXCL_never_gets_a_name", c =>
        {
            int fd = c.Fd(".", O_TMPFILE | O_RDWR | O_EXCL);
            LinkAt(AT_FDCWD, $"/proc/self/fd/{fd}", AT_FDCWD, "a", AT_SYMLINK_FOLLOW).Fails(ENOENT);
        });
        t.Both("O_TMPFILE_read_only_is_EINVAL", _ => Open(".", O_TMPFILE | O_RDONLY).Fails(EINVAL));
        t.Both("O_TMPFILE_leaves_the_directorys_times", c => KeepsTimes(".", () => c.Fd(".", O_TMPFILE | O_RDWR)));
        t.Both("O_TMPFILE_applies_the_umask", c =>
        {
            Umask(27);
            Equal(640, Fstat(c.Fd(".", O_TMPFILE | O_RDWR, 666)).Mode);
        });
        t.Both("O_TMPFILE_below_a_file_is_ENOTDIR", _ => Open(File("a"), O_TMPFILE | O_RDWR).Fails(ENOTDIR));
        t.User("O_TMPFILE_needs_write_on_the_directory", _ =>
        {
            Mkdir("d", 555).Ok();
            Open("d", O_TMPFILE | O_RDWR).Fails(EACCES);
        });
    }

    private static void AddRights(CaseList t)
    {
        t.Root("rights_follow_the_first_class_that_matches", c =>
        {
            foreach (int mode in new[] { 600, 60, 6, 400, 40, 4, 200, 20, 2, 64, 46, 604 })
            {
                string name = File($"a{mode}");
                Chown(name, Alice, Staff).Ok();
                Chmod(name, mode).Ok();
                Expect(Alice, [Alice], mode / 100);
                Expect(Alice, [Staff], mode / 100);
                Expect(Bob, [Bob, Staff], mode / 10 % 10);
                Expect(Bob, [Bob], mode % 10);

                void Expect(uint uid, uint[] groups, int bits) => c.AsUser(uid, Bob + 5, groups, () =>
                {
                    Verdict(Open(name, O_RDONLY), (bits & 4) != 0);
                    Verdict(Open(name, O_WRONLY), (bits & 2) != 0);
                    Verdict(Open(name, O_RDWR), (bits & 6) == 6);
                });
            }
        });
        t.Root("the_effective_group_counts_as_the_supplementary_ones", c =>
        {
            File("a", "x", 40);
            Chown("a", 0, Staff).Ok();
            c.AsUser(Alice, Staff, [], () => Equal("x", Text("a")));
            c.AsUser(Alice, Alice, [Bob, Staff], () => Equal("x", Text("a")));
            c.AsUser(Alice, Alice, [], () => Open("a", O_RDONLY).Fails(EACCES));
        });
        t.Root("forty_supplementary_groups_count", c =>
        {
            File("a", "x", 40);
            Chown("a", 0, Staff).Ok();
            c.AsUser(Alice, Alice, [.. Enumerable.Range(0, 39).Select(i => (uint)(70000 + i)), Staff], () => Equal("x", Text("a")));
        });
        t.Root("root_reads_and_writes_without_any_bit", c =>
        {
            File("a", "x", 0);
            Equal("x", Text("a"));
            Write(c.Fd("a", O_WRONLY), "y"u8).Is(1);
            AccessOf("a", R_OK | W_OK).Ok();
            AccessOf("a", X_OK).Fails(EACCES);
            Chmod("a", 1).Ok();
            AccessOf("a", X_OK).Ok();
        });
        t.Root("O_TRUNC_without_write_permission_is_EACCES", c =>
        {
            File("a", "x", 444);
            c.As(Alice, () => Open("a", O_RDONLY | O_TRUNC).Fails(EACCES));
            Equal("x", Text("a"));
        });
        t.Root("a_directory_needs_read_to_list_and_search_to_enter", c =>
        {
            Mkdir("d", 711).Ok();
            File("d/a", "x");
            c.As(Alice, () =>
            {
                Open("d", O_RDONLY | O_DIRECTORY).Fails(EACCES);
                Equal("x", Text("d/a"));
            });
            Chmod("d", 744).Ok();
            c.As(Alice, () =>
            {
                Equal("a", Names("d"));
                Open("d/a", O_RDONLY).Fails(EACCES);
            });
        });
        t.Root("an_open_descriptor_keeps_its_rights", c =>
        {
            File("a", "x", 666);
            c.As(Alice, () =>
            {
                int fd = c.Fd("a", O_RDWR);
                Identity.Restore();
                Chmod("a", 0).Ok();
                Identity.Become(Alice, Alice, [Alice]);
                Equal("x", Text(fd));
                Pwrite(fd, "y"u8, 0).Is(1);
            });
        });
        t.Root("access_asks_the_real_and_AT_EACCESS_the_effective_user", c =>
        {
            File("a", "", 600);
            c.As(Alice, () =>
            {
                AccessOf("a", F_OK).Ok();
                AccessOf("a", R_OK).Fails(EACCES);
                AccessOf("a", W_OK, AT_EACCESS).Fails(EACCES);
            });
            Chown("a", Alice, -1).Ok();
            c.As(Alice, () => AccessOf("a", R_OK | W_OK).Ok());
        });
    }

    private static void Verdict(Outcome outcome, bool allowed)
    {
        if (allowed)
            Close((int)outcome.Ok()).Ok();
        else
            outcome.Fails(EACCES);
    }
}
