using System.Diagnostics;
using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>Record locks of processes and of open file descriptions, and flock(2), against a second process.</summary>
internal static class LockCases
{
    internal static void Add(CaseList t)
    {
        AddPosix(t);
        AddOpenFile(t);
        AddFlock(t);
    }

    private static void AddPosix(CaseList t)
    {
        t.Both("fcntl_write_lock_excludes_another_process", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_RDLCK).FailsEither(EAGAIN, EACCES);
            SetLock(fd, F_SETLK, F_UNLCK).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).Ok();
            SetLock(fd, F_SETLK, F_RDLCK).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
        });
        t.Both("fcntl_read_locks_are_shared", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_RDLCK).Ok();
            c.Peer.SetLock(other, F_SETLK, F_RDLCK).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
        });
        t.Both("fcntl_ranges_are_independent", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK, 0, 100).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 100, 100).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 99, 1).FailsEither(EAGAIN, EACCES);
            SetLock(fd, F_SETLK, F_WRLCK, 150, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
        });
        t.Both("fcntl_unlocking_the_middle_splits_a_lock", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK, 0, 300).Ok();
            SetLock(fd, F_SETLK, F_UNLCK, 100, 100).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 100, 100).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 50, 10).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 250, 10).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
        });
        t.Both("fcntl_locks_of_one_process_merge_and_change_type", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK, 0, 10).Ok();
            SetLock(fd, F_SETLK, F_WRLCK, 10, 10).Ok();
            SetLock(fd, F_SETLK, F_RDLCK, 5, 10).Ok();
            c.Peer.SetLock(other, F_SETLK, F_RDLCK, 5, 10).Ok();
            c.Peer.SetLock(other, F_SETLK, F_RDLCK, 4, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_RDLCK, 15, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
        });
        t.Both("fcntl_length_zero_reaches_any_end", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK, 1000, 0).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 1L << 40, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 0, 1000).Ok();
            c.Peer.Close(other).Ok();
        });
        t.Both("fcntl_negative_length_reaches_back", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK, 100, -50).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 50, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 100, 1).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 49, 1).Ok();
            SetLock(fd, F_SETLK, F_WRLCK, 10, -20).Fails(EINVAL);
            c.Peer.Close(other).Ok();
        });
        t.Both("fcntl_relative_to_the_end_of_the_file", c =>
        {
            var (fd, other) = Both(c);
            Ftruncate(fd, 1000).Ok();
            SetLock(fd, F_SETLK, F_WRLCK, -100, 100, SEEK_END).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 950, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 899, 1).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 1000, 1).Ok();
            c.Peer.Close(other).Ok();
        });
        t.Both("F_GETLK_names_the_holder_and_its_range", c =>
        {
            var (fd, other) = Both(c);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 100, 50).Ok();
            var holder = GetLock(fd, F_GETLK, F_RDLCK, 0, 1000);
            Equal((F_WRLCK, 100L, 50L, c.Peer.Id), (holder.Type, holder.Start, holder.Length, holder.Pid));
            Equal(F_UNLCK, GetLock(fd, F_GETLK, F_WRLCK, 0, 100).Type);
            c.Peer.Close(other).Ok();
            Equal(F_UNLCK, GetLock(fd, F_GETLK, F_WRLCK).Type);
        });
        t.Both("F_GETLK_ignores_ones_own_locks", c =>
        {
            int fd = c.Fd("a");
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
            Equal(F_UNLCK, GetLock(fd, F_GETLK, F_WRLCK).Type);
        });
        t.Both("closing_any_descriptor_drops_the_processs_locks", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
            c.Shut(c.Fd("a", O_RDONLY));
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).Ok();
            c.Peer.Close(other).Ok();
        });
        t.Both("a_killed_process_drops_its_locks", c =>
        {
            var (fd, other) = Both(c);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).Ok();
            SetLock(fd, F_SETLK, F_WRLCK).FailsEither(EAGAIN, EACCES);
            c.Peer.Kill();
            for (int i = 0; i < 100 && !SetLock(fd, F_SETLK, F_WRLCK).Succeeded; i++)
                Thread.Sleep(10);
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
        });
        t.Both("F_SETLKW_waits_for_the_holder", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
            c.Peer.Begin($"setlk {other} {F_SETLKW} {F_WRLCK} 0 0");
            Thread.Sleep(100);
            long released = Stopwatch.GetTimestamp();
            SetLock(fd, F_SETLK, F_UNLCK).Ok();
            c.Peer.End(out long granted).Ok();
            True(granted >= released, "granted after the release");
            SetLock(fd, F_SETLK, F_RDLCK).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
        });
        t.Both("F_SETLKW_in_a_circle_is_EDEADLK", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK, 0, 1).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 1, 1).Ok();
            c.Peer.Begin($"setlk {other} {F_SETLKW} {F_WRLCK} 0 1");
            Thread.Sleep(100);
            SetLock(fd, F_SETLKW, F_WRLCK, 1, 1).Fails(EDEADLK);
            SetLock(fd, F_SETLK, F_UNLCK, 0, 1).Ok();
            c.Peer.End(out long _).Ok();
            c.Peer.Close(other).Ok();
        });
        foreach (var (word, command) in new[] { ("F_SETLKW", F_SETLKW), ("F_OFD_SETLKW", F_OFD_SETLKW) })
            t.Both($"{word}_is_interrupted_by_a_signal", c =>
            {
                var (fd, other) = Both(c);
                SetLock(fd, F_OFD_SETLK, F_WRLCK).Ok();
                c.Peer.BeInterruptible();
                c.Peer.Begin($"setlk {other} {command} {F_WRLCK} 0 0");
                Thread.Sleep(100);
                c.Peer.Interrupt();
                c.Peer.End(out long _).Fails(EINTR);
                SetLock(fd, F_OFD_SETLK, F_UNLCK).Ok();
                SetLock(fd, F_SETLK, F_WRLCK).Ok();
                c.Peer.Close(other).Ok();
            });
        t.Both("a_read_lock_needs_a_readable_and_a_write_lock_a_writable_descriptor", c =>
        {
            File("a");
            SetLock(c.Fd("a", O_WRONLY), F_SETLK, F_RDLCK).Fails(EBADF);
            SetLock(c.Fd("a", O_RDONLY), F_SETLK, F_WRLCK).Fails(EBADF);
        });
        t.Both("locks_do_not_hinder_io_or_unlink", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
            c.Peer.Call($"pwrite {other} 0 text").Is(4);
            Equal("text", Text(fd));
            c.Peer.Call($"unlink {c.Directory}/a").Ok();
            c.Peer.Close(other).Ok();
        });
        t.Both("locks_belong_to_the_file_not_the_name", c =>
        {
            var (fd, _) = Both(c);
            Link("a", "b").Ok();
            SetLock(fd, F_SETLK, F_WRLCK).Ok();
            int other = c.Peer.Open($"{c.Directory}/b");
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).FailsEither(EAGAIN, EACCES);
            c.Peer.Close(other).Ok();
        });
    }

    private static void AddOpenFile(CaseList t)
    {
        t.Both("OFD_locks_conflict_within_a_process", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a");
            SetLock(a, F_OFD_SETLK, F_WRLCK).Ok();
            SetLock(b, F_OFD_SETLK, F_WRLCK).Fails(EAGAIN);
            SetLock(b, F_OFD_SETLK, F_RDLCK).Fails(EAGAIN);
            SetLock(a, F_OFD_SETLK, F_UNLCK).Ok();
            SetLock(b, F_OFD_SETLK, F_WRLCK).Ok();
        });
        t.Both("OFD_locks_survive_the_close_of_another_descriptor", c =>
        {
            int a = c.Fd("a");
            SetLock(a, F_OFD_SETLK, F_WRLCK).Ok();
            c.Shut(c.Fd("a", O_RDWR));
            int b = c.Fd("a");
            SetLock(b, F_OFD_SETLK, F_WRLCK).Fails(EAGAIN);
            c.Shut(a);
            SetLock(b, F_OFD_SETLK, F_WRLCK).Ok();
        });
        t.Both("OFD_and_process_locks_conflict", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_OFD_SETLK, F_WRLCK, 0, 10).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 5, 1).FailsEither(EAGAIN, EACCES);
            c.Peer.SetLock(other, F_SETLK, F_WRLCK, 10, 10).Ok();
            SetLock(fd, F_OFD_SETLK, F_WRLCK, 15, 1).Fails(EAGAIN);
            c.Peer.Close(other).Ok();
        });
        t.Both("OFD_F_GETLK_reports_pid_minus_one", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a");
            SetLock(a, F_OFD_SETLK, F_WRLCK, 7, 3).Ok();
            var holder = GetLock(b, F_OFD_GETLK, F_RDLCK);
            Equal((F_WRLCK, 7L, 3L, -1), (holder.Type, holder.Start, holder.Length, holder.Pid));
        });
        t.Both("OFD_locks_wait", c =>
        {
            var (fd, other) = Both(c);
            SetLock(fd, F_OFD_SETLK, F_WRLCK).Ok();
            c.Peer.Begin($"setlk {other} {F_OFD_SETLKW} {F_WRLCK} 0 0");
            Thread.Sleep(100);
            long released = Stopwatch.GetTimestamp();
            SetLock(fd, F_OFD_SETLK, F_UNLCK).Ok();
            c.Peer.End(out long granted).Ok();
            True(granted >= released, "granted after the release");
            c.Peer.Close(other).Ok();
        });
    }

    private static void AddFlock(CaseList t)
    {
        t.Both("flock_excludes_another_open", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a");
            Flock(a, LOCK_EX | LOCK_NB).Ok();
            Flock(b, LOCK_EX | LOCK_NB).Fails(EAGAIN);
            Flock(b, LOCK_SH | LOCK_NB).Fails(EAGAIN);
            Flock(a, LOCK_UN).Ok();
            Flock(b, LOCK_EX | LOCK_NB).Ok();
        });
        t.Both("flock_is_shared_and_converts", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a", O_RDONLY);
            Flock(a, LOCK_SH | LOCK_NB).Ok();
            Flock(b, LOCK_SH | LOCK_NB).Ok();
            Flock(a, LOCK_EX | LOCK_NB).Fails(EAGAIN);
            Flock(b, LOCK_UN).Ok();
            Flock(a, LOCK_EX | LOCK_NB).Ok();
            Flock(a, LOCK_SH | LOCK_NB).Ok();
            Flock(b, LOCK_SH | LOCK_NB).Ok();
        });
        t.Both("flock_excludes_another_process_until_close", c =>
        {
            var (fd, other) = Both(c);
            Flock(fd, LOCK_EX | LOCK_NB).Ok();
            c.Peer.Call($"flock {other} {LOCK_EX | LOCK_NB}").Fails(EAGAIN);
            c.Shut(fd);
            c.Peer.Call($"flock {other} {LOCK_EX | LOCK_NB}").Ok();
            c.Peer.Close(other).Ok();
        });
        t.Both("flock_waits_for_the_holder", c =>
        {
            var (fd, other) = Both(c);
            Flock(fd, LOCK_EX).Ok();
            c.Peer.Begin($"flock {other} {LOCK_EX}");
            Thread.Sleep(100);
            long released = Stopwatch.GetTimestamp();
            Flock(fd, LOCK_UN).Ok();
            c.Peer.End(out long granted).Ok();
            True(granted >= released, "granted after the release");
            c.Peer.Close(other).Ok();
        });
        t.Both("flock_is_interrupted_by_a_signal", c =>
        {
            var (fd, other) = Both(c);
            Flock(fd, LOCK_EX).Ok();
            c.Peer.BeInterruptible();
            c.Peer.Begin($"flock {other} {LOCK_EX}");
            Thread.Sleep(100);
            c.Peer.Interrupt();
            c.Peer.End(out long _).Fails(EINTR);
            c.Peer.Close(other).Ok();
        });
        t.Both("flock_and_fcntl_do_not_meet", c =>
        {
            var (fd, other) = Both(c);
            Flock(fd, LOCK_EX | LOCK_NB).Ok();
            c.Peer.SetLock(other, F_SETLK, F_WRLCK).Ok();
            c.Peer.Close(other).Ok();
        });
        t.Both("flock_of_a_killed_process_is_dropped", c =>
        {
            var (fd, other) = Both(c);
            c.Peer.Call($"flock {other} {LOCK_EX}").Ok();
            Flock(fd, LOCK_EX | LOCK_NB).Fails(EAGAIN);
            c.Peer.Kill();
            for (int i = 0; i < 100 && !Flock(fd, LOCK_EX | LOCK_NB).Succeeded; i++)
                Thread.Sleep(10);
            Flock(fd, LOCK_EX | LOCK_NB).Ok();
        });
        t.Both("flock_works_on_directories", c =>
        {
            Mkdir("d").Ok();
            int a = c.Fd("d", O_RDONLY | O_DIRECTORY);
            int b = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Flock(a, LOCK_EX | LOCK_NB).Ok();
            Flock(b, LOCK_EX | LOCK_NB).Fails(EAGAIN);
        });
        t.Both("flock_is_kept_by_a_renamed_and_unlinked_file", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a");
            Flock(a, LOCK_EX | LOCK_NB).Ok();
            Rename("a", "b").Ok();
            Flock(b, LOCK_EX | LOCK_NB).Fails(EAGAIN);
            Unlink("b").Ok();
            Flock(b, LOCK_EX | LOCK_NB).Fails(EAGAIN);
        });
    }

    private static (int Own, int Other) Both(PosixContext c) => (c.Fd("a"), c.Peer.Open($"{c.Directory}/a"));
}
