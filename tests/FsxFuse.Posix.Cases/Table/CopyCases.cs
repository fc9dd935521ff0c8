using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>copy_file_range(2), within the file system.</summary>
internal static class CopyCases
{
    internal static void Add(CaseList t)
    {
        t.Both("copies_a_whole_file", c =>
        {
            int from = c.Fd(File("a", Pattern(300_000)), O_RDONLY);
            int to = c.Fd("b");
            CopyAll(from, 0, to, 0, 300_000);
            BytesEqual(Pattern(300_000), Content("b"));
        });
        t.Both("moves_both_positions", c =>
        {
            int from = c.Fd(File("a", "0123456789"), O_RDONLY);
            int to = c.Fd("b");
            CopyRange(from, to, 4).Is(4);
            CopyRange(from, to, 100).Is(6);
            CopyRange(from, to, 100).Is(0);
            Seek(from, 0, SEEK_CUR).Is(10);
            Seek(to, 0, SEEK_CUR).Is(10);
            Equal("0123456789", Text("b"));
        });
        t.Both("with_offsets_leaves_the_positions", c =>
        {
            int from = c.Fd(File("a", "0123456789"), O_RDONLY);
            int to = c.Fd(File("b", "abcdefghij"), O_RDWR);
            CopyRange(from, 2, to, 5, 3).Is(3);
            Equal("abcde234ij", Text("b"));
            Seek(from, 0, SEEK_CUR).Is(0);
            Seek(to, 0, SEEK_CUR).Is(0);
        });
        t.Both("stops_at_the_sources_end", c =>
        {
            int from = c.Fd(File("a", "0123456789"), O_RDONLY);
            int to = c.Fd("b");
            CopyRange(from, 7, to, 0, 100).Is(3);
            CopyRange(from, 10, to, 0, 100).Is(0);
            CopyRange(from, 50, to, 0, 100).Is(0);
            Equal("789", Text("b"));
        });
        t.Both("beyond_the_targets_end_leaves_a_hole", c =>
        {
            int from = c.Fd(File("a", "data"), O_RDONLY);
            int to = c.Fd("b");
            CopyRange(from, 0, to, 10_000, 4).Is(4);
            byte[] all = Content("b");
            Equal(10_004, all.Length);
            True(all.AsSpan(0, 10_000).IndexOfAnyExcept((byte)0) < 0);
        });
        t.Both("within_one_file_without_overlap", c =>
        {
            int fd = c.Fd(File("a", Pattern(20_000)), O_RDWR);
            CopyAll(fd, 0, fd, 10_000, 5000);
            byte[] expected = Pattern(20_000);
            expected.AsSpan(0, 5000).CopyTo(expected.AsSpan(10_000));
            BytesEqual(expected, Content(fd));
        });
        t.Both("overlapping_in_one_file_is_EINVAL", c =>
        {
            int fd = c.Fd(File("a", Pattern(20_000)), O_RDWR);
            CopyRange(fd, 0, fd, 1000, 5000).Fails(EINVAL);
        });
        t.Both("with_wrong_descriptors_is_EBADF", c =>
        {
            int read = c.Fd(File("a", "x"), O_RDONLY);
            int write = c.Fd("b", O_WRONLY | O_CREAT);
            int append = c.Fd("b", O_WRONLY | O_APPEND);
            CopyRange(write, 0, read, 0, 1).Fails(EBADF);
            CopyRange(read, 0, append, 0, 1).Fails(EBADF);
        });
        t.Both("of_a_directory_is_EISDIR_and_of_a_fifo_EINVAL", c =>
        {
            Mkdir("d").Ok();
            Mkfifo("f").Ok();
            int to = c.Fd("b");
            CopyRange(c.Fd("d", O_RDONLY | O_DIRECTORY), 0, to, 0, 1).Fails(EISDIR);
            CopyRange(c.Fd("f", O_RDWR), to, 1).Fails(EINVAL);
        });
        t.Both("with_flags_is_EINVAL", c => CopyRange(c.Fd("a"), 0, c.Fd("b"), 0, 1, 1).Fails(EINVAL));
        t.Both("sees_bytes_just_written", c =>
        {
            int from = c.Fd("a");
            int to = c.Fd("b");
            for (int i = 0; i < 10; i++)
            {
                Pwrite(from, Pattern(5000, i), 0).Is(5000);
                CopyAll(from, 0, to, 0, 5000);
                BytesEqual(Pattern(5000, i), Content(to));
            }
        });
        t.Both("moves_the_targets_times_alone", c =>
        {
            int from = c.Fd(File("a", "x"), O_RDONLY);
            int to = c.Fd("b");
            KeepsTimes("a", () => ChangesMtime("b", () => CopyRange(from, 0, to, 0, 1).Is(1)));
        });
        t.Both("of_a_sparse_file_reads_the_same", c =>
        {
            int from = c.Fd("a");
            Pwrite(from, Pattern(1000), 1_000_000).Is(1000);
            int to = c.Fd("b");
            CopyAll(from, 0, to, 0, 1_001_000);
            BytesEqual(Content(from), Content(to));
        });
        t.Both("then_changing_the_source_keeps_the_copy", c =>
        {
            int from = c.Fd(File("a", Pattern(100_000)), O_RDWR);
            int to = c.Fd("b");
            CopyAll(from, 0, to, 0, 100_000);
            Pwrite(from, Pattern(100_000, 9), 0).Is(100_000);
            BytesEqual(Pattern(100_000), Content("b"));
            Ftruncate(from, 0).Ok();
            BytesEqual(Pattern(100_000), Content("b"));
        });
        t.Root("by_a_user_clears_suid_and_sgid", c =>
        {
            File("a", "x");
            File("b");
            Chmod("b", 6777).Ok();
            c.As(Alice, () => CopyRange(c.Fd("a", O_RDONLY), 0, c.Fd("b", O_WRONLY), 0, 1).Is(1));
            Equal(777, Stat("b").Mode);
        });
        t.Root("by_root_keeps_suid_and_sgid", c =>
        {
            File("a", "x");
            File("b");
            Chmod("b", 6777).Ok();
            CopyRange(c.Fd("a", O_RDONLY), 0, c.Fd("b", O_WRONLY), 0, 1).Is(1);
            Equal(6777, Stat("b").Mode);
        });
    }

    private static void CopyAll(int from, long fromOffset, int to, long toOffset, long length)
    {
        for (long done = 0; done < length;)
        {
            long n = CopyRange(from, fromOffset + done, to, toOffset + done, length - done).Ok();
            True(n > 0, $"progress at {done} of {length}");
            done += n;
        }
    }
}
