using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>fallocate(2), posix_fallocate(3), SEEK_DATA and SEEK_HOLE, statfs(2).</summary>
internal static class SpaceCases
{
    internal static void AddFallocate(CaseList t)
    {
        t.Both("default_extends_with_zeros", c =>
        {
            int fd = c.Fd(File("a", Pattern(1000)), O_RDWR);
            Fallocate(fd, 0, 0, 100_000).Ok();
            Equal(100_000L, Fstat(fd).Length);
            byte[] all = Content(fd);
            BytesEqual(Pattern(1000), all.AsSpan(0, 1000));
            True(all.AsSpan(1000).IndexOfAnyExcept((byte)0) < 0, "zeros behind the old end");
        });
        t.Both("default_within_the_file_keeps_size_and_bytes", c =>
        {
            int fd = c.Fd(File("a", Pattern(10_000)), O_RDWR);
            Fallocate(fd, 0, 100, 5000).Ok();
            BytesEqual(Pattern(10_000), Content(fd));
        });
        t.Both("default_takes_space", c =>
        {
            int fd = c.Fd("a");
            Fallocate(fd, 0, 0, 1 << 20).Ok();
            True(Fstat(fd).Blocks >= 2048, $"{Fstat(fd).Blocks} blocks for 1 MiB");
        });
        t.Both("KEEP_SIZE_keeps_the_size", c =>
        {
            int fd = c.Fd(File("a", "12345"), O_RDWR);
            Fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 1 << 20).Ok();
            Equal(5L, Fstat(fd).Length);
            Equal("12345", Text(fd));
        });
        t.Both("PUNCH_HOLE_zeroes_exactly_its_range", c =>
        {
            foreach (var (offset, length) in new[] { (4096, 4096), (1, 10), (4000, 200), (100, 60_000), (0, 65_536), (60_000, 100_000) })
            {
                byte[] expected = Pattern(100_000);
                int fd = c.Fd(File($"a{offset}", expected), O_RDWR);
                Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length).Ok();
                expected.AsSpan(offset, Math.Min(length, expected.Length - offset)).Clear();
                BytesEqual(expected, Content(fd));
            }
        });
        t.Both("PUNCH_HOLE_beyond_the_end_changes_nothing", c =>
        {
            int fd = c.Fd(File("a", "12345"), O_RDWR);
            Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096).Ok();
            Equal("12345", Text(fd));
        });
        t.Both("PUNCH_HOLE_frees_space", c =>
        {
            int fd = c.Fd(File("a", Pattern(1 << 20)), O_RDWR);
            Fsync(fd).Ok();
            long before = Fstat(fd).Blocks;
            Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1 << 19).Ok();
            Fsync(fd).Ok();
            True(Fstat(fd).Blocks <= before - 1000, $"{before} blocks, then {Fstat(fd).Blocks}");
        });
        t.Both("PUNCH_HOLE_then_write_and_read", c =>
        {
            int fd = c.Fd(File("a", Pattern(20_000)), O_RDWR);
            Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 8192).Ok();
            Pwrite(fd, "island"u8, 8000).Is(6);
            byte[] expected = Pattern(20_000);
            expected.AsSpan(4096, 8192).Clear();
            "island"u8.CopyTo(expected.AsSpan(8000));
            BytesEqual(expected, Content(fd));
        });
        t.Both("PUNCH_HOLE_shows_to_other_descriptors", c =>
        {
            int a = c.Fd(File("a", Pattern(8192)), O_RDWR);
            int b = c.Fd("a", O_RDONLY);
            Content(b);
            Fallocate(a, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096).Ok();
            True(Content(b).AsSpan(0, 4096).IndexOfAnyExcept((byte)0) < 0, "zeros through the other descriptor");
        });
        t.Both("ZERO_RANGE_zeroes_and_extends", c =>
        {
            int fd = c.Fd(File("a", Pattern(10_000)), O_RDWR);
            var outcome = Fallocate(fd, FALLOC_FL_ZERO_RANGE, 5000, 10_000);
            if (outcome.Errno == EOPNOTSUPP)
                Skip("no ZERO_RANGE here");
            outcome.Ok();
            byte[] all = Content(fd);
            Equal(15_000, all.Length);
            BytesEqual(Pattern(10_000).AsSpan(0, 5000), all.AsSpan(0, 5000));
            True(all.AsSpan(5000).IndexOfAnyExcept((byte)0) < 0, "zeros from 5000 on");
        });
        t.Both("ZERO_RANGE_with_KEEP_SIZE_keeps_the_size", c =>
        {
            int fd = c.Fd(File("a", Pattern(10_000)), O_RDWR);
            var outcome = Fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 5000, 10_000);
            if (outcome.Errno == EOPNOTSUPP)
                Skip("no ZERO_RANGE here");
            outcome.Ok();
            Equal(10_000L, Fstat(fd).Length);
        });
        foreach (var (word, mode) in new[] { ("COLLAPSE_RANGE", FALLOC_FL_COLLAPSE_RANGE), ("INSERT_RANGE", FALLOC_FL_INSERT_RANGE) })
            t.Both($"{word}_shifts_whole_blocks", c =>
            {
                int fd = c.Fd(File("a", Pattern(65_536 * 3)), O_RDWR);
                var outcome = Fallocate(fd, mode, 65_536, 65_536);
                if (c.Differs)
                {
                    outcome.Fails(EOPNOTSUPP);
                    BytesEqual(Pattern(65_536 * 3), Content(fd));
                    return;
                }
                outcome.Ok();
                byte[] all = Content(fd);
                Equal(65_536 * (mode == FALLOC_FL_COLLAPSE_RANGE ? 2 : 4), all.Length);
                BytesEqual(Pattern(65_536 * 3).AsSpan(131_072), all.AsSpan(all.Length - 65_536));
            }, differs: "the kernel lets only KEEP_SIZE, PUNCH_HOLE and ZERO_RANGE through to FUSE (fs/fuse/file.c, fuse_file_fallocate)");
        t.Both("unknown_or_wrong_modes_are_refused", c =>
        {
            int fd = c.Fd(File("a", "12345"), O_RDWR);
            Fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10).Fails(EOPNOTSUPP);
            Fallocate(fd, 0x4000, 0, 10).Fails(EOPNOTSUPP);
            Fallocate(fd, 0, -1, 10).Fails(EINVAL);
            Fallocate(fd, 0, 0, 0).Fails(EINVAL);
            Fallocate(fd, 0, 0, -1).Fails(EINVAL);
            Equal("12345", Text(fd));
        });
        t.Both("of_a_read_only_descriptor_is_EBADF", c => Fallocate(c.Fd(File("a"), O_RDONLY), 0, 0, 10).Fails(EBADF));
        t.Both("of_a_directory_is_refused", c =>
        {
            Mkdir("d").Ok();
            Fallocate(c.Fd("d", O_RDONLY | O_DIRECTORY), 0, 0, 10).FailsEither(EBADF, EISDIR);
        });
        t.Both("of_a_fifo_is_ESPIPE", c =>
        {
            Mkfifo("f").Ok();
            Fallocate(c.Fd("f", O_RDWR), 0, 0, 10).Fails(ESPIPE);
        });
        t.Both("beyond_the_largest_size_is_EFBIG", c => Fallocate(c.Fd("a"), 0, long.MaxValue - 10, 100).Fails(EFBIG));
        t.Both("of_more_than_the_device_holds_is_ENOSPC", c =>
        {
            int fd = c.Fd("a");
            var volume = Statfs(".");
            long capacity = volume.Blocks * volume.FragmentSize;
            if (capacity >= 1L << 43)
                Skip("the volume is larger than a file can be");
            Fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, capacity + (1L << 30)).FailsEither(ENOSPC, EFBIG);
            Equal(0L, Fstat(fd).Length);
        });
        t.Both("moves_mtime_and_ctime_when_it_extends", c =>
        {
            int fd = c.Fd("a");
            ChangesMtime("a", () => Fallocate(fd, 0, 0, 1000).Ok());
        });
        t.Both("PUNCH_HOLE_moves_mtime_and_ctime", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            ChangesMtime("a", () => Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096).Ok());
        });
        t.Both("posix_fallocate_extends_and_keeps_bytes", c =>
        {
            int fd = c.Fd(File("a", "12345"), O_RDWR);
            PosixFallocate(fd, 0, 3).Is(0);
            Equal(5L, Fstat(fd).Length);
            PosixFallocate(fd, 100, 50_000).Is(0);
            Equal(50_100L, Fstat(fd).Length);
            BytesEqual("12345"u8, Content(fd).AsSpan(0, 5));
        });
        t.Both("posix_fallocate_returns_its_errors", c =>
        {
            PosixFallocate(c.Fd("a"), 0, 0).Fails(EINVAL);
            PosixFallocate(c.Fd("a", O_RDONLY), 0, 10).Fails(EBADF);
        });
        t.Both("fills_a_hole_without_changing_what_is_read", c =>
        {
            int fd = c.Fd("a");
            Pwrite(fd, "end"u8, 100_000).Is(3);
            byte[] before = Content(fd);
            Fallocate(fd, 0, 0, 100_000).Ok();
            BytesEqual(before, Content(fd));
        });
        t.Root("by_a_user_clears_suid_and_sgid", c =>
        {
            File("a", Pattern(8192));
            Chmod("a", 6777).Ok();
            c.As(Alice, () => Fallocate(c.Fd("a", O_RDWR), 0, 0, 10_000).Ok());
            Equal(777, Stat("a").Mode);
        });
        t.Root("by_root_keeps_suid_and_sgid", c =>
        {
            File("a", Pattern(8192));
            Chmod("a", 6777).Ok();
            Fallocate(c.Fd("a", O_RDWR), 0, 0, 10_000).Ok();
            Equal(6777, Stat("a").Mode);
        });
    }

    internal static void AddSeek(CaseList t)
    {
        t.Both("DATA_and_HOLE_of_a_dense_file", c =>
        {
            int fd = c.Fd(File("a", Pattern(100_000)), O_RDWR);
            Seek(fd, 0, SEEK_DATA).Is(0);
            Seek(fd, 50_000, SEEK_DATA).Is(50_000);
            Seek(fd, 0, SEEK_HOLE).Is(100_000);
            Seek(fd, 99_999, SEEK_HOLE).Is(100_000);
        });
        t.Both("DATA_and_HOLE_at_and_beyond_the_end_are_ENXIO", c =>
        {
            int fd = c.Fd(File("a", "12345"), O_RDWR);
            Seek(fd, 5, SEEK_DATA).Fails(ENXIO);
            Seek(fd, 5, SEEK_HOLE).Fails(ENXIO);
            Seek(fd, 1000, SEEK_DATA).Fails(ENXIO);
            Seek(fd, -1, SEEK_DATA).FailsEither(ENXIO, EINVAL);
        });
        t.Both("DATA_and_HOLE_of_an_empty_file_are_ENXIO", c =>
        {
            int fd = c.Fd("a");
            Seek(fd, 0, SEEK_DATA).Fails(ENXIO);
            Seek(fd, 0, SEEK_HOLE).Fails(ENXIO);
        });
        t.Both("DATA_finds_every_island", c =>
        {
            int fd = c.Fd("a");
            foreach (long island in new[] { 1L << 20, 5L << 20, 9L << 20 })
                Pwrite(fd, Pattern(65_536), island).Is(65_536);
            Fsync(fd).Ok();
            // A file system may report holes as data, but never data as a hole.
            for (long at = 0; ;)
            {
                var data = Seek(fd, at, SEEK_DATA);
                if (data.Errno == ENXIO)
                    break;
                long hole = Seek(fd, data.Ok(), SEEK_HOLE).Ok();
                CheckNoDataBetween(fd, at, data.Value);
                at = hole;
            }
            Seek(fd, 0, SEEK_CUR).Ok();
        });
        t.Both("HOLE_is_found_in_a_sparse_file", c =>
        {
            int fd = c.Fd("a");
            Pwrite(fd, Pattern(65_536), 0).Is(65_536);
            Pwrite(fd, Pattern(65_536), 10 << 20).Is(65_536);
            Fsync(fd).Ok();
            Seek(fd, 0, SEEK_HOLE).Is(65_536);
            Seek(fd, 65_536, SEEK_DATA).Is(10 << 20);
            Seek(fd, 1 << 20, SEEK_HOLE).Is(1 << 20);
        });
        t.Both("a_truncated_extension_is_a_hole", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            Ftruncate(fd, 1 << 20).Ok();
            Fsync(fd).Ok();
            Seek(fd, 0, SEEK_HOLE).Is(4096);
            Seek(fd, 4096, SEEK_DATA).Fails(ENXIO);
        });
        t.Both("a_punched_range_is_a_hole", c =>
        {
            int fd = c.Fd(File("a", Pattern(1 << 20)), O_RDWR);
            Fsync(fd).Ok();
            Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1 << 18, 1 << 18).Ok();
            Seek(fd, 0, SEEK_HOLE).Is(1 << 18);
            Seek(fd, 1 << 18, SEEK_DATA).Is(1 << 19);
        });
        t.Both("END_follows_growth", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a", O_RDWR);
            for (int i = 1; i <= 5; i++)
            {
                Write(a, Pattern(1000)).Is(1000);
                Seek(b, 0, SEEK_END).Is(i * 1000);
            }
        });
    }

    internal static void AddStatfs(CaseList t)
    {
        t.Both("numbers_are_plausible", _ =>
        {
            var v = Statfs(".");
            True(v.BlockSize >= 512 && v.FragmentSize >= 512);
            True(v.Blocks > 0 && v.Free <= v.Blocks && v.Available <= v.Free);
            True(v.FilesFree <= v.Files);
            Equal((long)NAME_MAX, v.NameLength);
        });
        t.Both("is_the_same_for_every_file_of_the_volume", c =>
        {
            Mkdir("d").Ok();
            File("d/a");
            var a = Statfs(".");
            var b = Statfs("d/a");
            Equal((a.Magic, a.Blocks, a.BlockSize, a.Id), (b.Magic, b.Blocks, b.BlockSize, b.Id));
            Fstatfs(c.Fd("d/a", O_RDONLY)).Ok();
            Equal(Stat(".").FileSystem, Stat("d/a").FileSystem);
        });
        t.Both("stat_has_a_block_size", _ =>
        {
            File("a", "x");
            True(Stat("a").BlockSize >= 512);
            Equal(S_IFDIR, Stat(".").Type);
        });
    }

    private static void CheckNoDataBetween(int fd, long from, long to)
    {
        byte[] chunk = new byte[65_536];
        for (; from < to; from += chunk.Length)
        {
            int length = (int)Math.Min(chunk.Length, to - from);
            Pread(fd, chunk.AsSpan(0, length), from).Is(length);
            True(chunk.AsSpan(0, length).IndexOfAnyExcept((byte)0) < 0, $"no data in the hole at {from}");
        }
    }
}
