using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>truncate(2), ftruncate(2).</summary>
internal static class TruncateCases
{
    internal static void Add(CaseList t)
    {
        foreach (var (word, call) in new (string, Action<PosixContext, string, long>)[]
        {
            ("truncate", (_, p, n) => Truncate(p, n).Ok()),
            ("ftruncate", (c, p, n) => { int fd = c.Fd(p, O_RDWR); Ftruncate(fd, n).Ok(); c.Shut(fd); }),
        })
        {
            t.Both($"{word}_shortens_and_keeps_the_rest", c =>
            {
                foreach (int length in new[] { 10000, 8192, 4097, 4096, 4095, 1, 0 })
                {
                    string name = File($"a{length}", Pattern(12000));
                    call(c, name, length);
                    Equal((long)length, Stat(name).Length);
                    BytesEqual(Pattern(12000).AsSpan(0, length), Content(name));
                }
            });
            t.Both($"{word}_extends_with_zeros", c =>
            {
                foreach (int length in new[] { 1001, 4096, 4097, 70000 })
                {
                    string name = File($"a{length}", Pattern(1000));
                    call(c, name, length);
                    byte[] expected = new byte[length];
                    Pattern(1000).CopyTo(expected, 0);
                    BytesEqual(expected, Content(name));
                }
            });
            t.Both($"{word}_shorter_then_longer_forgets_the_old_bytes", c =>
            {
                foreach (int cut in new[] { 0, 100, 4096, 5000 })
                {
                    string name = File($"a{cut}", Pattern(20000));
                    call(c, name, cut);
                    call(c, name, 20000);
                    byte[] expected = new byte[20000];
                    Pattern(20000).AsSpan(0, cut).CopyTo(expected);
                    BytesEqual(expected, Content(name));
                }
            });
            t.Both($"{word}_moves_mtime_and_ctime", c =>
            {
                File("a", "content");
                ChangesMtime("a", () => call(c, "a", 3));
                ChangesMtime("a", () => call(c, "a", 9));
            });
            t.Both($"{word}_leaves_atime", c =>
            {
                File("a", "content");
                Utimens("a", new(1000, 0), Timestamp.Omit).Ok();
                call(c, "a", 3);
                Equal(new Timestamp(1000, 0), Stat("a").Access);
            });
            t.Both($"{word}_to_a_sparse_gigabyte", c =>
            {
                File("a", "x");
                call(c, "a", 1L << 30);
                Equal(1L << 30, Stat("a").Length);
                call(c, "a", 1);
                Equal("x", Text("a"));
            });
        }
        t.Both("ftruncate_to_the_same_size_moves_the_times", c =>
        {
            int fd = c.Fd(File("a", "123"), O_RDWR);
            ChangesMtime("a", () => Ftruncate(fd, 3).Ok());
        });
        t.Both("ftruncate_leaves_the_position", c =>
        {
            int fd = c.Fd(File("a", "0123456789"), O_RDWR);
            Seek(fd, 8, SEEK_SET).Is(8);
            Ftruncate(fd, 2).Ok();
            Seek(fd, 0, SEEK_CUR).Is(8);
            Read(fd, new byte[1]).Is(0);
            Write(fd, "x"u8).Is(1);
            BytesEqual("01\0\0\0\0\0\0x"u8, Content(fd));
        });
        t.Both("shows_to_every_descriptor_at_once", c =>
        {
            int a = c.Fd(File("a", "0123456789"), O_RDWR);
            int b = c.Fd("a", O_RDONLY);
            Equal(10L, Fstat(b).Length);
            Ftruncate(a, 4).Ok();
            Equal(4L, Fstat(b).Length);
            Equal("0123", Text(b));
            Truncate("a", 2).Ok();
            Equal("01", Text(b));
        });
        t.Both("to_a_negative_size_is_EINVAL", c =>
        {
            int fd = c.Fd("a");
            Truncate("a", -1).Fails(EINVAL);
            Ftruncate(fd, -1).Fails(EINVAL);
        });
        t.Both("to_the_largest_offset_is_EFBIG", c =>
        {
            int fd = c.Fd("a");
            Truncate("a", long.MaxValue).FailsEither(EFBIG, EINVAL);
            Ftruncate(fd, long.MaxValue).FailsEither(EFBIG, EINVAL);
            Equal(0L, Stat("a").Length);
        });
        t.Both("beyond_RLIMIT_FSIZE_is_EFBIG", c =>
        {
            int fd = c.Fd(File("a", "x"), O_RDWR);
            using (new FileSizeLimit(100_000))
            {
                Ftruncate(fd, 100_001).Fails(EFBIG);
                Truncate("a", 100_001).Fails(EFBIG);
                Ftruncate(fd, 100_000).Ok();
            }
            Equal(100_000L, Stat("a").Length);
        });
        t.Both("of_a_directory_is_EISDIR", _ =>
        {
            Mkdir("d").Ok();
            Truncate("d", 0).Fails(EISDIR);
        });
        t.Both("of_a_fifo_is_EINVAL", _ =>
        {
            Mkfifo("f").Ok();
            Truncate("f", 0).Fails(EINVAL);
        });
        t.Both("ftruncate_of_a_read_only_descriptor_is_EINVAL", c => Ftruncate(c.Fd(File("a"), O_RDONLY), 0).FailsEither(EINVAL, EBADF));
        t.Both("ftruncate_works_though_the_mode_forbids_it_now", c =>
        {
            int fd = c.Fd("a");
            Chmod("a", 0).Ok();
            Ftruncate(fd, 10).Ok();
            Equal(10L, Fstat(fd).Length);
        });
        t.User("truncate_without_write_permission_is_EACCES", _ =>
        {
            File("a", "x", 444);
            Truncate("a", 0).Fails(EACCES);
            Equal("x", Text("a"));
        });
        t.Both("truncate_follows_a_symlink", _ =>
        {
            File("a", "0123");
            Symlink("a", "l").Ok();
            Truncate("l", 2).Ok();
            Equal("01", Text("a"));
        });
        t.Both("of_an_unlinked_open_file", c =>
        {
            int fd = c.Fd(File("a", "0123"), O_RDWR);
            Unlink("a").Ok();
            Ftruncate(fd, 2).Ok();
            Equal("01", Text(fd));
        });
        t.Root("by_a_user_clears_suid_and_sgid", c =>
        {
            File("a", "content");
            Chmod("a", 6777).Ok();
            c.As(Alice, () => Truncate("a", 3).Ok());
            Equal(777, Stat("a").Mode);
            Chmod("a", 6777).Ok();
            c.As(Alice, () => Ftruncate(c.Fd("a", O_RDWR), 2).Ok());
            Equal(777, Stat("a").Mode);
        });
        t.Root("O_TRUNC_by_a_user_clears_suid_and_sgid", c =>
        {
            File("a", "content");
            Chmod("a", 6777).Ok();
            c.As(Alice, () => c.Fd("a", O_RDWR | O_TRUNC));
            Equal(777, Stat("a").Mode);
        });
        t.Both("frees_the_blocks", c =>
        {
            int fd = c.Fd(File("a", Pattern(1 << 20)), O_RDWR);
            Fsync(fd).Ok();
            True(Stat("a").Blocks >= 2000, $"{Stat("a").Blocks} blocks for 1 MiB");
            Ftruncate(fd, 0).Ok();
            Fsync(fd).Ok();
            Equal(0L, Stat("a").Blocks);
        });
    }
}
