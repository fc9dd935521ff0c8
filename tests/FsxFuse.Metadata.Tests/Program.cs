using System.Globalization;
using FsxFuse.Metadata.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Metadata.Tests;

/// <summary>Run by itself, this assembly commits in a loop until it is killed, and says each time what has been acknowledged.</summary>
internal static class Program
{
    public const string CommitLoop = "commit-loop";

    public static async Task<int> Main(string[] args)
    {
        if (args is not [CommitLoop, string path, string first])
            return 2;
        await using SqliteMetadataStore store = await SqliteMetadataStore.OpenAsync(
            new SqliteStoreOptions { Path = path, CreateIfMissing = true, MaxWalBytes = 1 << 20 }, TimeProvider.System, NullLogger.Instance);
        using Stream output = Console.OpenStandardOutput();
        using StreamWriter writer = new(output) { AutoFlush = true };
        for (long number = long.Parse(first, CultureInfo.InvariantCulture); ; number++)
        {
            long id = store.AllocateIds();
            await store.CommitAsync(new Batch()
                .Add(new RowWrite.PutInode(new InodeRow { Id = id, Ino = id, Mode = 0x81A4, Size = 1 }))
                .Add(new RowWrite.PutDentry(new DentryRow { Parent = InodeRow.RootId, Name = new FileName($"n{number}"), Child = id, Cookie = id })));
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{number} {id}"));
        }
    }
}
