using FsxFuse.Metadata;

namespace FsxFuse.Repository.Tests.Export;

/// <summary>The repository keeps what it gets: whatever an export builds on must survive a power loss before the request that makes it known.</summary>
public class DurabilityTests
{
    [Fact]
    public async Task Commits_and_bytes_are_stable_before_the_repository_changes()
    {
        // What runs beside may commit between a flush and its request, now and then; a flush that is missing is missed each time.
        List<string> unstable = await ExportAsync();
        for (int again = 0; again < 4 && unstable.Count > 0; again++)
            unstable = await ExportAsync();
        Assert.Empty(unstable);
    }

    /// <summary>Exports a creation, a change, a rename and a deletion; returns the requests that ran ahead of the disk.</summary>
    private static async Task<List<string>> ExportAsync()
    {
        await using Rig rig = await Rig.StartAsync();
        List<string> unstable = [];
        rig.Bucket.Before = (operation, key) =>
        {
            if (key.StartsWith(rig.Prefix, StringComparison.Ordinal) && operation is "put" or "delete" or "complete" && !rig.Store.SyncAsync().AsTask().IsCompletedSuccessfully)
                unstable.Add($"{operation} {key}: commits");
            if (operation is "put" or "part" && rig.Store.GetContentsAsync(ContentFlags.Dirty, 0, 10).AsTask().Result.Any(row => row.UnsyncedBoot is not null))
                unstable.Add($"{operation} {key}: bytes");
        };
        await rig.Tree.WriteAsync("/small", "one");
        await rig.IdleAsync();
        await rig.Tree.WriteAsync("/small", new string('x', 300_000));
        await rig.IdleAsync();
        await rig.Tree.RenameAsync("/small", "/renamed");
        await rig.IdleAsync();
        await rig.Tree.UnlinkAsync("/renamed");
        await rig.IdleAsync();
        Assert.True(rig.Bucket.Puts > 0 && rig.Bucket.Parts > 0 && rig.Bucket.Deletes > 0);
        return unstable;
    }
}
