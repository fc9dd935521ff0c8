using System.Diagnostics;
using System.Globalization;
using FsxFuse.Metadata.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Metadata.Tests.Sqlite;

public sealed class KillTests : IDisposable
{
    private const int Kills = 20;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_killed_process_loses_nothing_it_acknowledged()
    {
        string path = _scratch.File("meta.db");
        Dictionary<string, long> acknowledged = [];
        HashSet<long> ids = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            foreach ((long number, long id) in await RunAndKillAsync(path, acknowledged.Count == 0 ? 0 : 1_000_000L * kill, 50 + (kill * 40)))
            {
                acknowledged.Add($"n{number}", id);
                Assert.True(ids.Add(id), $"{id} was given twice");
            }
        }

        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = path }, TimeProvider.System, NullLogger.Instance);
        foreach ((string name, long id) in acknowledged)
            Assert.Equal(id, (await store.LookupAsync(InodeRow.RootId, new FileName(name)))?.Inode.Id);
        Assert.True(acknowledged.Count >= Kills * 50);
        Assert.Empty(await store.CheckAsync());
    }

    private static async Task<List<(long Number, long Id)>> RunAndKillAsync(string path, long first, int atLeast)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            ArgumentList = { "exec", typeof(Program).Assembly.Location, Program.CommitLoop, path, first.ToString(CultureInfo.InvariantCulture) },
        };
        using Process child = Process.Start(start)!;
        List<(long, long)> acknowledged = [];
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            // Only a whole line was acknowledged; the last may be cut off by the kill.
            string[] parts = line.Split(' ');
            if (parts.Length == 2 && (child.StandardOutput.Peek() >= 0 || acknowledged.Count < atLeast))
                acknowledged.Add((long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture)));
            if (acknowledged.Count == atLeast)
                child.Kill();
        }

        await child.WaitForExitAsync();
        return acknowledged;
    }
}
