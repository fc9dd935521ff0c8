using System.Text;
using FsxFuse.Cache;
using FsxFuse.Metadata;
using FsxFuse.Repository.Loading;
using FsxFuse.Repository.Objects;
using FsxFuse.Repository.Tests.Import;
using Microsoft.Extensions.Logging.Abstractions;

namespace FsxFuse.Repository.Tests.Loading;

public sealed class ObjectContentSourceTests
{
    [Fact]
    public async Task Ranges_come_from_the_version_that_was_imported()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "0123456789");
        (ObjectContentSource source, ContentOrigin origin) = await OpenAsync(fs);
        byte[] four = new byte[4];
        await source.ReadAsync(origin, 3, four, default);
        Assert.Equal("3456", Encoding.ASCII.GetString(four));
        Assert.Equal(1, fs.Bucket.Gets);
    }

    [Fact]
    public async Task A_replaced_object_is_stale_and_its_name_follows()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "0123456789");
        (ObjectContentSource source, ContentOrigin origin) = await OpenAsync(fs);
        NamedInode old = await fs.GetAsync("/a");
        fs.Bucket.Put("p/a", "abcdefghijklm");
        ContentSourceException e = await Assert.ThrowsAsync<ContentSourceException>(async () => await source.ReadAsync(origin, 0, new byte[4], default));
        Assert.Equal(Errno.ESTALE, e.Errno);
        Assert.Contains("p/a", e.Message, StringComparison.Ordinal);
        await EventuallyAsync(async () => (await fs.GetAsync("/a")).Inode.Id != old.Inode.Id);
        NamedInode now = await fs.GetAsync("/a");
        Assert.Equal(13, now.Inode.Size);
        byte[] bytes = new byte[13];
        await source.ReadAsync(OriginOf((await fs.Store.GetContentAsync(now.Inode.ContentId))!), 0, bytes, default);
        Assert.Equal("abcdefghijklm", Encoding.ASCII.GetString(bytes));
    }

    [Fact]
    public async Task A_deleted_object_is_stale_and_its_name_goes()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "0123456789");
        (ObjectContentSource source, ContentOrigin origin) = await OpenAsync(fs);
        fs.Bucket.Remove("p/a");
        ContentSourceException e = await Assert.ThrowsAsync<ContentSourceException>(async () => await source.ReadAsync(origin, 0, new byte[4], default));
        Assert.Equal(Errno.ESTALE, e.Errno);
        await EventuallyAsync(async () => await fs.FindAsync("/a") is null);
    }

    [Fact]
    public async Task Bytes_that_an_export_copied_elsewhere_are_found_there()
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "0123456789");
        (ObjectContentSource source, ContentOrigin origin) = await OpenAsync(fs);
        fs.Bucket.Remove("p/a");
        string etag = fs.Bucket.Put("p/b", "0123456789");
        ContentRow row = (await fs.Store.GetContentAsync(origin.Content))!;
        await fs.CommitAsync(b => b.Update(row, row with { SourceKey = "p/b", SourceETag = etag }));
        byte[] bytes = new byte[10];
        await source.ReadAsync(origin, 0, bytes, default);
        Assert.Equal("0123456789", Encoding.ASCII.GetString(bytes));
    }

    [Theory]
    [InlineData(ObjectStoreErrorKind.AccessDenied, 13)]
    [InlineData(ObjectStoreErrorKind.Unreachable, 110)]
    [InlineData(ObjectStoreErrorKind.Unavailable, 121)]
    [InlineData(ObjectStoreErrorKind.ArchivedTier, 61)]
    [InlineData(ObjectStoreErrorKind.Unknown, 5)]
    public async Task Failures_have_their_errno_and_say_why(ObjectStoreErrorKind kind, int errno)
    {
        await using ImportFixture fs = await ImportFixture.CreateAsync();
        fs.Bucket.Put("p/a", "0123456789");
        (ObjectContentSource source, ContentOrigin origin) = await OpenAsync(fs);
        fs.Bucket.Failure = new ObjectStoreException(kind, "for a reason");
        ContentSourceException e = await Assert.ThrowsAsync<ContentSourceException>(async () => await source.ReadAsync(origin, 0, new byte[4], default));
        Assert.Equal((errno, "for a reason"), (e.Errno, e.Message));
    }

    [Fact]
    public void Every_kind_of_failure_has_an_errno()
    {
        foreach (ObjectStoreErrorKind kind in Enum.GetValues<ObjectStoreErrorKind>())
            Assert.InRange(RepositoryFailure.GetErrno(kind), 1, 133);
    }

    private static async Task<(ObjectContentSource Source, ContentOrigin Origin)> OpenAsync(ImportFixture fs)
    {
        await fs.RefreshAsync(attributes: true);
        NamedInode a = await fs.GetAsync("/a");
        return (new ObjectContentSource(fs.Store, fs.Links, fs.Importer, NullLogger.Instance), OriginOf((await fs.Store.GetContentAsync(a.Inode.ContentId))!));
    }

    private static ContentOrigin OriginOf(ContentRow row) => new(row.Id, row.SourceLink, row.SourceKey!, row.SourceETag!, row.SourceVersionId, row.SourceLength);

    private static async Task EventuallyAsync(Func<Task<bool>> look)
    {
        for (int i = 0; i < 250; i++)
        {
            if (await look())
                return;
            await Task.Delay(20);
        }
        throw new TimeoutException();
    }
}
