using FsxFuse.Metadata;

namespace FsxFuse.Cache.Tests;

/// <summary>Random operations on one content against an array of bytes, with exports, releases, reopens and crashes in between.</summary>
public class ExerciserTests
{
    private const int MaxLength = 600_000;

    [Theory]
    [InlineData(1, 8000)]
    [InlineData(2, 8000)]
    [InlineData(3, 8000)]
    public async Task A_content_behaves_as_an_array_of_bytes(int seed, int operations)
    {
        var random = new Random(seed);
        await using CacheFixture f = await CacheFixture.CreateAsync(memory: 1 << 20);
        byte[] model = CacheFixture.Random(300_000, seed);
        long id = await f.AddObjectAsync([.. model]);
        Content content = await f.Cache.OpenAsync(id, default);
        var cursor = new ReadCursor();
        for (int step = 0; step < operations; step++)
        {
            int offset = random.Next(3) == 0 ? random.Next(MaxLength) / 4096 * 4096 : random.Next(MaxLength);
            int length = random.Next(5) == 0 ? random.Next(1, 100_000) : random.Next(1, 9000);
            int operation = random.Next(1000);
            if (operation < 350)
            {
                length = Math.Min(length, MaxLength - offset);
                byte[] data = new byte[length];
                random.NextBytes(data);
                Task? other = random.Next(4) == 0 ? content.ReadAsync(random.Next(MaxLength), new byte[20_000], null, default).AsTask() : null;
                await content.WriteAsync(offset, data, default);
                if (model.Length < offset + length)
                    Array.Resize(ref model, offset + length);
                data.CopyTo(model, offset);
                if (other is not null)
                    await other;
            }
            else if (operation < 750)
            {
                byte[] data = new byte[length];
                if (!content.TryRead(offset, data, out int read))
                    read = await content.ReadAsync(offset, data, random.Next(2) == 0 ? cursor : null, default);
                int expected = Math.Clamp(model.Length - offset, 0, length);
                Assert.Equal(expected, read);
                Assert.True(expected == 0 || model.AsSpan(offset, expected).SequenceEqual(data.AsSpan(0, read)), $"step {step}: read of {length} at {offset}");
            }
            else if (operation < 820)
            {
                int size = random.Next(4) == 0 ? random.Next(MaxLength) : Math.Clamp(model.Length + random.Next(-20_000, 20_000), 0, MaxLength);
                InodeRow inode = await f.InodeOfAsync(id);
                await content.TruncateAsync(size, batch => batch.Update(inode, inode with { Size = size }), default);
                Array.Resize(ref model, size);
            }
            else if (operation < 870)
            {
                await content.AllocateAsync(FallocateMode.PunchHole | FallocateMode.KeepSize, offset, length, default);
                Zero(model, offset, length);
            }
            else if (operation < 900)
            {
                length = Math.Min(length, MaxLength - offset);
                await content.AllocateAsync(FallocateMode.ZeroRange, offset, length, default);
                if (model.Length < offset + length)
                    Array.Resize(ref model, offset + length);
                Zero(model, offset, length);
            }
            else if (operation < 910)
            {
                await content.EnsureResidentAsync(offset, length, null, default);
            }
            else if (operation < 920)
            {
                await content.SyncAsync(dataOnly: random.Next(2) == 0, default);
            }
            else if (operation < 950)
            {
                await f.RestAsync(content);
            }
            else if (operation < 965)
            {
                await f.RestAsync(content);
                if (random.Next(2) == 0)
                    Assert.True(await f.ExportAsync(content));
                ReleaseResult result = await content.ReleaseAsync(null, default);
                Assert.True(result != ReleaseResult.InUse, $"step {step}: {result}");
            }
            else if (operation < 980)
            {
                content.Dispose();
                content = await f.Cache.OpenAsync(id, default);
            }
            else if (operation < 990)
            {
                await CacheFixture.EventuallyAsync(() => f.Memory.Used == 0);
                await f.CrashAsync();
                content = await f.Cache.OpenAsync(id, default);
                Assert.Equal(model.Length, (await f.InodeOfAsync(id)).Size);
            }
            else
            {
                Assert.True(CacheFixture.Same(model, await CacheFixture.ReadAllAsync(content, 30_000, cursor)), $"step {step}: whole");
                await VerifySeeksAsync(content, model, random);
            }

            Assert.Equal(model.Length, content.Length);
        }

        Assert.True(CacheFixture.Same(model, await CacheFixture.ReadAllAsync(content)));
        content.Dispose();
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task After_power_loss_every_page_is_its_synced_bytes_or_the_source_or_a_later_write(int seed)
    {
        const int Pages = 64;
        var random = new Random(seed);
        await using CacheFixture f = await CacheFixture.CreateAsync(memory: 1 << 20);
        for (int round = 0; round < 15; round++)
        {
            byte[] source = CacheFixture.Random(Pages * 4096, random.Next());
            long id = await f.AddObjectAsync([.. source]);
            Content content = await f.Cache.OpenAsync(id, default);
            byte[][] stable = [.. Enumerable.Range(0, Pages).Select(p => source.AsSpan(p * 4096, 4096).ToArray())];
            byte[][] latest = [.. stable];
            var unsynced = new HashSet<int>();
            for (int step = 0; step < 60; step++)
            {
                int page = random.Next(Pages);
                switch (random.Next(20))
                {
                    case 0:
                        await content.SyncAsync(dataOnly: true, default);
                        stable = [.. latest];
                        unsynced.Clear();
                        break;
                    case < 8:
                        await content.ReadAsync(page * 4096, new byte[4096], null, default);
                        break;
                    default:
                        latest[page] = CacheFixture.Random(4096, random.Next());
                        await content.WriteAsync(page * 4096, latest[page], default);
                        unsynced.Add(page);
                        break;
                }
            }

            bool complete = content.IsComplete;
            await CacheFixture.EventuallyAsync(() => f.Memory.Used == 0);
            IReadOnlyList<BlockMapRow> rows = await f.Store.GetBlockMapsAsync(id);
            PageMap map = PageMap.FromRows(rows);
            string path = f.FileOf(id);
            // The disk lost what no fsync covered: those pages read as zeros.
            if (!complete && content.Row.UnsyncedBoot is not null)
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
                for (int page = 0; page < Pages; page++)
                {
                    if (map.Get(page) is PageState.Clean or PageState.DirtyUnsynced or PageState.Absent)
                    {
                        file.Position = page * 4096;
                        file.Write(new byte[4096]);
                    }
                }
            }

            await f.CrashAsync(reboot: true);
            using Content again = await f.Cache.OpenAsync(id, default);
            byte[] bytes = await CacheFixture.ReadAllAsync(again);
            for (int page = 0; page < Pages; page++)
            {
                ReadOnlySpan<byte> actual = bytes.AsSpan(page * 4096, 4096);
                bool isSource = actual.SequenceEqual(source.AsSpan(page * 4096, 4096));
                if (unsynced.Contains(page))
                    Assert.True(isSource || actual.SequenceEqual(stable[page]) || actual.SequenceEqual(latest[page]), $"round {round}: page {page}");
                else
                    Assert.True(actual.SequenceEqual(stable[page]), $"round {round}: synced page {page}");
            }
        }
    }

    [Fact]
    public async Task Readers_writers_and_releases_at_once_end_with_the_last_writes()
    {
        const int Slots = 8, SlotSize = 40_000;
        await using CacheFixture f = await CacheFixture.CreateAsync(memory: 1 << 20);
        byte[] model = CacheFixture.Random(Slots * SlotSize, 5);
        long id = await f.AddObjectAsync([.. model]);
        using Content content = await f.Cache.OpenAsync(id, default);
        Task[] writers = [.. Enumerable.Range(0, Slots).Select(slot => Task.Run(async () =>
        {
            var random = new Random(slot);
            for (int i = 0; i < 150; i++)
            {
                int offset = random.Next(SlotSize - 1), length = random.Next(1, Math.Min(6000, SlotSize - offset));
                byte[] data = new byte[length];
                random.NextBytes(data);
                await content.WriteAsync((slot * SlotSize) + offset, data, default);
                lock (model)
                    data.CopyTo(model, (slot * SlotSize) + offset);
                byte[] check = new byte[length];
                Assert.Equal(length, await content.ReadAsync((slot * SlotSize) + offset, check, null, default));
                Assert.Equal(data, check);
            }
        }))];
        Task releases = Task.Run(async () =>
        {
            for (int i = 0; i < 40; i++)
            {
                await f.RestAsync(content);
                await content.ReleaseAsync(null, default);
                await Task.Delay(5);
            }
        });
        await Task.WhenAll([.. writers, releases]);
        Assert.Equal(model, await CacheFixture.ReadAllAsync(content));
    }

    private static async Task VerifySeeksAsync(Content content, byte[] model, Random random)
    {
        for (long position = 0; position < model.Length;)
        {
            long hole = await content.SeekAsync(position, data: false, default);
            if (hole < 0 || hole >= model.Length)
                break;
            long data = await content.SeekAsync(hole, data: true, default);
            long end = data < 0 ? model.Length : data;
            Assert.True(end > hole, $"hole at {hole}, data at {data}");
            Assert.True(model.AsSpan((int)hole, (int)(end - hole)).IndexOfAnyExcept((byte)0) < 0, "a hole must read as zeros");
            position = end + random.Next(3);
        }
    }

    private static void Zero(byte[] model, int offset, int length)
    {
        if (offset < model.Length)
            model.AsSpan(offset, Math.Min(length, model.Length - offset)).Clear();
    }
}
