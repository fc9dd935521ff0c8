using FsxFuse.Repository.Objects;
using Moq;

namespace FsxFuse.Repository.Tests.Objects;

/// <summary>The counts that <c>fsxfuse status</c> shows and that other tests rely on: one for each request handed on, failed ones too.</summary>
public sealed class CountingObjectStoreTests
{
    private static readonly MultipartUpload Upload = new("key", "id");

    private readonly Mock<IObjectStore> _inner = new(MockBehavior.Strict);
    private readonly RequestCounters _counters = new();

    /// <summary>Every request without a body of its own.</summary>
    public static TheoryData<RequestKind> Kinds =>
    [
        RequestKind.List, RequestKind.Head, RequestKind.GetTags, RequestKind.CreateMultipart, RequestKind.CopyPart, RequestKind.CompleteMultipart,
        RequestKind.AbortMultipart, RequestKind.Copy, RequestKind.Delete, RequestKind.DeleteMany, RequestKind.Check,
    ];

    private CountingObjectStore Store => new(_inner.Object, _counters);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_request_is_handed_on_and_counted_once(RequestKind kind)
    {
        await AskAsync(kind, new Mock<IObjectStore> { DefaultValue = DefaultValue.Mock });
        Assert.Equal((1, 1, 0), (_counters[kind], _counters.Total, _counters.TotalFailures));
    }

    [Fact]
    public async Task A_failure_is_counted_and_thrown()
    {
        ObjectStoreException failure = new(ObjectStoreErrorKind.AccessDenied, "no");
        _inner.Setup(s => s.HeadAsync("key", null, It.IsAny<CancellationToken>())).ThrowsAsync(failure);
        Assert.Same(failure, await Assert.ThrowsAsync<ObjectStoreException>(() => Store.HeadAsync("key")));
        Assert.Equal((1, 1, 1), (_counters[RequestKind.Head], _counters.Failures(RequestKind.Head), _counters.TotalFailures));
    }

    [Fact]
    public async Task Bytes_count_when_they_were_taken()
    {
        BodySource body = BodySource.FromMemory(new byte[100]);
        _inner.SetupSequence(s => s.PutAsync("key", body, PutOptions.None, It.IsAny<CancellationToken>()))
            .ThrowsAsync(new ObjectStoreException(ObjectStoreErrorKind.AccessDenied, "no"))
            .ReturnsAsync(new PutResult("etag", null));
        _inner.Setup(s => s.UploadPartAsync(Upload, 1, body, It.IsAny<CancellationToken>())).ReturnsAsync(new UploadedPart(1, "etag", 100));
        await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutAsync("key", body, PutOptions.None));
        Assert.Equal(0, _counters.BytesWritten);
        await Store.PutAsync("key", body, PutOptions.None);
        await Store.UploadPartAsync(Upload, 1, body);
        Assert.Equal((200, 2, 1), (_counters.BytesWritten, _counters[RequestKind.Put], _counters.Failures(RequestKind.Put)));
    }

    private async Task AskAsync(RequestKind kind, Mock<IObjectStore> inner)
    {
        CountingObjectStore store = new(inner.Object, _counters);
        await (kind switch
        {
            RequestKind.List => store.ListAsync(new ListRequest()),
            RequestKind.Head => store.HeadAsync("key"),
            RequestKind.GetTags => store.GetTagsAsync("key"),
            RequestKind.CreateMultipart => store.CreateMultipartAsync("key", PutOptions.None),
            RequestKind.CopyPart => store.CopyPartAsync(Upload, 1, new CopySource("from"), new ByteRange(0, 1)),
            RequestKind.CompleteMultipart => store.CompleteMultipartAsync(Upload, [], WriteCondition.None),
            RequestKind.AbortMultipart => store.AbortMultipartAsync(Upload),
            RequestKind.Copy => store.CopyAsync(new CopyRequest { Source = new CopySource("from"), DestinationKey = "key" }),
            RequestKind.Delete => store.DeleteAsync("key"),
            RequestKind.DeleteMany => store.DeleteManyAsync(["key"]),
            _ => store.CheckAccessAsync(),
        });
        Assert.Single(inner.Invocations);
    }
}
