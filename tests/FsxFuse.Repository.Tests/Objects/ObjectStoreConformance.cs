using System.Security.Cryptography;
using System.Text;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>What every object store must do; each implementation derives and says how to open one.</summary>
public abstract class ObjectStoreConformance : IAsyncLifetime
{
    private IObjectStore? _store;

    protected IObjectStore Store => _store!;

    /// <summary>Keys of one test lie under a prefix of its own.</summary>
    protected string Prefix { get; } = $"t{Guid.NewGuid():N}/";

    /// <summary>Whether keys may hold components that no directory can.</summary>
    protected virtual bool AnyKey => true;

    /// <summary>Whether uploads in parts can be made and listed for keys that XML cannot hold.</summary>
    protected virtual bool UploadsToAnyKey => true;

    protected abstract Task<IObjectStore> OpenAsync();

    public virtual async Task InitializeAsync() => _store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    [Fact]
    public async Task An_object_comes_back_with_its_bytes_and_all_that_was_said_of_it()
    {
        var options = new PutOptions
        {
            Metadata = new Dictionary<string, string> { ["file-permissions"] = "0100640", ["file-owner"] = "0", ["note"] = "two  words" },
            Headers = new ObjectHeaders
            {
                ContentType = "text/plain",
                ContentEncoding = "gzip",
                ContentLanguage = "de",
                ContentDisposition = "attachment",
                CacheControl = "no-cache",
                Expires = "Thu, 01 Dec 2044 16:00:00 GMT",
            },
            Tags = new Dictionary<string, string> { ["project"] = "one two" },
        };
        PutResult put = await PutAsync("a/b.txt", "hello", options);
        ObjectInfo info = (await Store.HeadAsync(Prefix + "a/b.txt"))!;
        Assert.Equal(put.ETag, info.ETag);
        Assert.DoesNotContain('"', info.ETag);
        Assert.Equal(5, info.Size);
        Assert.Equal(options.Metadata, info.Metadata);
        Assert.Equal(options.Headers, info.Headers);
        Assert.Equal(ObjectStorageClasses.Standard, info.StorageClass);
        Assert.Equal(1, info.TagCount);
        Assert.Equal(options.Tags, await Store.GetTagsAsync(Prefix + "a/b.txt"));
        Assert.InRange(info.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        await using ObjectBody body = await Store.GetAsync(Prefix + "a/b.txt", ByteRange.All);
        Assert.Equal("hello", await TextAsync(body));
        Assert.Equal(info.Metadata, body.Info.Metadata);
        Assert.Equal(info.Headers, body.Info.Headers);
    }

    [Fact]
    public async Task Metadata_may_be_any_text_on_one_line()
    {
        var metadata = new Dictionary<string, string> { ["name"] = "ünï コ 😀", ["plus"] = "a+b%20=c" };
        await PutAsync("m", "x", new PutOptions { Metadata = metadata });
        Assert.Equal(metadata, (await Store.HeadAsync(Prefix + "m"))!.Metadata);
    }

    [Fact]
    public async Task What_is_missing_is_null_for_head_and_NotFound_for_get()
    {
        Assert.Null(await Store.HeadAsync(Prefix + "nothing"));
        Assert.Null(await Store.HeadAsync(Prefix + "nothing/below/it"));
        Assert.Null(await Store.HeadAsync(Prefix + "nothing/"));
        await FailsAsync(ObjectStoreErrorKind.NotFound, () => TextAsync("nothing"));
        await Store.DeleteAsync(Prefix + "nothing");
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("100%")]
    [InlineData("new%2Fz%20")]
    [InlineData("x&y<z>")]
    [InlineData("q?z=1")]
    [InlineData("h#i")]
    [InlineData("quote'\"x")]
    [InlineData("back\\slash")]
    [InlineData("~t*()!$,;:@=[]{}|^`")]
    [InlineData("ünï/コ😀/\uFF5E")]
    [InlineData("e\u0301 nfd, \u00e9 nfc")]
    [InlineData("control\u0001\u001f\u007f")]
    [InlineData("line\nfeed\rreturn\ttab")]
    [InlineData(" space at both ends ")]
    [InlineData("not a character \uFFFE")]
    [InlineData("...")]
    [InlineData(".hidden")]
    public async Task Keys_of_every_kind_are_written_found_listed_copied_and_deleted(string name)
    {
        string key = Prefix + name;
        PutResult put = await PutAsync(name, name);
        Assert.Equal(put.ETag, (await Store.HeadAsync(key))!.ETag);
        Assert.Equal(name, await TextAsync(name));
        Assert.Equal([key], await KeysAsync());
        await Store.CopyAsync(new CopyRequest { Source = new CopySource(key), DestinationKey = key + "2" });
        Assert.Equal(name, await TextAsync(name + "2"));
        if (UploadsToAnyKey || name.All(c => c is >= ' ' and < '\uFFFE'))
        {
            MultipartUpload upload = await Store.CreateMultipartAsync(key, PutOptions.None);
            Assert.Contains(await ToListAsync(Store.ListMultipartUploadsAsync(Prefix)), u => u.Key == key && u.UploadId == upload.UploadId);
            await Store.AbortMultipartAsync(upload);
        }
        Assert.All(await Store.DeleteManyAsync([key, key + "2"]), r => Assert.True(r.Succeeded));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task Keys_that_no_directory_can_hold_either_work_or_are_refused()
    {
        foreach (string name in new[] { "x//y", "./dot", "a/../b", "a/./b" })
        {
            string key = Prefix + name;
            if (AnyKey)
            {
                await PutAsync(name, name);
                Assert.Equal(name, await TextAsync(name));
                Assert.Equal([key], await KeysAsync());
                await Store.DeleteAsync(key);
            }
            else
            {
                await FailsAsync(ObjectStoreErrorKind.BadKey, () => PutAsync(name, name));
                Assert.Null(await Store.HeadAsync(key));
                await FailsAsync(ObjectStoreErrorKind.NotFound, () => TextAsync(name));
                await Store.DeleteAsync(key);
            }
        }
    }

    [Fact]
    public async Task A_key_may_have_1024_bytes_and_no_more()
    {
        string name = string.Join('/', Enumerable.Repeat(new string('ü', 100), 10))[..(1024 - Prefix.Length)];
        while (Encoding.UTF8.GetByteCount(Prefix + name) > 1024)
            name = name[..^1];
        name += new string('x', 1024 - Encoding.UTF8.GetByteCount(Prefix + name));
        await PutAsync(name, "long");
        Assert.Equal("long", await TextAsync(name));
        Assert.Equal([Prefix + name], await KeysAsync());
        await FailsAsync(ObjectStoreErrorKind.BadKey, () => PutAsync(name + "x", "too long"));
        await FailsAsync(ObjectStoreErrorKind.BadKey, () => Store.HeadAsync(""));
        await FailsAsync(ObjectStoreErrorKind.BadKey, () => Store.HeadAsync("half \ud800"));
    }

    [Fact]
    public async Task Empty_objects_and_empty_ranges_give_no_bytes()
    {
        PutResult put = await PutAsync("empty", "");
        Assert.Equal("", await TextAsync("empty"));
        await using (ObjectBody body = await Store.GetAsync(Prefix + "empty", new ByteRange(0, 100), put.ETag))
            Assert.Equal(0, body.Length);
        await PutAsync("full", "0123456789");
        await using (ObjectBody body = await Store.GetAsync(Prefix + "full", new ByteRange(3, 0)))
            Assert.Equal("", await TextAsync(body));
    }

    [Fact]
    public async Task Ranges_are_cut_at_the_end_and_refused_past_it()
    {
        await PutAsync("r", "0123456789");
        await using (ObjectBody body = await Store.GetAsync(Prefix + "r", new ByteRange(2, 3)))
        {
            Assert.Equal((2, 3, 10), (body.Offset, body.Length, body.Info.Size));
            Assert.Equal("234", await TextAsync(body));
        }
        await using (ObjectBody body = await Store.GetAsync(Prefix + "r", new ByteRange(7, 100)))
            Assert.Equal("789", await TextAsync(body));
        await using (ObjectBody body = await Store.GetAsync(Prefix + "r", new ByteRange(4, null)))
            Assert.Equal("456789", await TextAsync(body));
        await FailsAsync(ObjectStoreErrorKind.RangeNotSatisfiable, () => Store.GetAsync(Prefix + "r", new ByteRange(10, 1)));
        byte[] buffer = new byte[5];
        await Store.ReadRangeAsync(Prefix + "r", 5, buffer);
        Assert.Equal("56789"u8.ToArray(), buffer);
        await FailsAsync(ObjectStoreErrorKind.RangeNotSatisfiable, () => Store.ReadRangeAsync(Prefix + "r", 6, buffer));
    }

    [Fact]
    public async Task A_reader_that_names_a_version_never_gets_another()
    {
        PutResult first = await PutAsync("v", "first");
        PutResult second = await PutAsync("v", "second");
        Assert.NotEqual(first.ETag, second.ETag);
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.GetAsync(Prefix + "v", ByteRange.All, first.ETag));
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.GetAsync(Prefix + "v", new ByteRange(1, 2), first.ETag));
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.GetAsync(Prefix + "v", new ByteRange(1, 0), first.ETag));
        await using ObjectBody body = await Store.GetAsync(Prefix + "v", ByteRange.All, second.ETag);
        Assert.Equal("second", await TextAsync(body));
    }

    [Fact]
    public async Task Fifteen_hundred_keys_are_listed_in_pages_in_byte_order()
    {
        // U+FF5E sorts after U+1F600 in UTF-16, before it in UTF-8.
        string[] names = Enumerable.Range(0, 1500).Select(i => $"d{i % 7}/k{i:0000}").Concat(["z\U0001F600", "z\uFF5E", "d1.x", "d1-x"]).ToArray();
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, _) => await PutAsync(n, "x"));
        string[] expected = names.Select(n => Prefix + n).Order(ObjectKey.Order).ToArray();
        Assert.Equal(expected, await KeysAsync());
        ListPage first = await Store.ListAsync(new ListRequest { Prefix = Prefix });
        Assert.Equal(1000, first.Objects.Count);
        Assert.NotNull(first.NextToken);

        var paged = new List<string>();
        await foreach (ListPage page in Store.ListPagesAsync(new ListRequest { Prefix = Prefix, MaxKeys = 7 * 37 }))
            paged.AddRange(page.Objects.Select(o => o.Key));
        Assert.Equal(expected, paged);

        ListPage after = await Store.ListAsync(new ListRequest { Prefix = Prefix, StartAfter = expected[700], MaxKeys = 3 });
        Assert.Equal(expected[701..704], after.Objects.Select(o => o.Key));
        Assert.Equal(expected.Where(k => k.StartsWith(Prefix + "d1/k00", StringComparison.Ordinal)), await KeysAsync("d1/k00"));

        IReadOnlyList<DeleteResult> deleted = await Store.DeleteManyAsync(expected);
        Assert.Equal(expected, deleted.Select(d => d.Key));
        Assert.All(deleted, d => Assert.True(d.Succeeded));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_delimiter_folds_directories_and_pages_them_like_keys()
    {
        foreach (string name in new[] { "a", "b/1", "b/2/3", "b.txt", "c%2F+ &/x", "c/", "d/y", "e" })
            await PutAsync(name, name.EndsWith('/') ? "" : "x");
        ListPage all = await Store.ListAsync(new ListRequest { Prefix = Prefix, Delimiter = "/" });
        Assert.Equal(["a", "b.txt", "e"], all.Objects.Select(o => o.Key[Prefix.Length..]));
        Assert.Equal(["b/", "c%2F+ &/", "c/", "d/"], all.CommonPrefixes.Select(p => p[Prefix.Length..]));

        var seen = new List<string>();
        await foreach (ListPage page in Store.ListPagesAsync(new ListRequest { Prefix = Prefix, Delimiter = "/", MaxKeys = 2 }))
        {
            Assert.InRange(page.Objects.Count + page.CommonPrefixes.Count, 0, 2);
            seen.AddRange(page.Objects.Select(o => o.Key).Concat(page.CommonPrefixes));
        }
        Assert.Equal(["a", "b.txt", "b/", "c%2F+ &/", "c/", "d/", "e"], seen.Select(s => s[Prefix.Length..]).Order(ObjectKey.Order));
        Assert.Equal(7, seen.Count);

        ListPage inside = await Store.ListAsync(new ListRequest { Prefix = Prefix + "b/", Delimiter = "/" });
        Assert.Equal([Prefix + "b/1"], inside.Objects.Select(o => o.Key));
        Assert.Equal([Prefix + "b/2/"], inside.CommonPrefixes);
        ListPage marked = await Store.ListAsync(new ListRequest { Prefix = Prefix + "c/", Delimiter = "/" });
        Assert.Equal([Prefix + "c/"], marked.Objects.Select(o => o.Key));
        Assert.Empty((await Store.ListAsync(new ListRequest { Prefix = Prefix + "nothing/", Delimiter = "/" })).Objects);
    }

    [Fact]
    public async Task A_directory_marker_is_an_object_of_its_own()
    {
        var metadata = new Dictionary<string, string> { ["file-permissions"] = "0040750" };
        await PutAsync("dir/", "", new PutOptions { Metadata = metadata });
        await PutAsync("dir/file", "x");
        await PutAsync("plain/file", "x");
        Assert.Equal(metadata, (await Store.HeadAsync(Prefix + "dir/"))!.Metadata);
        Assert.Null(await Store.HeadAsync(Prefix + "dir"));
        Assert.Null(await Store.HeadAsync(Prefix + "plain/"));
        Assert.Equal(["dir/", "dir/file", "plain/file"], (await KeysAsync()).Select(k => k[Prefix.Length..]));
        await Store.DeleteAsync(Prefix + "dir/");
        Assert.Null(await Store.HeadAsync(Prefix + "dir/"));
        Assert.Equal(["dir/file", "plain/file"], (await KeysAsync()).Select(k => k[Prefix.Length..]));
        await PutAsync("dir/", "");
        await Store.DeleteAsync(Prefix + "dir/file");
        Assert.Equal(["dir/", "plain/file"], (await KeysAsync()).Select(k => k[Prefix.Length..]));
        await Store.DeleteAsync(Prefix + "plain/file");
        await Store.DeleteAsync(Prefix + "dir/");
        ListPage rest = await Store.ListAsync(new ListRequest { Prefix = Prefix, Delimiter = "/" });
        Assert.Empty(rest.Objects);
        Assert.Empty(rest.CommonPrefixes);
    }

    [Fact]
    public async Task Conditional_puts_hold_what_the_probe_promises()
    {
        StoreCapabilities can = await Store.ProbeAsync(Prefix + ".probe");
        Assert.Empty(await KeysAsync());
        Assert.True(can.GetIfMatch);
        Assert.True(can.PutIfAbsent, "every server the product supports has If-None-Match on PUT");
        Assert.True(can.PutIfMatch);
        PutResult first = await PutAsync("c", "1", new PutOptions { Condition = WriteCondition.Absent });
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => PutAsync("c", "2", new PutOptions { Condition = WriteCondition.Absent }));
        PutResult second = await PutAsync("c", "3", new PutOptions { Condition = WriteCondition.Matches(first.ETag) });
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => PutAsync("c", "4", new PutOptions { Condition = WriteCondition.Matches(first.ETag) }));
        await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, ObjectStoreErrorKind.NotFound, () => PutAsync("none", "5", new PutOptions { Condition = WriteCondition.Matches(first.ETag) }));
        Assert.Equal("3", await TextAsync("c"));
        if (can.DeleteIfMatch)
        {
            await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.DeleteAsync(Prefix + "c", first.ETag));
            Assert.Equal("3", await TextAsync("c"));
        }
        if (can.CopySourceIfMatch)
            await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.CopyAsync(new CopyRequest { Source = new(Prefix + "c", first.ETag), DestinationKey = Prefix + "d" }));
        await Store.CopyAsync(new CopyRequest { Source = new(Prefix + "c", second.ETag), DestinationKey = Prefix + "d" });
        if (can.CopyIfAbsent)
            await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.CopyAsync(new CopyRequest { Source = new(Prefix + "c"), DestinationKey = Prefix + "d", Condition = WriteCondition.Absent }));
        if (can.CompleteIfAbsent)
        {
            MultipartUpload upload = await Store.CreateMultipartAsync(Prefix + "c", PutOptions.None);
            UploadedPart part = await Store.UploadPartAsync(upload, 1, Body("6"));
            await FailsAsync(ObjectStoreErrorKind.PreconditionFailed, () => Store.CompleteMultipartAsync(upload, [part], WriteCondition.Absent));
            await Store.AbortMultipartAsync(upload);
        }
        await Store.DeleteAsync(Prefix + "c", second.ETag);
        Assert.Null(await Store.HeadAsync(Prefix + "c"));
    }

    [Fact]
    public async Task Of_twenty_writers_that_want_to_be_first_one_is()
    {
        int winners = 0, losers = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await PutAsync("race", $"writer {i}", new PutOptions { Condition = WriteCondition.Absent });
                Interlocked.Increment(ref winners);
            }
            catch (ObjectStoreException e) when (e.Kind is ObjectStoreErrorKind.PreconditionFailed or ObjectStoreErrorKind.Conflict)
            {
                Interlocked.Increment(ref losers);
            }
        }));
        Assert.Equal((1, 19), (winners, losers));
    }

    [Fact]
    public async Task Parts_may_come_in_any_order_and_be_sent_again()
    {
        byte[] first = RandomNumberGenerator.GetBytes(5 << 20), second = RandomNumberGenerator.GetBytes(5 << 20), third = [1, 2, 3];
        var metadata = new Dictionary<string, string> { ["part"] = "yes" };
        MultipartUpload upload = await Store.CreateMultipartAsync(
            Prefix + "big", new PutOptions { Metadata = metadata, Headers = new ObjectHeaders { ContentType = "image/png" } });
        UploadedPart three = await Store.UploadPartAsync(upload, 3, BodySource.FromMemory(third));
        await Store.UploadPartAsync(upload, 1, BodySource.FromMemory(second));
        UploadedPart two = await Store.UploadPartAsync(upload, 2, BodySource.FromMemory(second));
        UploadedPart one = await Store.UploadPartAsync(upload, 1, BodySource.FromMemory(first));
        Assert.Null(await Store.HeadAsync(Prefix + "big"));
        PutResult done = await Store.CompleteMultipartAsync(upload, [three, one, two], WriteCondition.None);
        ObjectInfo info = (await Store.HeadAsync(Prefix + "big"))!;
        Assert.NotEqual("", done.ETag);
        Assert.Equal(info.ETag, done.ETag);
        Assert.Equal((10 << 20) + 3, info.Size);
        Assert.Equal(metadata, info.Metadata);
        Assert.Equal("image/png", info.Headers.ContentType);
        byte[] back = new byte[info.Size];
        await Store.ReadRangeAsync(Prefix + "big", 0, back, done.ETag);
        Assert.Equal([.. first, .. second, .. third], back);
        Assert.Empty(await ToListAsync(Store.ListMultipartUploadsAsync(Prefix)));
        await Store.AbortMultipartAsync(upload);
        await FailsAsync(ObjectStoreErrorKind.NoSuchUpload, () => Store.UploadPartAsync(upload, 4, BodySource.FromMemory(third)));
    }

    [Fact]
    public async Task Parts_can_be_copied_from_other_objects()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(6 << 20);
        PutResult source = await Store.PutAsync(Prefix + "from", BodySource.FromMemory(bytes), PutOptions.None);
        MultipartUpload upload = await Store.CreateMultipartAsync(Prefix + "to", PutOptions.None);
        UploadedPart one = await Store.CopyPartAsync(upload, 1, new CopySource(Prefix + "from", source.ETag), new ByteRange(100, 5 << 20));
        UploadedPart two = await Store.UploadPartAsync(upload, 2, Body("tail"));
        PutResult done = await Store.CompleteMultipartAsync(upload, [one, two], WriteCondition.None);
        byte[] back = new byte[(5 << 20) + 4];
        await Store.ReadRangeAsync(Prefix + "to", 0, back, done.ETag);
        Assert.Equal([.. bytes[100..((5 << 20) + 100)], .. "tail"u8], back);
    }

    [Fact]
    public async Task An_aborted_upload_leaves_nothing()
    {
        MultipartUpload upload = await Store.CreateMultipartAsync(Prefix + "gone", PutOptions.None);
        await Store.UploadPartAsync(upload, 1, Body("x"));
        Assert.Equal(upload.UploadId, Assert.Single(await ToListAsync(Store.ListMultipartUploadsAsync(Prefix))).UploadId);
        await Store.AbortMultipartAsync(upload);
        await Store.AbortMultipartAsync(upload);
        Assert.Empty(await ToListAsync(Store.ListMultipartUploadsAsync(Prefix)));
        Assert.Empty(await KeysAsync());
    }

    [Fact]
    public async Task A_copy_keeps_or_replaces_what_is_said_of_the_object()
    {
        var options = new PutOptions
        {
            Metadata = new Dictionary<string, string> { ["a"] = "1" },
            Headers = new ObjectHeaders { ContentType = "text/css", CacheControl = "max-age=1" },
            Tags = new Dictionary<string, string> { ["t"] = "1" },
        };
        PutResult put = await PutAsync("src", "body", options);
        PutResult copy = await Store.CopyAsync(new CopyRequest { Source = new(Prefix + "src"), DestinationKey = Prefix + "kept" });
        ObjectInfo kept = (await Store.HeadAsync(Prefix + "kept"))!;
        Assert.Equal(copy.ETag, kept.ETag);
        Assert.Equal((options.Metadata["a"], options.Headers), (kept.Metadata["a"], kept.Headers));
        Assert.Equal(options.Tags, await Store.GetTagsAsync(Prefix + "kept"));

        PutOptions other = options with { Metadata = new Dictionary<string, string> { ["b"] = "2" }, Headers = options.Headers with { CacheControl = null } };
        await Store.CopyAsync(new CopyRequest { Source = new(Prefix + "src", put.ETag), SourceSize = 4, DestinationKey = Prefix + "replaced", Replacement = other });
        ObjectInfo replaced = (await Store.HeadAsync(Prefix + "replaced"))!;
        Assert.Equal(other.Metadata, replaced.Metadata);
        Assert.Equal(other.Headers, replaced.Headers);
        Assert.Equal("body", await TextAsync("replaced"));

        // Onto itself: only what is said of the object changes.
        await Store.CopyAsync(new CopyRequest { Source = new(Prefix + "src"), SourceSize = 4, DestinationKey = Prefix + "src", Replacement = other });
        Assert.Equal(other.Metadata, (await Store.HeadAsync(Prefix + "src"))!.Metadata);
        Assert.Equal("body", await TextAsync("src"));
        await FailsAsync(ObjectStoreErrorKind.NotFound, () => Store.CopyAsync(new CopyRequest { Source = new(Prefix + "none"), DestinationKey = Prefix + "x" }));
    }

    [Fact]
    public async Task Bodies_come_from_files_by_position_and_in_slices()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(300_000);
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, bytes);
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
            BodySource body = BodySource.FromFile(file, 1000, 200_000);
            await Store.PutAsync(Prefix + "f", body.Slice(10, 100_000), PutOptions.None);
            byte[] back = new byte[100_000];
            await Store.ReadRangeAsync(Prefix + "f", 0, back);
            Assert.Equal(bytes[1010..101_010], back);
            await Store.PutAsync(Prefix + "s", BodySource.FromStreams(300_000, (o, n) => new MemoryStream(bytes, (int)o, (int)n)).Slice(5, 7), PutOptions.None);
            back = new byte[7];
            await Store.ReadRangeAsync(Prefix + "s", 0, back);
            Assert.Equal(bytes[5..12], back);
            // A file that became shorter must not become a short object.
            ObjectStoreException e = await Assert.ThrowsAsync<ObjectStoreException>(
                () => Store.PutAsync(Prefix + "short", BodySource.FromFile(file, 0, 400_000), PutOptions.None));
            Assert.Equal(ObjectStoreErrorKind.BodyUnreadable, e.Kind);
            Assert.Null(await Store.HeadAsync(Prefix + "short"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Access_can_be_checked() => await Store.CheckAccessAsync(Prefix);

    [Fact]
    public async Task A_cancelled_call_says_so()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.HeadAsync(Prefix + "x", null, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ListAsync(new ListRequest { Prefix = Prefix }, cancelled.Token));
    }

    protected static BodySource Body(string text) => BodySource.FromMemory(Encoding.UTF8.GetBytes(text));

    protected Task<PutResult> PutAsync(string name, string text, PutOptions? options = null) =>
        Store.PutAsync(Prefix + name, Body(text), options ?? PutOptions.None);

    protected async Task<string> TextAsync(string name)
    {
        await using ObjectBody body = await Store.GetAsync(Prefix + name, ByteRange.All);
        return await TextAsync(body);
    }

    protected static async Task<string> TextAsync(ObjectBody body)
    {
        using var reader = new StreamReader(body.Content);
        return await reader.ReadToEndAsync();
    }

    protected async Task<List<string>> KeysAsync(string below = "")
    {
        var keys = new List<string>();
        await foreach (ObjectEntry entry in Store.ListAllAsync(Prefix + below))
            keys.Add(entry.Key);
        return keys;
    }

    protected static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (T item in items)
            list.Add(item);
        return list;
    }

    protected static Task FailsAsync(ObjectStoreErrorKind kind, Func<Task> action) => FailsAsync(kind, kind, action);

    protected static async Task FailsAsync(ObjectStoreErrorKind kind, ObjectStoreErrorKind or, Func<Task> action)
    {
        ObjectStoreException e = await Assert.ThrowsAsync<ObjectStoreException>(action);
        Assert.True(e.Kind == kind || e.Kind == or, $"{e.Kind} instead of {kind}: {e}");
    }
}
