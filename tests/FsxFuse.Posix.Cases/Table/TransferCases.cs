using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>read, write and their relatives; sparse files; limits.</summary>
internal static class TransferCases
{
    internal static void Add(CaseList t)
    {
        t.Both("what_is_written_is_read", c =>
        {
            foreach (int length in new[] { 0, 1, 511, 512, 4095, 4096, 4097, 65536, 131072, 131073, 1 << 20, (1 << 20) + 1, 5_000_001 })
            {
                string name = $"a{length}";
                int fd = c.Fd(name);
                if (length > 0)
                    Write(fd, Pattern(length)).Is(length);
                Equal((long)length, Fstat(fd).Length);
                BytesEqual(Pattern(length), Content(fd));
                c.Shut(fd);
                BytesEqual(Pattern(length), Content(name));
            }
        });
        t.Both("position_moves_with_read_and_write", c =>
        {
            int fd = c.Fd("a");
            Write(fd, "0123456789"u8).Is(10);
            Seek(fd, 0, SEEK_CUR).Is(10);
            Seek(fd, 2, SEEK_SET).Is(2);
            byte[] got = new byte[3];
            Read(fd, got).Is(3);
            BytesEqual("234"u8, got);
            Seek(fd, 0, SEEK_CUR).Is(5);
            Seek(fd, -1, SEEK_END).Is(9);
            Read(fd, got).Is(1);
            Read(fd, got).Is(0);
        });
        t.Both("pread_and_pwrite_leave_the_position", c =>
        {
            int fd = c.Fd(File("a", "0123456789"), O_RDWR);
            Seek(fd, 4, SEEK_SET).Is(4);
            Pwrite(fd, "xy"u8, 8).Is(2);
            byte[] got = new byte[4];
            Pread(fd, got, 6).Is(4);
            BytesEqual("67xy"u8, got);
            Seek(fd, 0, SEEK_CUR).Is(4);
        });
        t.Both("readv_and_writev_use_all_buffers", c =>
        {
            int fd = c.Fd("a");
            Writev(fd, "first "u8, "second"u8).Is(12);
            byte[] a = new byte[3], b = new byte[20];
            Seek(fd, 0, SEEK_SET).Is(0);
            Readv(fd, a, b).Is(12);
            BytesEqual("fir"u8, a);
            BytesEqual("st second"u8, b.AsSpan(0, 9));
        });
        t.Both("preadv_and_pwritev_use_their_offset", c =>
        {
            int fd = c.Fd("a");
            Writev(fd, "ab"u8, "cd"u8, 10).Is(4);
            byte[] a = new byte[1], b = new byte[10];
            Readv(fd, a, b, 11).Is(3);
            BytesEqual("b"u8, a);
            BytesEqual("cd"u8, b.AsSpan(0, 2));
            Seek(fd, 0, SEEK_CUR).Is(0);
        });
        t.Both("read_at_and_beyond_the_end_is_0", c =>
        {
            int fd = c.Fd(File("a", "123"), O_RDONLY);
            Pread(fd, new byte[10], 3).Is(0);
            Pread(fd, new byte[10], 1_000_000).Is(0);
            Pread(fd, new byte[10], 1).Is(2);
        });
        t.Both("negative_offsets_are_EINVAL", c =>
        {
            int fd = c.Fd(File("a", "123"), O_RDWR);
            Pread(fd, new byte[1], -1).Fails(EINVAL);
            Pwrite(fd, "x"u8, -1).Fails(EINVAL);
            Seek(fd, -1, SEEK_SET).Fails(EINVAL);
            Seek(fd, -4, SEEK_END).Fails(EINVAL);
            Seek(fd, 0, 99).Fails(EINVAL);
        });
        t.Both("a_hole_reads_as_zeros_and_takes_no_blocks", c =>
        {
            int fd = c.Fd("a");
            Pwrite(fd, "end"u8, 10_000_000).Is(3);
            byte[] all = Content(fd);
            Equal(10_000_003, all.Length);
            True(all.AsSpan(0, 10_000_000).IndexOfAnyExcept((byte)0) < 0, "zeros up to the data");
            Fsync(fd).Ok();
            True(Fstat(fd).Blocks < 200, $"{Fstat(fd).Blocks} blocks");
        });
        t.Both("writing_beyond_the_end_after_a_short_tail_leaves_zeros", c =>
        {
            int fd = c.Fd(File("a", Pattern(100)), O_RDWR);
            Pwrite(fd, "x"u8, 5000).Is(1);
            byte[] all = Content(fd);
            True(all.AsSpan(100, 4900).IndexOfAnyExcept((byte)0) < 0, "zeros between");
            BytesEqual(Pattern(100), all.AsSpan(0, 100));
        });
        t.Both("a_terabyte_offset_works", c =>
        {
            int fd = c.Fd("a");
            Pwrite(fd, "far"u8, 1L << 40).Is(3);
            Equal((1L << 40) + 3, Fstat(fd).Length);
            byte[] got = new byte[3];
            Pread(fd, got, 1L << 40).Is(3);
            BytesEqual("far"u8, got);
        });
        t.Both("write_at_the_largest_offset_is_EFBIG", c => Pwrite(c.Fd("a"), "xx"u8, long.MaxValue - 1).FailsEither(EFBIG, EINVAL));
        t.Both("write_beyond_RLIMIT_FSIZE_is_cut_then_EFBIG", c =>
        {
            int fd = c.Fd("a");
            using var limit = new FileSizeLimit(10_000);
            Pwrite(fd, Pattern(4000), 8000).Is(2000);
            Pwrite(fd, "x"u8, 10_000).Fails(EFBIG);
            Equal(10_000L, Fstat(fd).Length);
        });
        t.Both("overwrites_in_the_middle_keep_the_rest", c =>
        {
            byte[] expected = Pattern(300_000);
            int fd = c.Fd(File("a", expected), O_RDWR);
            foreach (int offset in new[] { 0, 1, 4095, 4096, 8191, 65535, 131071, 262143, 299_990 })
            {
                Pwrite(fd, Pattern(10, offset), offset).Is(10);
                Pattern(10, offset).CopyTo(expected, offset);
            }
            BytesEqual(expected, Content(fd));
            c.Shut(fd);
            BytesEqual(expected, Content("a"));
        });
        t.Both("random_writes_equal_a_model", c =>
        {
            var random = new Random(42);
            byte[] model = new byte[200_000];
            int length = 0;
            int fd = c.Fd("a");
            for (int i = 0; i < 400; i++)
            {
                int offset = random.Next(190_000);
                int count = random.Next(1, 10_000);
                if (random.Next(10) == 0)
                {
                    Ftruncate(fd, offset).Ok();
                    if (offset < length)
                        Array.Clear(model, offset, model.Length - offset);
                    length = offset;
                }
                else
                {
                    byte[] bytes = Pattern(count, i);
                    Pwrite(fd, bytes, offset).Is(count);
                    bytes.CopyTo(model, offset);
                    length = Math.Max(length, offset + count);
                }
                if (i % 50 == 0)
                    BytesEqual(model.AsSpan(0, length), Content(fd));
            }
            c.Shut(fd);
            BytesEqual(model.AsSpan(0, length), Content("a"));
        });
        t.Both("one_descriptors_write_is_anothers_read", c =>
        {
            int a = c.Fd("a");
            int b = c.Fd("a", O_RDONLY);
            for (int i = 0; i < 50; i++)
            {
                Pwrite(a, Pattern(1000, i), i * 777).Is(1000);
                byte[] got = new byte[1000];
                Pread(b, got, i * 777).Is(1000);
                BytesEqual(Pattern(1000, i), got);
            }
        });
        t.Both("another_process_sees_a_write_at_once", c =>
        {
            int fd = c.Fd("a");
            int other = c.Peer.Open($"{c.Directory}/a");
            for (int i = 0; i < 20; i++)
            {
                Pwrite(fd, [(byte)(i + 1)], i).Is(1);
                c.Peer.Call($"byte {other} {i}").Is(i + 1);
                c.Peer.Call($"size {c.Directory}/a").Is(i + 1);
            }
            c.Peer.Close(other).Ok();
        });
        t.Both("another_processs_write_is_seen_at_once", c =>
        {
            int fd = c.Fd("a");
            int other = c.Peer.Open($"{c.Directory}/a");
            for (int i = 0; i < 20; i++)
            {
                c.Peer.Call($"pwrite {other} {i * 5} hello").Is(5);
                Equal(5L * (i + 1), Fstat(fd).Length);
                byte[] got = new byte[5];
                Pread(fd, got, i * 5).Is(5);
                BytesEqual("hello"u8, got);
            }
            c.Peer.Close(other).Ok();
        });
        t.Both("another_processs_names_are_seen_at_once", c =>
        {
            for (int i = 0; i < 10; i++)
            {
                TryStat("d", out var _).Fails(ENOENT);
                c.Peer.Call($"mkdir {c.Directory}/d 755").Ok();
                Equal(S_IFDIR, Stat("d").Type);
                c.Peer.Call($"rename {c.Directory}/d {c.Directory}/e").Ok();
                TryStat("d", out var _).Fails(ENOENT);
                Rmdir("e").Ok();
            }
        });
        t.Both("a_file_unlinked_by_another_process_stays_open", c =>
        {
            int fd = c.Fd(File("a", "x"), O_RDWR);
            c.Peer.Call($"unlink {c.Directory}/a").Ok();
            Equal("x", Text(fd));
            Equal(0u, Fstat(fd).Links);
            TryStat("a", out var _).Fails(ENOENT);
        });
        t.Both("concurrent_appends_of_two_processes_lose_nothing", c =>
        {
            File("a");
            c.Peer.Begin($"appends {c.Directory}/a 500 peer-line");
            int fd = c.Fd("a", O_WRONLY | O_APPEND);
            for (int i = 0; i < 500; i++)
                Write(fd, "case-line\n"u8).Is(10);
            c.Peer.End(out long _).Ok();
            string[] lines = Text("a").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Equal(500, lines.Count(l => l == "case-line"));
            Equal(500, lines.Count(l => l == "peer-line"));
        });
        t.Both("concurrent_appends_of_four_threads_lose_nothing", c =>
        {
            File("a");
            Outcome[] last = new Outcome[4];
            var threads = Enumerable.Range(0, 4).Select(n => new Thread(() =>
            {
                int fd = (int)Open($"{c.Directory}/a", O_WRONLY | O_APPEND).Value;
                for (int i = 0; i < 200; i++)
                    last[n] = Write(fd, Utf8($"thread-{n}\n"));
                Close(fd);
            })).ToList();
            threads.ForEach(x => x.Start());
            threads.ForEach(x => x.Join());
            for (int n = 0; n < 4; n++)
                last[n].Is(9);
            Equal(800, Text("a").Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l.Length == 8));
        });
        t.Both("fsync_fdatasync_and_syncfs_succeed", c =>
        {
            int fd = c.Fd("a");
            Write(fd, Pattern(100_000)).Is(100_000);
            Fdatasync(fd).Ok();
            Fsync(fd).Ok();
            Syncfs(fd).Ok();
            Mkdir("d").Ok();
            int dir = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Fsync(dir).Ok();
            Fdatasync(dir).Ok();
            Fsync(c.Fd("a", O_RDONLY)).Ok();
        });
        t.Both("sendfile_reads_a_file", c =>
        {
            int from = c.Fd(File("a", Pattern(100_000)), O_RDONLY);
            int to = c.Fd("b");
            Sendfile(to, from, 1000, 50_000).Is(50_000);
            BytesEqual(Pattern(100_000).AsSpan(1000, 50_000), Content("b"));
        });
        t.Both("ftruncate_and_append_interleave", c =>
        {
            int fd = c.Fd("a", O_RDWR | O_CREAT | O_APPEND);
            Write(fd, "12345"u8).Is(5);
            Ftruncate(fd, 2).Ok();
            Write(fd, "67"u8).Is(2);
            Equal("1267", Text("a"));
        });
        t.Both("a_write_of_16_MiB_at_once", c =>
        {
            int fd = c.Fd("a");
            byte[] bytes = Pattern(16 << 20);
            Write(fd, bytes).Is(bytes.Length);
            BytesEqual(bytes, Content(fd));
        });
        t.Both("reads_of_odd_sizes_join_up", c =>
        {
            byte[] bytes = Pattern(1_000_000);
            int fd = c.Fd(File("a", bytes), O_RDONLY);
            byte[] got = new byte[bytes.Length];
            int at = 0;
            for (int size = 1; at < got.Length; size = size * 3 % 70_001 + 1)
                at += (int)Read(fd, got.AsSpan(at, Math.Min(size, got.Length - at))).Ok();
            BytesEqual(bytes, got);
        });
    }
}
