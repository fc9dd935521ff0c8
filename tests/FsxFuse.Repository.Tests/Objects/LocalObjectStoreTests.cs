using System.Diagnostics;
using System.Text;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Objects.Local;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>What is special about a directory: other programs work in it too.</summary>
public sealed class LocalObjectStoreTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fsxfuse-local-").FullName;
    private readonly IObjectStore _store;

    public LocalObjectStoreTests() => _store = ObjectStoreFactory.Open($"file://{_directory}").Store;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Files_of_other_programs_carry_their_own_mode_owner_and_times()
    {
        await PrivateFile.WriteAsync(At("script"), "#!/bin/sh\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        File.SetLastWriteTimeUtc(At("script"), DateTime.UnixEpoch.AddSeconds(1_000_000_000));
        Directory.CreateDirectory(At("dir"));
        ObjectInfo info = (await _store.HeadAsync("script"))!;
        Assert.Equal("0100740", info.Metadata["file-permissions"]);
        Assert.Equal("1000000000000000000ns", info.Metadata["file-mtime"]);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_000_000_000), info.LastModified);
        Assert.True(uint.TryParse(info.Metadata["file-owner"], out _));
        Assert.StartsWith("0040", (await _store.HeadAsync("dir/"))!.Metadata["file-permissions"], StringComparison.Ordinal);
        Assert.Equal(["dir/", "script"], await KeysAsync());
    }

    [Fact]
    public async Task A_crash_while_a_symlink_is_replaced_leaves_the_old_one_with_its_metadata()
    {
        static PutOptions Version(string version) =>
            new() { Metadata = new Dictionary<string, string> { ["file-permissions"] = "0120777", ["fsxfuse-version"] = version } };
        PutResult first = await PutAsync("link", "one", Version("first"));
        await Process.Start("ln", ["-P", At("link"), At("before")]).WaitForExitAsync();
        PutResult second = await PutAsync("link", "two", Version("second"));
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.Equal("second", (await _store.HeadAsync("link"))!.Metadata["fsxfuse-version"]);

        // The rename comes last: before it, what is kept for the new one is beside the old one.
        File.Move(At("before"), At("link"), overwrite: true);
        ObjectInfo left = (await _store.HeadAsync("link"))!;
        Assert.Equal(first.ETag, left.ETag);
        Assert.Equal("first", left.Metadata["fsxfuse-version"]);
    }

    [Fact]
    public async Task A_directory_made_for_an_object_is_at_no_moment_an_object()
    {
        using CancellationTokenSource stop = new();
        Task<string[]> looking = Task.Run(async () =>
        {
            string[] markers = [];
            while (markers.Length == 0 && !stop.IsCancellationRequested)
                markers = [.. (await KeysAsync()).Where(key => key.EndsWith('/'))];
            return markers;
        });
        for (int i = 0; i < 1000 && !looking.IsCompleted; i++)
        {
            await PutAsync($"d{i}/e/f", "", new PutOptions());
            await _store.DeleteAsync($"d{i}/e/f");
        }
        await stop.CancelAsync();
        Assert.Empty(await looking);
    }

    [Fact]
    public async Task The_ETag_changes_with_every_change_by_another_program()
    {
        PutResult put = await PutAsync("f", "12345", new PutOptions { Metadata = new Dictionary<string, string> { ["fsxfuse-version"] = "mine" } });
        Assert.Equal("827ccb0eea8a706c4c34a16891f84e7b", put.ETag);
        var seen = new HashSet<string> { put.ETag };
        foreach (Action change in new Action[]
        {
            () => File.WriteAllText(At("f"), "54321"),
            () => File.AppendAllText(At("f"), "6"),
            () => File.SetLastWriteTimeUtc(At("f"), DateTime.UnixEpoch),
            () => Replace("f", "543216"),
        })
        {
            change();
            ObjectInfo info = (await _store.HeadAsync("f"))!;
            Assert.True(seen.Add(info.ETag), "the ETag did not change");
            Assert.False(info.Metadata.ContainsKey("fsxfuse-version"), "what others wrote is not ours");
            ObjectEntry listed = (await _store.ListAsync(new ListRequest())).Objects[0];
            Assert.Equal(info.ETag, listed.ETag);
        }
        await Assert.ThrowsAsync<ObjectStoreException>(() => PutAsync("f", "x", new PutOptions { Condition = WriteCondition.Matches(put.ETag) }));
    }

    [Fact]
    public async Task Symlinks_are_objects_and_never_followed()
    {
        string outside = Directory.CreateTempSubdirectory("fsxfuse-outside-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "secret"), "secret");
            File.CreateSymbolicLink(At("link"), "some/target");
            File.CreateSymbolicLink(At("out"), outside);
            File.CreateSymbolicLink(At("file"), Path.Combine(outside, "secret"));
            Assert.Equal(["file", "link", "out"], await KeysAsync());
            Assert.Equal("some/target", await TextAsync("link"));
            Assert.Equal("0120777", (await _store.HeadAsync("link"))!.Metadata["file-permissions"]);
            Assert.Equal(Path.Combine(outside, "secret"), await TextAsync("file"));
            Assert.Null(await _store.HeadAsync("out/secret"));
            await KindAsync(ObjectStoreErrorKind.NotFound, () => TextAsync("out/secret"));
            await KindAsync(ObjectStoreErrorKind.BadKey, () => PutAsync("out/new", "x"));
            Assert.Equal(["secret"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
            await _store.DeleteAsync("out/secret");
            await _store.DeleteAsync("out");
            Assert.True(File.Exists(Path.Combine(outside, "secret")));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task An_object_that_says_it_is_a_symlink_becomes_one()
    {
        var metadata = new Dictionary<string, string> { ["file-permissions"] = "0120777", ["file-mtime"] = "5ns" };
        PutResult put = await PutAsync("d/l", "../target", new PutOptions { Metadata = metadata });
        Assert.Equal("../target", new FileInfo(At("d/l")).LinkTarget);
        ObjectInfo info = (await _store.HeadAsync("d/l"))!;
        Assert.Equal(metadata, info.Metadata);
        Assert.Equal(put.ETag, info.ETag);
        Assert.Equal("../target", await TextAsync("d/l"));
        await _store.CopyAsync(new CopyRequest { Source = new("d/l"), DestinationKey = "d/copy" });
        Assert.Equal("../target", new FileInfo(At("d/copy")).LinkTarget);
        await _store.DeleteAsync("d/l");
        await _store.DeleteAsync("d/copy");
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Files_get_the_mode_that_their_metadata_names()
    {
        await PutAsync("private", "x", new PutOptions { Metadata = new Dictionary<string, string> { ["file-permissions"] = "0104600" } });
        Assert.Equal("0100600", Convert.ToString(NativeFile.Status(At("private"))!.Value.Mode, 8).PadLeft(7, '0'));
        await PutAsync("usual", "x");
        Assert.Equal("0100644", Convert.ToString(NativeFile.Status(At("usual"))!.Value.Mode, 8).PadLeft(7, '0'));
    }

    [Fact]
    public async Task The_bookkeeping_is_neither_listed_nor_reachable_and_empty_afterwards()
    {
        MultipartUpload upload = await _store.CreateMultipartAsync("a", PutOptions.None);
        await PutAsync("b", "x");
        Assert.Equal(["b"], await KeysAsync());
        await KindAsync(ObjectStoreErrorKind.BadKey, () => PutAsync(".fsxfuse/lock", "x"));
        Assert.Null(await _store.HeadAsync($".fsxfuse/uploads/{upload.UploadId}/upload.json"));
        Assert.Empty((await _store.ListAsync(new ListRequest { Prefix = ".fsxfuse/" })).Objects);
        await _store.AbortMultipartAsync(upload);
        Assert.Empty(Directory.GetFileSystemEntries(At(".fsxfuse/tmp")));
        Assert.Empty(Directory.GetFileSystemEntries(At(".fsxfuse/uploads")));
    }

    [Fact]
    public async Task A_file_and_keys_beneath_its_name_cannot_both_be()
    {
        await PutAsync("a", "x");
        await KindAsync(ObjectStoreErrorKind.BadKey, () => PutAsync("a/b", "x"));
        await PutAsync("d/e", "x");
        await KindAsync(ObjectStoreErrorKind.BadKey, () => PutAsync("d", "x"));
        await KindAsync(ObjectStoreErrorKind.BadRequest, () => PutAsync("d/", "not empty"));
        Assert.Equal(["a", "d/e"], await KeysAsync());
        Assert.Empty(Directory.GetFileSystemEntries(At(".fsxfuse/tmp")));
    }

    [Fact]
    public async Task A_file_changed_while_it_is_read_is_no_version_at_all()
    {
        File.WriteAllText(At("f"), new string('a', 100_000));
        await using ObjectBody body = await _store.GetAsync("f", ByteRange.All);
        byte[] half = new byte[50_000];
        await body.Content.ReadExactlyAsync(half);
        using (FileStream file = File.OpenWrite(At("f")))
            file.Write("b"u8);
        await KindAsync(ObjectStoreErrorKind.Unavailable, () => body.Content.ReadExactlyAsync(half).AsTask());
    }

    [Fact]
    public async Task A_missing_directory_is_a_missing_bucket()
    {
        await using var store = new LocalObjectStore(At("nowhere"));
        await KindAsync(ObjectStoreErrorKind.NoSuchBucket, () => store.CheckAccessAsync());
        await KindAsync(ObjectStoreErrorKind.NoSuchBucket, () => store.HeadAsync("x"));
    }

    [Fact]
    public async Task Two_stores_on_one_directory_respect_each_other()
    {
        await using var other = new LocalObjectStore(_directory);
        int winners = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                IObjectStore store = i % 2 == 0 ? _store : other;
                await store.PutAsync("race/x", BodySource.FromMemory(new byte[i]), new PutOptions { Condition = WriteCondition.Absent });
                Interlocked.Increment(ref winners);
            }
            catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.PreconditionFailed)
            {
            }
        }));
        Assert.Equal(1, winners);
    }

    [Fact]
    public async Task Directories_that_come_and_go_lose_no_writer()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async w =>
        {
            for (int i = 0; i < 40; i++)
            {
                await PutAsync($"deep/er/{w}", "x");
                await _store.DeleteAsync($"deep/er/{w}");
            }
        }));
        Assert.Empty(await KeysAsync());
        Assert.False(Directory.Exists(At("deep")));
    }

    [Fact]
    public async Task A_full_disk_is_NoSpace_and_leaves_the_old_object()
    {
        string mount = Directory.CreateTempSubdirectory("fsxfuse-full-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount) != 0)
            return; // Only root can mount; the rule is the same for everybody.
        try
        {
            await using var store = new LocalObjectStore(mount);
            await store.PutAsync("f", BodySource.FromMemory("old"u8.ToArray()), PutOptions.None);
            await KindAsync(ObjectStoreErrorKind.NoSpace, () => store.PutAsync("f", BodySource.FromMemory(new byte[4 << 20]), PutOptions.None));
            byte[] old = new byte[3];
            await store.ReadRangeAsync("f", 0, old);
            Assert.Equal("old", Encoding.ASCII.GetString(old));
            // A child process that another test starts holds our files open until its exec, and their space with them.
            for (int attempt = 0; ; attempt++)
            {
                try
                {
                    await store.PutAsync("g", BodySource.FromMemory(new byte[1000]), PutOptions.None);
                    break;
                }
                catch (ObjectStoreException e) when (e.Kind == ObjectStoreErrorKind.NoSpace && attempt < 50)
                {
                    await Task.Delay(50);
                }
            }
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(mount, ".fsxfuse/tmp")));
        }
        finally
        {
            for (int attempt = 0; Run("umount", mount) != 0 && attempt < 50; attempt++)
                await Task.Delay(50);
            Directory.Delete(mount);
        }
    }

    [Fact]
    public void URLs_name_a_store_and_a_prefix()
    {
        OpenedStore s3 = ObjectStoreFactory.Open("s3://bucket/a%20b/c");
        Assert.Equal(("s3://bucket", "a%20b/c/"), (s3.Store.Location, s3.Prefix));
        Assert.Equal("", ObjectStoreFactory.Open("s3://bucket").Prefix);
        Assert.Equal("file:///srv/data", ObjectStoreFactory.Open("file:///srv/data").Store.Location);
        foreach (string bad in new[] { "s3://x", "http://bucket", "file://relative", "bucket" })
            Assert.Equal(ObjectStoreErrorKind.BadConfiguration, Assert.Throws<ObjectStoreException>(() => ObjectStoreFactory.Open(bad)).Kind);
    }

    private string At(string name) => Path.Combine(_directory, name);

    private void Replace(string name, string text)
    {
        File.WriteAllText(At(name + ".new"), text);
        File.Move(At(name + ".new"), At(name), overwrite: true);
    }

    private Task<PutResult> PutAsync(string key, string text, PutOptions? options = null) =>
        _store.PutAsync(key, BodySource.FromMemory(Encoding.UTF8.GetBytes(text)), options ?? PutOptions.None);

    private async Task<string> TextAsync(string key)
    {
        await using ObjectBody body = await _store.GetAsync(key, ByteRange.All);
        using var reader = new StreamReader(body.Content);
        return await reader.ReadToEndAsync();
    }

    private async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (ObjectEntry entry in _store.ListAllAsync(""))
            keys.Add(entry.Key);
        return keys;
    }

    private static async Task KindAsync(ObjectStoreErrorKind kind, Func<Task> action) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<ObjectStoreException>(action)).Kind);

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
