using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>Random changes, requests that fail before or after they are done, and exporters that end anywhere: in the end the bucket is the tree.</summary>
public class CrashTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task The_bucket_ends_as_the_tree(int seed)
    {
        Random random = new(seed);
        Lock gate = new();
        int Next(int limit)
        {
            lock (gate)
                return random.Next(limit);
        }

        await using Rig rig = await Rig.StartAsync(fill: async rig =>
        {
            for (int d = 0; d < 3; d++)
            {
                for (int f = 0; f < 4; f++)
                    await rig.PutAsync($"d{d}/f{f}", $"imported {d} {f} " + new string('i', f * 5000));
                await rig.PutAsync($"d{d}/sub/g", $"imported deep {d}");
            }
        });
        for (int round = 0; round < 4; round++)
        {
            rig.Bucket.Before = (_, _) => Fail(Next(12));
            rig.Bucket.After = (operation, _) =>
            {
                if (operation is "put" or "copy" or "delete" or "complete" or "create" or "part")
                    Fail(Next(8));
            };
            for (int i = 0; i < 12; i++)
                await ChangeAsync(rig, Next, $"{seed} {round} {i}");
            await Task.Delay(Next(60));
            rig.Bucket.Before = rig.Bucket.After = null;
            await rig.RestartAsync();
        }
        await rig.IdleAsync();
        await rig.AssertMirrorAsync();
        Assert.Empty(await rig.UploadsAsync());
        Assert.DoesNotContain(await rig.Store.GetEventsAsync(50), e => e.Code.StartsWith("S3Export", StringComparison.Ordinal));
    }

    private static void Fail(int chance)
    {
        if (chance == 0)
            throw new ObjectStoreException(ObjectStoreErrorKind.Unavailable, "Injected.");
    }

    private static async Task ChangeAsync(Rig rig, Func<int, int> next, string text)
    {
        List<string> files = [], directories = [""];
        foreach (string path in new[] { "", "/d0", "/d1", "/d2", "/n0", "/n1", "/d0/sub", "/d1/sub", "/n0/sub" })
        {
            if (path.Length > 0)
            {
                if (await Quietly(() => rig.Tree.FindAsync(path)) is not { Inode.IsDirectory: true })
                    continue;
                directories.Add(path);
            }
            for (int f = 0; f < 6; f++)
            {
                if (await Quietly(() => rig.Tree.FindAsync($"{path}/f{f}")) is { Inode.IsDirectory: false })
                    files.Add($"{path}/f{f}");
            }
        }
        string directory = directories[next(directories.Count)];
        string target = $"{directory}/f{next(6)}";
        string? file = files.Count > 0 ? files[next(files.Count)] : null;
        switch (next(8))
        {
            case 0 or 1:
                await Quietly(() => rig.Tree.WriteAsync(target, text + new string('w', next(2) * 200_000)));
                break;
            case 2 when file is not null:
                await Quietly(() => rig.Tree.UnlinkAsync(file));
                break;
            case 3 or 4 when file is not null:
                await Quietly(() => rig.Tree.RenameAsync(file, target));
                break;
            case 5 when file is not null && files.Contains(target) && file != target:
                await Quietly(() => rig.Tree.ExchangeAsync(file, target));
                break;
            case 6 when directories.Count > 1:
                string from = directories[1 + next(directories.Count - 1)];
                string to = next(2) == 0 ? $"/n{next(2)}" : $"/d{next(3)}";
                if (from != to && !directories.Contains(to) && !to.StartsWith(from, StringComparison.Ordinal) && from.Count(c => c == '/') == 1)
                    await Quietly(() => rig.Tree.RenameAsync(from, to));
                break;
            case 7 when file is not null:
                await Quietly(() => rig.Tree.ChmodAsync(file, (uint)(0x100 + next(0x80))));
                break;
        }
    }

    // An operation that needs the bucket may fail as any system call may; it then did nothing.
    private static async Task<T?> Quietly<T>(Func<Task<T>> operation)
    {
        try
        {
            return await operation();
        }
        catch (Exception e) when (e is FsxFuse.Metadata.NamespaceSourceException or FsxFuse.Cache.CacheException or FileNotFoundException)
        {
            return default;
        }
    }

    private static async Task Quietly(Func<Task> operation) => await Quietly(async () =>
    {
        await operation();
        return 0;
    });
}
