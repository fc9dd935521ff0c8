using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>
/// A directory as repository: the key <c>a/b</c> is the file <c>a/b</c>, the key <c>a/</c> the directory <c>a</c> itself. Other programs may
/// read and write it meanwhile; what they write has an ETag of its own and their file's mode, owner and times as metadata.
/// </summary>
/// <remarks>
/// <para>Metadata lives in the attribute <c>user.fsxfuse.object</c> (in <c>.fsxfuse/records</c> where there are no attributes), with a fingerprint
/// of the file that it holds for. Directories that the store made for the objects beneath them are no objects and go with the last of them.</para>
/// <para>Symlinks are objects whose body is the target; they are never followed, and no access leaves the directory. FIFOs, sockets and
/// devices are not seen. All conditions are honoured, also between processes, except against programs that know nothing of the lock.</para>
/// </remarks>
public sealed class LocalObjectStore : IObjectStore
{
    private const int MaxSymlinkTarget = 4095;

    private static readonly ObjectStoreLimits LocalLimits = new(long.MaxValue, 1, long.MaxValue, 10_000, long.MaxValue);

    private readonly LocalTree _tree;
    private readonly LocalLock _lock;
    private readonly LocalWriter _writer;
    private readonly LocalUploads _uploads;
    private readonly LocalListing _listing;

    /// <summary>Prepares a store; touches nothing yet.</summary>
    /// <param name="directory">Absolute path of the directory, which must exist when the store is used.</param>
    /// <param name="time">The clock, for the start of uploads.</param>
    public LocalObjectStore(string directory, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _tree = new LocalTree(Path.GetFullPath(directory));
        _lock = new LocalLock(_tree);
        _writer = new LocalWriter(_tree, _lock);
        _uploads = new LocalUploads(_tree, _writer, time ?? TimeProvider.System);
        _listing = new LocalListing(new LocalWalk(_tree));
    }

    /// <inheritdoc/>
    public string Location => _tree.Location;

    /// <inheritdoc/>
    public ObjectStoreLimits Limits => LocalLimits;

    /// <inheritdoc/>
    public Task<ListPage> ListAsync(ListRequest request, CancellationToken cancellationToken = default) =>
        RunAsync(null, () => _listing.List(request), cancellationToken);

    /// <inheritdoc/>
    public Task<ObjectInfo?> HeadAsync(string key, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        return RunAsync(key, () => versionId is null ? _writer.Find(key)?.Info : null, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ObjectBody> GetAsync(
        string key, ByteRange range, string? ifMatch = null, string? versionId = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        return RunAsync(key, () => versionId is null ? Open(key, range, ifMatch) : throw NotFound(key), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, string>> GetTagsAsync(string key, CancellationToken cancellationToken = default) =>
        RunAsync(key, IReadOnlyDictionary<string, string> () => (_writer.Find(key) ?? throw NotFound(key)).Record?.Tags ?? ObjectInfo.EmptyMetadata, cancellationToken);

    /// <inheritdoc/>
    public Task<PutResult> PutAsync(string key, BodySource body, PutOptions options, CancellationToken cancellationToken = default) =>
        RunAsync(key, () => Put(key, body, options, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<MultipartUpload> CreateMultipartAsync(string key, PutOptions options, CancellationToken cancellationToken = default) =>
        RunAsync(key, () => _uploads.Create(key, options), cancellationToken);

    /// <inheritdoc/>
    public Task<UploadedPart> UploadPartAsync(MultipartUpload upload, int partNumber, BodySource body, CancellationToken cancellationToken = default) =>
        RunAsync(upload.Key, () => _uploads.Write(upload, partNumber, body, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<UploadedPart> CopyPartAsync(
        MultipartUpload upload, int partNumber, CopySource source, ByteRange range, CancellationToken cancellationToken = default) =>
        RunAsync(
            upload.Key,
            () =>
            {
                using SafeFileHandle file = OpenSource(source, out LocalObject found);
                long length = range.Length ?? (found.Status.Size - range.Offset);
                if (range.Offset < 0 || length < 1 || range.Offset + length > found.Status.Size)
                    throw OutOfRange(source.Key, range, found.Status.Size);
                return _uploads.Write(upload, partNumber, BodySource.FromFile(file, range.Offset, length), cancellationToken);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<PutResult> CompleteMultipartAsync(
        MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken = default) =>
        RunAsync(upload.Key, () => _uploads.Complete(upload, parts, condition, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task AbortMultipartAsync(MultipartUpload upload, CancellationToken cancellationToken = default) =>
        RunAsync(
            upload.Key,
            () =>
            {
                _uploads.Abort(upload);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<MultipartUpload> ListMultipartUploadsAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (MultipartUpload upload in await RunAsync(null, () => _uploads.List(prefix), cancellationToken).ConfigureAwait(false))
            yield return upload;
    }

    /// <inheritdoc/>
    public Task<PutResult> CopyAsync(CopyRequest request, CancellationToken cancellationToken = default) =>
        RunAsync(request.DestinationKey, () => Copy(request, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<RestoreState> RestoreAsync(string key, RestoreOptions options, string? versionId = null, CancellationToken cancellationToken = default) =>
        throw new ObjectStoreException(ObjectStoreErrorKind.NotSupported, $"{Location} has no archive classes.");

    /// <inheritdoc/>
    public Task DeleteAsync(string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Validate(key);
        return RunAsync(
            key,
            () =>
            {
                _writer.Delete(key, ifMatch);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeleteResult>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken = default)
    {
        var results = new DeleteResult[keys.Count];
        for (int i = 0; i < results.Length; i++)
        {
            try
            {
                await DeleteAsync(keys[i], null, cancellationToken).ConfigureAwait(false);
                results[i] = new DeleteResult(keys[i], null);
            }
            catch (ObjectStoreException e)
            {
                results[i] = new DeleteResult(keys[i], e);
            }
        }
        return results;
    }

    /// <inheritdoc/>
    public Task CheckAccessAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        RunAsync(null, () => _listing.List(new ListRequest { Prefix = prefix, MaxKeys = 1 }), cancellationToken)
            // A network file system whose server is gone would hold a system call for ever.
            .WaitAsync(TimeSpan.FromSeconds(13), cancellationToken)
            .ContinueWith(
                t => t.Exception?.InnerException switch
                {
                    null => t,
                    TimeoutException e => Task.FromException(new ObjectStoreException(ObjectStoreErrorKind.Unreachable, $"{Location} does not answer.", e)),
                    _ => t,
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default)
            .Unwrap();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _listing.Dispose();
        _lock.Dispose();
        _tree.Dispose();
        return ValueTask.CompletedTask;
    }

    // File system calls wait for disks and servers, so they never run on the caller's thread.
    private Task<T> RunAsync<T>(string? key, Func<T> action, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                return action();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or BodyUnreadableException)
            {
                throw LocalErrors.Translate(e, Location, key);
            }
        },
        cancellationToken);

    private PutResult Put(string key, BodySource body, PutOptions options, CancellationToken cancellationToken)
    {
        if (body.Length > 0 && key.EndsWith('/'))
            throw new ObjectStoreException(ObjectStoreErrorKind.BadRequest, $"'{key}' is a directory here, so it cannot hold {body.Length} bytes.");
        return _writer.Put(
            key,
            options,
            options.Condition,
            file => Convert.ToHexStringLower(LocalWriter.WriteBody(file, body, cancellationToken)),
            () => SymlinkTarget(body));
    }

    /// <summary>The body as the target of a symlink, or null when it can be none and becomes a file's content instead.</summary>
    private static string? SymlinkTarget(BodySource body)
    {
        if (body.Length is 0 or > MaxSymlinkTarget)
            return null;
        byte[] bytes = new byte[body.Length];
        using (Stream stream = body.Open())
            stream.ReadExactly(bytes);
        return bytes.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(bytes) ? null : Encoding.UTF8.GetString(bytes);
    }

    private ObjectBody Open(string key, ByteRange range, string? ifMatch)
    {
        LocalObject found;
        if (LocalKey.TryParse(key) is not { } place)
            throw NotFound(key);
        using SafeFileHandle parent = _tree.TryOpen(place.Parent) ?? throw NotFound(key);
        SafeFileHandle? file = place.IsMarker ? null : NativeFile.TryOpenFile(LocalTree.PathIn(parent, place.Name));
        try
        {
            if (file is not null)
            {
                // Status and record of the open file, whatever happens to the name.
                FileStatus status = NativeFile.Status(file);
                if (!status.IsRegular)
                    throw NotFound(key);
                found = new LocalObject(key, status, LocalDescription.Valid(_tree.Records.Read(file, key), status));
            }
            else
            {
                found = LocalObject.Find(_tree.Records, parent, place.Name, key) ?? throw NotFound(key);
            }
            ObjectInfo info = found.Info;
            if (ifMatch is not null && ifMatch != info.ETag)
                throw new ObjectStoreException(ObjectStoreErrorKind.PreconditionFailed, $"Reading {Location}/{key}: the object has changed.");
            if (range.Offset > 0 && range.Length != 0 && range.Offset >= info.Size)
                throw OutOfRange(key, range, info.Size);
            long length = Math.Min(range.Length ?? long.MaxValue, info.Size - Math.Min(range.Offset, info.Size));
            if (length == 0)
            {
                file?.Dispose();
                return new ObjectBody(info, Stream.Null, range.Offset, 0);
            }
            if (file is not null)
                return new ObjectBody(info, new LocalBodyStream(file, found.Status, range.Offset, length, key), range.Offset, length);
            byte[] target = Encoding.UTF8.GetBytes(NativeFile.ReadLink(LocalTree.PathIn(parent, place.Name)));
            if (target.Length != info.Size)
                throw new ObjectStoreException(ObjectStoreErrorKind.Unavailable, $"'{key}' was changed by another program while it was read.");
            return new ObjectBody(info, new MemoryStream(target, (int)range.Offset, (int)length, writable: false), range.Offset, length);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file to copy from, checking the version asked for.</summary>
    private SafeFileHandle OpenSource(CopySource source, out LocalObject found)
    {
        if (source.VersionId is not null || LocalKey.TryParse(source.Key) is not { IsMarker: false } place)
            throw NotFound(source.Key);
        using SafeFileHandle parent = _tree.TryOpen(place.Parent) ?? throw NotFound(source.Key);
        SafeFileHandle file = NativeFile.TryOpenFile(LocalTree.PathIn(parent, place.Name)) ?? throw NotFound(source.Key);
        FileStatus status = NativeFile.Status(file);
        found = new LocalObject(source.Key, status, LocalDescription.Valid(_tree.Records.Read(file, source.Key), status));
        if (status.IsRegular && (source.ETag is null || source.ETag == found.ETag))
            return file;
        file.Dispose();
        throw status.IsRegular ? Changed(source.Key) : NotFound(source.Key);
    }

    private PutResult Copy(CopyRequest request, CancellationToken cancellationToken)
    {
        CopySource source = request.Source;
        LocalObject found = (source.VersionId is null ? _writer.Find(source.Key) : null) ?? throw NotFound(source.Key);
        if (source.ETag is not null && source.ETag != found.ETag)
            throw Changed(source.Key);
        ObjectInfo info = found.Info;
        PutOptions options = request.Replacement
            ?? new PutOptions { Metadata = info.Metadata, Headers = info.Headers, StorageClass = request.StorageClass ?? info.StorageClass };
        if (options.Tags is null && found.Record?.Tags is { } tags)
            options = options with { Tags = tags };
        if (found.Status.IsDirectory)
            return _writer.Put(request.DestinationKey, options, request.Condition, static _ => null);
        if (found.Status.IsSymlink)
        {
            LocalKey place = LocalKey.Parse(source.Key);
            using SafeFileHandle parent = _tree.TryOpen(place.Parent) ?? throw NotFound(source.Key);
            BodySource body = BodySource.FromMemory(Encoding.UTF8.GetBytes(NativeFile.ReadLink(LocalTree.PathIn(parent, place.Name))));
            return Put(request.DestinationKey, body, options with { Condition = request.Condition }, cancellationToken);
        }
        using SafeFileHandle file = OpenSource(source with { ETag = found.ETag }, out LocalObject opened);
        return _writer.Put(request.DestinationKey, options, request.Condition, copy =>
        {
            LocalWriter.Append(file, copy, 0, cancellationToken);
            if (LocalDescription.Fingerprint(NativeFile.Status(file)) != LocalDescription.Fingerprint(opened.Status))
                throw Changed(source.Key);
            return opened.Record?.ETag;
        });
    }

    private ObjectStoreException NotFound(string key) => new(ObjectStoreErrorKind.NotFound, $"There is no object {Location}/{key}.");

    private ObjectStoreException Changed(string key) =>
        new(ObjectStoreErrorKind.PreconditionFailed, $"Copying {Location}/{key}: the object has changed.");

    private static ObjectStoreException OutOfRange(string key, ByteRange range, long size) =>
        new(ObjectStoreErrorKind.RangeNotSatisfiable, $"'{key}' has {size} bytes; bytes from {range.Offset} were asked for.");
}
