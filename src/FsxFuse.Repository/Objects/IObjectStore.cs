namespace FsxFuse.Repository.Objects;

/// <summary>
/// One bucket (or one directory that stands in for a bucket) as the rest of the product sees it: keys, bodies, metadata and the
/// conditions under which they may change. It knows nothing of files, links or POSIX.
/// </summary>
/// <remarks>
/// <para>Keys are Unicode strings of 1 to 1,024 UTF-8 bytes (<see cref="ObjectKey"/>); they include a link's prefix.
/// ETags are opaque and carry no quotes, whatever the server sent. Every member is safe for concurrent use.</para>
/// <para>Every member throws <see cref="ObjectStoreException"/> for what the repository refused or could not do, after the
/// implementation's own retries, and <see cref="OperationCanceledException"/> only when its token was cancelled.</para>
/// <para>Limits, counters and test doubles are decorators over this interface, so it stays small: what can be composed from it lives
/// in <see cref="ObjectStoreReading"/>, <see cref="ObjectStoreListing"/> and <see cref="ObjectStoreProbe"/>.</para>
/// </remarks>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>What the repository is, for messages: <c>s3://bucket</c> or <c>file:///dir</c>.</summary>
    string Location { get; }

    /// <summary>Sizes that this repository accepts.</summary>
    ObjectStoreLimits Limits { get; }

    /// <summary>Returns one page of keys in ascending order of their UTF-8 bytes.</summary>
    Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default);

    /// <summary>Returns what is known of an object, or null when there is none under that key (or version).</summary>
    Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens an object's bytes. The caller disposes the answer; the stream may fail in the middle, which
    /// <see cref="ObjectStoreReading.ReadRangeAsync"/> repairs and this does not.
    /// </summary>
    /// <param name="key">The object.</param>
    /// <param name="range">Which bytes. A range that reaches past the end is cut at the end; one that starts at or past the end
    /// of a non-empty object is <see cref="ObjectStoreErrorKind.RangeNotSatisfiable"/>. An empty object, and a range of length 0, give no bytes.</param>
    /// <param name="ifMatch">When given, an object whose ETag differs is <see cref="ObjectStoreErrorKind.PreconditionFailed"/>.</param>
    /// <param name="versionId">A version in a versioned bucket, or null for the current one.</param>
    /// <param name="cancellationToken">Cancels opening; reading has its own tokens.</param>
    /// <exception cref="ObjectStoreException">NotFound, PreconditionFailed, RangeNotSatisfiable, ArchivedTier, …</exception>
    Task<ObjectBody> GetAsync(string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default);

    /// <summary>Returns an object's tags; empty when it has none or the repository knows no tags.</summary>
    Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Writes a whole object in one request; readers see the old object or the new one, never a mixture.</summary>
    /// <exception cref="ObjectStoreException">PreconditionFailed, Conflict (another conditional write was in progress: look and try again), TooLarge, …</exception>
    Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default);

    /// <summary>Starts an upload in parts. Nothing is visible under the key until <see cref="CompleteMultipartAsync"/>.</summary>
    /// <remarks>The condition of <paramref name="options"/> is not looked at here; give it to <see cref="CompleteMultipartAsync"/>.</remarks>
    Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default);

    /// <summary>Uploads one part; parts may come in any order, and a number given again replaces the earlier part.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="partNumber">1 to 10,000.</param>
    /// <param name="body">The bytes: at least <see cref="ObjectStoreLimits.MinPartSize"/> unless it is the last part.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default);

    /// <summary>Fills one part from an existing object, without the bytes passing through this host.</summary>
    Task<UploadedPart> CopyPartAsync(MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default);

    /// <summary>Makes the object from its parts.</summary>
    /// <param name="upload">The upload; afterwards it is gone.</param>
    /// <param name="parts">At least one part, in any order; the part numbers decide.</param>
    /// <param name="condition">What must hold of the present object under the key.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    Task<PutResult> CompleteMultipartAsync(MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default);

    /// <summary>Gives up an upload and frees its parts. An upload that no longer exists is no error.</summary>
    Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default);

    /// <summary>Enumerates uploads that were started and neither completed nor aborted, of keys with a prefix.</summary>
    IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(string prefix, CancellationToken cancellationToken = default);

    /// <summary>Copies an object within the repository, of any size, without the bytes passing through this host.</summary>
    Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks for an object in an archive class (<see cref="ObjectStorageClasses"/>) to be made readable. The answer is the state it is in then;
    /// restoring takes minutes to days, and a HEAD tells when it is done.
    /// </summary>
    /// <exception cref="ObjectStoreException">NotSupported: the repository has no archive classes; AccessDenied, …</exception>
    Task<RestoreState> RestoreAsync(string key, RestoreOptions options, string? versionId = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes an object. A missing key is no error unless <paramref name="ifMatch"/> is given (then PreconditionFailed or NotFound).</summary>
    Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes any number of keys, unconditionally, in batches; one answer for each key, in the order given. A missing key is a success.</summary>
    Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds out in at most 15 seconds whether the repository can be reached and listed with these credentials, and throws one
    /// classified failure, with a message for the person who configured it, when it cannot.
    /// </summary>
    /// <param name="prefix">The prefix that will be used (credentials may be confined to it).</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default);
}
