using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>mmap(2): shared and private mappings, and their agreement with read and write.</summary>
internal static class MapCases
{
    internal static void Add(CaseList t)
    {
        t.Both("shows_the_file", c =>
        {
            int fd = c.Fd(File("a", Pattern(100_000)), O_RDWR);
            using var map = Mapping.ReadOnly(fd, 100_000);
            BytesEqual(Pattern(100_000), map.Bytes);
        });
        t.Both("is_zero_behind_the_end_within_the_page", c =>
        {
            int fd = c.Fd(File("a", Pattern(100)), O_RDWR);
            using var map = Mapping.Shared(fd, 4096);
            True(map.Bytes[100..].IndexOfAnyExcept((byte)0) < 0);
        });
        t.Both("shared_changes_reach_read_at_once", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            using var map = Mapping.Shared(fd, 8192);
            map.Bytes[5000] = 0;
            byte[] got = new byte[1];
            Pread(fd, got, 5000).Is(1);
            Equal((byte)0, got[0]);
        });
        t.Both("write_reaches_a_shared_mapping_at_once", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            using var map = Mapping.Shared(fd, 8192);
            Equal(Pattern(8192)[100], map.Bytes[100]);
            Pwrite(fd, "new"u8, 100).Is(3);
            BytesEqual("new"u8, map.Bytes.Slice(100, 3));
        });
        t.Both("shared_changes_survive_msync_and_close", c =>
        {
            int fd = c.Fd(File("a", Pattern(20_000)), O_RDWR);
            using (var map = Mapping.Shared(fd, 20_000))
            {
                c.Shut(fd);
                "mapped"u8.CopyTo(map.Bytes[9000..]);
                map.Sync(MS_SYNC).Ok();
            }
            byte[] expected = Pattern(20_000);
            "mapped"u8.CopyTo(expected.AsSpan(9000));
            BytesEqual(expected, Content("a"));
        });
        t.Both("shared_changes_survive_munmap_without_msync", c =>
        {
            int fd = c.Fd(File("a", Pattern(20_000)), O_RDWR);
            using (var map = Mapping.Shared(fd, 20_000))
                map.Bytes.Fill(7);
            Fsync(fd).Ok();
            c.Shut(fd);
            True(Content("a").AsSpan().IndexOfAnyExcept((byte)7) < 0);
        });
        t.Both("private_changes_stay_private", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            using (var map = Mapping.Private(fd, 8192))
                map.Bytes.Clear();
            BytesEqual(Pattern(8192), Content(fd));
        });
        t.Both("private_of_a_read_only_descriptor_can_be_changed", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDONLY);
            using var map = Mapping.Private(fd, 4096);
            map.Bytes[0] = 99;
            BytesEqual(Pattern(4096), Content(fd));
        });
        t.Both("two_shared_mappings_are_one_memory", c =>
        {
            int a = c.Fd(File("a", Pattern(8192)), O_RDWR);
            int b = c.Fd("a", O_RDWR);
            using var first = Mapping.Shared(a, 8192);
            using var second = Mapping.Shared(b, 8192);
            first.Bytes[4100] = 42;
            Equal((byte)42, second.Bytes[4100]);
        });
        t.Both("another_process_reads_a_shared_change", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            int other = c.Peer.Open($"{c.Directory}/a");
            using var map = Mapping.Shared(fd, 4096);
            for (byte i = 1; i < 10; i++)
            {
                map.Bytes[i] = i;
                c.Peer.Call($"byte {other} {i}").Is(i);
            }
            c.Peer.Close(other).Ok();
        });
        t.Both("another_processs_write_reaches_the_mapping", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            int other = c.Peer.Open($"{c.Directory}/a");
            using var map = Mapping.Shared(fd, 4096);
            Equal(Pattern(1)[0], map.Bytes[0]);
            c.Peer.Call($"pwrite {other} 0 hello").Is(5);
            BytesEqual("hello"u8, map.Bytes[..5]);
            c.Peer.Close(other).Ok();
        });
        t.Both("at_an_offset", c =>
        {
            int fd = c.Fd(File("a", Pattern(50_000)), O_RDWR);
            using var map = Mapping.Shared(fd, 8192, 16_384);
            BytesEqual(Pattern(50_000).AsSpan(16_384, 8192), map.Bytes);
            map.Bytes[0] = 1;
            Equal((byte)1, Content(fd)[16_384]);
        });
        t.Both("at_an_odd_offset_is_EINVAL", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            Mapping.TryMap(fd, 100, PROT_READ, MAP_SHARED, 100, out var _).Fails(EINVAL);
        });
        t.Both("shared_writable_needs_a_writable_descriptor", c =>
        {
            File("a", Pattern(4096));
            Mapping.TryMap(c.Fd("a", O_RDONLY), 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, out var _).Fails(EACCES);
            Mapping.TryMap(c.Fd("a", O_WRONLY), 4096, PROT_READ, MAP_SHARED, 0, out var _).Fails(EACCES);
        });
        t.Both("of_a_directory_is_ENODEV", c =>
        {
            Mkdir("d").Ok();
            Mapping.TryMap(c.Fd("d", O_RDONLY | O_DIRECTORY), 4096, PROT_READ, MAP_SHARED, 0, out var _).FailsEither(ENODEV, EACCES);
        });
        t.Both("of_a_hole_reads_zeros_and_takes_writes", c =>
        {
            int fd = c.Fd("a");
            Ftruncate(fd, 1 << 20).Ok();
            using (var map = Mapping.Shared(fd, 1 << 20))
            {
                True(map.Bytes.IndexOfAnyExcept((byte)0) < 0);
                map.Bytes[500_000] = 5;
                map.Sync(MS_SYNC).Ok();
            }
            byte[] all = Content(fd);
            Equal((byte)5, all[500_000]);
            Equal(1, all.Count(b => b != 0));
        });
        t.Both("extended_by_truncate_shows_zeros_then_writes", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            using var map = Mapping.Shared(fd, 8192);
            Ftruncate(fd, 8192).Ok();
            Equal((byte)0, map.Bytes[5000]);
            Pwrite(fd, "x"u8, 5000).Is(1);
            Equal((byte)'x', map.Bytes[5000]);
        });
        t.Both("cut_by_truncate_loses_the_tail_of_the_page", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            using var map = Mapping.Shared(fd, 4096);
            Equal(Pattern(4096)[3000], map.Bytes[3000]);
            Ftruncate(fd, 1000).Ok();
            Ftruncate(fd, 4096).Ok();
            Equal((byte)0, map.Bytes[3000]);
            Equal(Pattern(4096)[999], map.Bytes[999]);
        });
        t.Both("a_punched_range_reads_zeros", c =>
        {
            int fd = c.Fd(File("a", Pattern(16_384)), O_RDWR);
            using var map = Mapping.Shared(fd, 16_384);
            Equal(Pattern(16_384)[5000], map.Bytes[5000]);
            Fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096).Ok();
            Equal((byte)0, map.Bytes[5000]);
            Equal(Pattern(16_384)[9000], map.Bytes[9000]);
        });
        t.Both("changes_move_mtime_by_msync_and_fsync_at_the_latest", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            ChangesMtime("a", () =>
            {
                using var map = Mapping.Shared(fd, 4096);
                map.Bytes[0] = 0;
                map.Sync(MS_SYNC).Ok();
                Fsync(fd).Ok();
            });
        });
        t.Both("outlives_unlink_and_close", c =>
        {
            int fd = c.Fd(File("a", Pattern(8192)), O_RDWR);
            using var map = Mapping.Shared(fd, 8192);
            Unlink("a").Ok();
            c.Shut(fd);
            map.Bytes[4096] = 3;
            Equal((byte)3, map.Bytes[4096]);
            Equal(Pattern(8192)[4097], map.Bytes[4097]);
        });
        t.Both("keeps_the_old_file_over_rename", c =>
        {
            int fd = c.Fd(File("a", Pattern(4096)), O_RDWR);
            using var map = Mapping.Shared(fd, 4096);
            File("b", Pattern(4096, 50));
            Rename("b", "a").Ok();
            BytesEqual(Pattern(4096), map.Bytes);
            BytesEqual(Pattern(4096, 50), Content("a"));
        });
        t.Both("write_from_a_mapping_of_the_same_file", c =>
        {
            int fd = c.Fd(File("a", Pattern(65_536)), O_RDWR);
            using var map = Mapping.Shared(fd, 65_536);
            Pwrite(fd, map.Bytes[..32_768], 32_768).Is(32_768);
            BytesEqual(Pattern(65_536).AsSpan(0, 32_768), Content(fd).AsSpan(32_768));
        });
    }
}
