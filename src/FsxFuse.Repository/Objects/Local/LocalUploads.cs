using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>Uploads in parts: a private directory each, with one file for each part, named by number and MD5.</summary>
internal sealed class LocalUploads(LocalTree tree, LocalWriter writer, TimeProvider time)
{
    private const string Uploads = "uploads";
    private const string Description = "upload.json";
    private const int MaxParts = 10_000;

    public MultipartUpload Create(string key, PutOptions options)
    {
        LocalKey.Parse(key);
        var upload = new LocalUpload { Key = key, Initiated = time.GetUtcNow(), Record = LocalRecord.From(options, null) };
        string id = Guid.NewGuid().ToString("N");
        using SafeFileHandle uploads = tree.OpenBookkeeping(Uploads);
        string temporary = LocalTree.PathIn(uploads, id + ".new");
        NativeFile.CreateDirectory(temporary, 0x1C0);
        using (SafeFileHandle file = NativeFile.CreateFile($"{temporary}/{Description}", 0x180))
        {
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(upload, LocalJson.Default.LocalUpload), 0);
            NativeFile.Sync(file);
        }
        // Only a described upload bears its name, so a listing never meets a half-made one.
        NativeFile.Rename(temporary, LocalTree.PathIn(uploads, id));
        return new MultipartUpload(key, id, upload.Initiated);
    }

    public UploadedPart Write(MultipartUpload upload, int number, BodySource body, CancellationToken cancellationToken)
    {
        if (number is < 1 or > MaxParts)
            throw new ObjectStoreException(ObjectStoreErrorKind.BadRequest, $"Part numbers run from 1 to {MaxParts}; this is {number}.");
        using SafeFileHandle directory = Open(upload);
        string temporary = LocalTree.PathIn(directory, Guid.NewGuid().ToString("N"));
        string md5;
        using (SafeFileHandle file = NativeFile.CreateFile(temporary, 0x180))
        {
            md5 = Convert.ToHexStringLower(LocalWriter.WriteBody(file, body, cancellationToken));
            NativeFile.Sync(file);
        }
        NativeFile.Rename(temporary, LocalTree.PathIn(directory, Name(number, md5)));
        return new UploadedPart(number, md5, body.Length);
    }

    public PutResult Complete(MultipartUpload upload, IReadOnlyList<UploadedPart> parts, WriteCondition condition, CancellationToken cancellationToken)
    {
        if (parts.Count == 0)
            throw new ObjectStoreException(ObjectStoreErrorKind.BadRequest, $"The upload to '{upload.Key}' has no parts.");
        using SafeFileHandle directory = Open(upload);
        LocalUpload described = Describe(directory) ?? throw Missing(upload);
        UploadedPart[] ordered = parts.OrderBy(p => p.PartNumber).ToArray();
        PutResult result = writer.Put(described.Key, described.Record.ToOptions(), condition, file =>
        {
            long end = 0;
#pragma warning disable CA5351 // S3's ETag of an upload in parts: the MD5 of the parts' MD5s, and their number.
            using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
            foreach (UploadedPart part in ordered)
            {
                using SafeFileHandle bytes = NativeFile.TryOpenFile(LocalTree.PathIn(directory, Name(part.PartNumber, part.ETag)))
                    ?? throw new ObjectStoreException(
                        ObjectStoreErrorKind.BadRequest, $"The upload to '{upload.Key}' has no part {part.PartNumber} with the ETag {part.ETag}.");
                end = LocalWriter.Append(bytes, file, end, cancellationToken);
                md5.AppendData(Convert.FromHexString(part.ETag));
            }
            return $"{Convert.ToHexStringLower(md5.GetHashAndReset())}-{ordered.Length}";
        });
        Abort(upload);
        return result;
    }

    public void Abort(MultipartUpload upload)
    {
        using SafeFileHandle? directory = TryOpen(upload);
        if (directory is null)
            return;
        foreach (DirectoryName entry in NativeFile.ReadNames(directory))
            NativeFile.Unlink(LocalTree.PathIn(directory, entry.Name));
        using SafeFileHandle uploads = tree.OpenBookkeeping(Uploads);
        NativeFile.RemoveDirectory(LocalTree.PathIn(uploads, upload.UploadId));
    }

    public List<MultipartUpload> List(string prefix)
    {
        var found = new List<MultipartUpload>();
        using SafeFileHandle? uploads = tree.TryOpen($"{LocalKey.Bookkeeping}/{Uploads}");
        if (uploads is null)
            return found;
        foreach (DirectoryName entry in NativeFile.ReadNames(uploads))
        {
            using SafeFileHandle? directory = tree.TryOpen($"{LocalKey.Bookkeeping}/{Uploads}/{entry.Name}");
            if (directory is not null && Describe(directory) is { } upload && upload.Key.StartsWith(prefix, StringComparison.Ordinal))
                found.Add(new MultipartUpload(upload.Key, entry.Name, upload.Initiated));
        }
        found.Sort(static (a, b) => ObjectKey.Compare(a.Key, b.Key));
        return found;
    }

    private static string Name(int number, string md5) => string.Create(CultureInfo.InvariantCulture, $"{number:00000}.{md5}");

    private static LocalUpload? Describe(SafeFileHandle directory)
    {
        using SafeFileHandle? file = NativeFile.TryOpenFile(LocalTree.PathIn(directory, Description));
        if (file is null)
            return null;
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        int read = RandomAccess.Read(file, bytes, 0);
        return JsonSerializer.Deserialize(bytes.AsSpan(0, read), LocalJson.Default.LocalUpload);
    }

    private SafeFileHandle Open(MultipartUpload upload) => TryOpen(upload) ?? throw Missing(upload);

    private SafeFileHandle? TryOpen(MultipartUpload upload) =>
        Guid.TryParseExact(upload.UploadId, "N", out _) ? tree.TryOpen($"{LocalKey.Bookkeeping}/{Uploads}/{upload.UploadId}") : null;

    private static ObjectStoreException Missing(MultipartUpload upload) =>
        new(ObjectStoreErrorKind.NoSuchUpload, $"The upload to '{upload.Key}' was completed or aborted already.");
}
