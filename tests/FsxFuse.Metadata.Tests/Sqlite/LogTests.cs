using System.Diagnostics;
using FsxFuse.Metadata.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Metadata.Tests.Sqlite;

/// <summary>The write-ahead log: its flushes, its size, and a disk that has no room for it.</summary>
public sealed class LogTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Callers_share_a_flush()
    {
        await using SqliteMetadataStore store = await OpenAsync(_scratch.Path, TimeSpan.FromHours(1));
        long before = store.GetStatistics().Flushes;
        await store.CommitAsync(Setting(0));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => store.SyncAsync().AsTask()));
        // Those that came before the flush began, and those that came while it ran.
        Assert.InRange(store.GetStatistics().Flushes - before, 1, 2);

        long settled = store.GetStatistics().Flushes;
        await store.SyncAsync();
        Assert.Equal(settled, store.GetStatistics().Flushes);
    }

    [Fact]
    public async Task Commits_are_flushed_without_being_asked()
    {
        await using SqliteMetadataStore store = await OpenAsync(_scratch.Path, TimeSpan.FromMilliseconds(50));
        long before = store.GetStatistics().Flushes;
        await store.CommitAsync(Setting(0));
        for (int i = 0; i < 100 && store.GetStatistics().Flushes == before; i++)
            await Task.Delay(50);
        Assert.True(store.GetStatistics().Flushes > before);
    }

    [Fact]
    public async Task The_log_stays_near_its_limit_under_readers_and_writers()
    {
        const long limit = 1 << 20;
        await using SqliteMetadataStore store = await OpenAsync(_scratch.Path, TimeSpan.FromSeconds(1), limit);
        using CancellationTokenSource stop = new();
        Task reader = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await store.GetSettingAsync("k1");
        });
        long most = 0;
        for (int i = 0; i < 20_000; i++)
        {
            await store.CommitAsync(Setting(i));
            most = Math.Max(most, i % 100 == 0 ? store.GetStatistics().WalBytes : 0);
        }

        await stop.CancelAsync();
        await reader;
        // Commits wait at four times the limit; all of it together would be 80 MB.
        Assert.InRange(most, limit / 4, 16 * limit);
        Assert.Empty(await store.CheckAsync());
    }

    [RootFact]
    public async Task A_full_disk_refuses_commits_and_recovers()
    {
        string mount = Directory.CreateDirectory(_scratch.File("small")).FullName;
        Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", mount);
        try
        {
            await using SqliteMetadataStore store = await OpenAsync(mount, TimeSpan.FromSeconds(1));
            string filler = Path.Combine(mount, "filler");
            await File.WriteAllBytesAsync(filler, new byte[1 << 20]);
            int committed = 0;
            MetadataStoreException error = await Assert.ThrowsAsync<MetadataStoreException>(async () =>
            {
                for (; committed < 100_000; committed++)
                    await store.CommitAsync(Setting(committed));
            });
            Assert.Equal(MetadataFailure.Full, error.Failure);
            Assert.Null(await store.GetSettingAsync($"k{committed}"));
            Assert.NotNull(await store.GetSettingAsync($"k{committed - 1}"));

            File.Delete(filler);
            Assert.True((await store.CommitAsync(Setting(committed))).Committed);
            Assert.NotNull(await store.GetSettingAsync($"k{committed}"));
            Assert.Empty(await store.CheckAsync());
        }
        finally
        {
            Run("umount", mount);
        }
    }

    private static Batch Setting(int i) => new Batch().Add(new RowWrite.PutSetting($"k{i}", new string('v', 100)));

    private static Task<SqliteMetadataStore> OpenAsync(string directory, TimeSpan flush, long walBytes = 64 << 20) => SqliteMetadataStore.OpenAsync(
        new SqliteStoreOptions { Path = Path.Combine(directory, "meta.db"), CreateIfMissing = true, FlushInterval = flush, MaxWalBytes = walBytes },
        TimeProvider.System, NullLogger.Instance);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
