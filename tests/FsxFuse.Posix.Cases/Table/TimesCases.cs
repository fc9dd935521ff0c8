using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>utimensat(2), futimens(2), and which calls move which time.</summary>
internal static class TimesCases
{
    private const string NoAtime = "the kernel leaves access times to the FUSE daemon, which does not see reads that its caches or passthrough serve";

    internal static void Add(CaseList t)
    {
        FileKind.ForEach(t, "sets_nanoseconds_of", (_, kind) =>
        {
            kind.Make("a");
            Utimens("a", new(1_000_000_000, 123_456_789), new(1_100_000_000, 987_654_321), AT_SYMLINK_NOFOLLOW).Ok();
            Equal(new Timestamp(1_000_000_000, 123_456_789), Lstat("a").Access);
            Equal(new Timestamp(1_100_000_000, 987_654_321), Lstat("a").Modify);
        });
        FileKind.ForEach(t, "moves_ctime_of", (_, kind) =>
        {
            kind.Make("a");
            ChangesCtime("a", () => Utimens("a", new(1, 2), new(3, 4), AT_SYMLINK_NOFOLLOW).Ok());
        });
        t.Both("UTIME_OMIT_leaves_one_time", _ =>
        {
            File("a");
            Utimens("a", new(1000, 5), new(2000, 6)).Ok();
            Utimens("a", Timestamp.Omit, new(3000, 7)).Ok();
            Equal((new Timestamp(1000, 5), new Timestamp(3000, 7)), (Stat("a").Access, Stat("a").Modify));
            Utimens("a", new(4000, 8), Timestamp.Omit).Ok();
            Equal((new Timestamp(4000, 8), new Timestamp(3000, 7)), (Stat("a").Access, Stat("a").Modify));
        });
        t.Both("UTIME_OMIT_of_both_changes_nothing", _ =>
        {
            File("a");
            KeepsTimes("a", () => Utimens("a", Timestamp.Omit, Timestamp.Omit).Ok());
        });
        t.Both("UTIME_NOW_is_the_current_time", _ =>
        {
            File("a");
            Utimens("a", new(1000, 0), new(2000, 0)).Ok();
            Utimens("a", Timestamp.Now, Timestamp.Omit).Ok();
            True(Stat("a").Access.Seconds > 1_700_000_000);
            Equal(new Timestamp(2000, 0), Stat("a").Modify);
            Utimens("a", new(1000, 0), Timestamp.Now).Ok();
            True(Stat("a").Modify.Seconds > 1_700_000_000);
            Equal(new Timestamp(1000, 0), Stat("a").Access);
        });
        t.Both("without_times_sets_both_to_now", _ =>
        {
            File("a");
            Utimens("a", new(1000, 0), new(2000, 0)).Ok();
            Touch("a").Ok();
            True(Stat("a").Access.Seconds > 1_700_000_000);
            Equal(Stat("a").Access, Stat("a").Modify);
        });
        t.Both("before_1970_and_after_2038", _ =>
        {
            foreach (long seconds in new[] { -1L, -1_000_000_000, 0, 1L << 31, (1L << 32) + 5, 9_000_000_000 })
            {
                File($"a{seconds}");
                Utimens($"a{seconds}", new(seconds, 1), new(seconds, 999_999_999)).Ok();
                Equal(new Timestamp(seconds, 999_999_999), Stat($"a{seconds}").Modify);
                Equal(new Timestamp(seconds, 1), Stat($"a{seconds}").Access);
            }
        });
        t.Both("nanoseconds_out_of_range_are_EINVAL", _ =>
        {
            File("a");
            Utimens("a", new(0, 1_000_000_000), new(0, 0)).Fails(EINVAL);
            Utimens("a", new(0, 0), new(0, -1)).Fails(EINVAL);
        });
        t.Both("follows_a_symlink_unless_told_not_to", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            Utimens("l", new(1000, 0), new(2000, 0)).Ok();
            Equal(new Timestamp(2000, 0), Stat("a").Modify);
            True(Lstat("l").Modify.Seconds > 1_700_000_000);
            Utimens("l", new(3000, 0), new(4000, 0), AT_SYMLINK_NOFOLLOW).Ok();
            Equal(new Timestamp(2000, 0), Stat("a").Modify);
            Equal(new Timestamp(4000, 0), Lstat("l").Modify);
        });
        t.Both("futimens_sets_and_survives_close", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "x"u8).Is(1);
            Futimens(fd, new(1000, 1), new(2000, 2)).Ok();
            Equal(new Timestamp(2000, 2), Fstat(fd).Modify);
            c.Shut(fd);
            Equal((new Timestamp(1000, 1), new Timestamp(2000, 2)), (Stat("a").Access, Stat("a").Modify));
        });
        t.Both("set_between_write_and_close_are_kept", c =>
        {
            int fd = c.Fd("a");
            Write(fd, Pattern(100_000)).Is(100_000);
            Utimens("a", new(1000, 1), new(2000, 2)).Ok();
            Fsync(fd).Ok();
            c.Shut(fd);
            Equal(new Timestamp(2000, 2), Stat("a").Modify);
            Equal(100_000L, Stat("a").Length);
        });
        t.Both("futimens_of_an_unlinked_file", c =>
        {
            int fd = c.Fd("a");
            Unlink("a").Ok();
            Futimens(fd, new(1000, 1), new(2000, 2)).Ok();
            Equal(new Timestamp(2000, 2), Fstat(fd).Modify);
        });
        t.Root("explicit_times_need_the_owner_and_now_needs_write", c =>
        {
            File("a", "", 666);
            File("b", "", 644);
            c.As(Alice, () =>
            {
                Utimens("a", new(1, 0), new(2, 0)).Fails(EPERM);
                Utimens("a", Timestamp.Now, Timestamp.Omit).Fails(EPERM);
                Touch("a").Ok();
                Utimens("a", Timestamp.Now, Timestamp.Now).Ok();
                Touch("b").Fails(EACCES);
                Utimens("b", new(1, 0), new(2, 0)).Fails(EPERM);
                Utimens("b", Timestamp.Omit, Timestamp.Omit).Ok();
            });
        });
        t.User("the_owner_needs_no_write_permission", _ =>
        {
            File("a", "", 444);
            Utimens("a", new(1, 0), new(2, 0)).Ok();
            Touch("a").Ok();
        });

        t.Both("write_moves_mtime_and_ctime", c =>
        {
            int fd = c.Fd(File("a", "x"), O_RDWR);
            ChangesMtime("a", () => Write(fd, "y"u8).Is(1));
            ChangesMtime("a", () => Pwrite(fd, "z"u8, 1000).Is(1));
        });
        t.Both("write_of_nothing_leaves_the_times", c =>
        {
            int fd = c.Fd(File("a", "x"), O_RDWR);
            KeepsTimes("a", () => Write(fd, []).Is(0));
        });
        t.Both("write_to_a_fifo_moves_mtime_and_ctime", c =>
        {
            Mkfifo("f").Ok();
            int fifo = c.Fd("f", O_RDWR);
            if (c.Differs)
                KeepsTimes("f", () => Write(fifo, "x"u8).Is(1));
            else
                ChangesMtime("f", () => Write(fifo, "x"u8).Is(1));
        }, differs: "what goes through a FIFO never reaches the daemon, and the kernel moves no times of FUSE's inodes by itself (S_NOCMTIME)");
        t.Both("read_leaves_mtime_and_ctime", c =>
        {
            int fd = c.Fd(File("a", "x"), O_RDONLY);
            KeepsTimes("a", () => Read(fd, new byte[1]).Is(1));
        });
        t.Both("read_moves_an_atime_older_than_mtime", c =>
        {
            if (Statfs(".").NoAccessTimes)
                Skip("mounted noatime");
            File("a", "x");
            Utimens("a", new(1000, 0), Timestamp.Omit).Ok();
            Read(c.Fd("a", O_RDONLY), new byte[1]).Is(1);
            if (!c.Differs)
                True(Stat("a").Access.Seconds > 1000);
        }, differs: NoAtime);
        t.Both("stat_open_and_access_leave_all_times", c =>
        {
            File("a", "x");
            KeepsTimes("a", () =>
            {
                Stat("a");
                AccessOf("a", R_OK).Ok();
                Getxattr("a", "user.none", []).Fails(ENODATA);
                c.Shut(c.Fd("a", O_RDWR));
            });
        });
        t.Both("fsync_and_close_leave_the_times", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "x"u8).Is(1);
            KeepsTimes("a", () =>
            {
                Fsync(fd).Ok();
                Fdatasync(fd).Ok();
                c.Shut(fd);
            });
        });
        t.Both("reading_a_directory_leaves_mtime_and_ctime", _ =>
        {
            Mkdir("d").Ok();
            File("d/a");
            KeepsTimes("d", () => Names("d"));
        });
        t.Both("changing_a_file_leaves_its_directorys_times", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d/a");
            KeepsTimes("d", () =>
            {
                Write(fd, "x"u8).Is(1);
                Chmod("d/a", 600).Ok();
                Truncate("d/a", 0).Ok();
                Setxattr("d/a", "user.k", "v").Ok();
                Utimens("d/a", new(1, 0), new(2, 0)).Ok();
            });
        });
        t.Both("changing_a_directory_leaves_its_parents_times", _ =>
        {
            Dirs(755, "d", "d/e");
            KeepsTimes("d", () =>
            {
                File("d/e/a");
                Rename("d/e/a", "d/e/b").Ok();
                Unlink("d/e/b").Ok();
            });
        });
        t.Both("mtime_moves_with_each_of_two_writes", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "x"u8).Is(1);
            ChangesMtime("a", () => Write(fd, "y"u8).Is(1));
            ChangesMtime("a", () => Write(fd, "z"u8).Is(1));
        });
        t.Both("fstat_and_stat_agree_while_writing", c =>
        {
            int fd = c.Fd("a");
            for (int i = 1; i <= 5; i++)
            {
                Write(fd, Pattern(1000)).Is(1000);
                Equal((long)i * 1000, Stat("a").Length);
                Equal(Fstat(fd).Modify, Stat("a").Modify);
                Tick();
            }
        });
        t.Both("btime_is_the_creation_and_never_moves", c =>
        {
            int fd = c.Fd("a");
            var stat = Stat("a");
            if (!stat.HasBirth)
                Skip("no btime here");
            Equal(stat.Birth, stat.Change);
            Tick();
            Write(fd, "x"u8).Is(1);
            Chmod("a", 600).Ok();
            Utimens("a", new(5000, 0), new(6000, 0)).Ok();
            Rename("a", "b").Ok();
            Equal(stat.Birth, Stat("b").Birth);
        });
        t.Both("btime_of_a_recreated_name_is_new", _ =>
        {
            File("a");
            var first = Stat("a");
            if (!first.HasBirth)
                Skip("no btime here");
            Unlink("a").Ok();
            Tick();
            File("a");
            True(Stat("a").Birth > first.Birth);
        });
        t.Both("ctime_never_goes_back", _ =>
        {
            File("a");
            var last = Stat("a").Change;
            for (int i = 0; i < 20; i++)
            {
                Chmod("a", 600 + i % 8).Ok();
                Utimens("a", new(i, 0), new(i, 0)).Ok();
                True(Stat("a").Change >= last);
                last = Stat("a").Change;
            }
        });
    }
}
