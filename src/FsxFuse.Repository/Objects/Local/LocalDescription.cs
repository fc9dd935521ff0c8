using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FsxFuse.Repository.Objects.Local;

/// <summary>Describes files as objects.</summary>
internal static class LocalDescription
{
    /// <summary>Changes whenever another program changes the bytes, the mode or the owner of a file. Of a directory only mode and
    /// owner count: its times change with every name in it.</summary>
    public static string Fingerprint(in FileStatus s) => s.IsDirectory
        ? string.Create(CultureInfo.InvariantCulture, $"{s.Inode:x}-{s.Mode:x}-{s.Uid:x}-{s.Gid:x}")
        : string.Create(CultureInfo.InvariantCulture, $"{s.Inode:x}-{s.Size:x}-{s.WriteTime:x}-{s.Mode:x}-{s.Uid:x}-{s.Gid:x}");

    /// <summary>The record, unless the file has changed since it was written.</summary>
    public static LocalRecord? Valid(LocalRecord? record, in FileStatus status)
    {
        string fingerprint = record is null ? "" : Fingerprint(status);
        while (record is not null && record.Fingerprint != fingerprint)
            record = record.Before;
        return record is { Before: not null } ? record with { Before = null } : record;
    }

    public static string ETag(in FileStatus status, LocalRecord? valid)
    {
        if (valid?.ETag is { } known)
            return known;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(Fingerprint(status)), hash);
        // The prefix keeps it from ever being taken for an MD5.
        return "f" + Convert.ToHexStringLower(hash[..16]);
    }

    public static ObjectInfo Info(string key, in FileStatus status, LocalRecord? record)
    {
        LocalRecord? valid = Valid(record, status);
        return new ObjectInfo
        {
            Key = key,
            Size = Size(status),
            ETag = ETag(status, valid),
            LastModified = LastModified(status),
            StorageClass = valid?.StorageClass ?? ObjectStorageClasses.Standard,
            Headers = valid?.Headers ?? ObjectHeaders.None,
            Metadata = valid is null ? FromStatus(status) : valid.Metadata ?? ObjectInfo.EmptyMetadata,
            TagCount = valid?.Tags?.Count ?? 0,
        };
    }

    public static ObjectEntry Entry(string key, in FileStatus status, LocalRecord? record)
    {
        LocalRecord? valid = Valid(record, status);
        return new ObjectEntry(key, Size(status), ETag(status, valid), LastModified(status), valid?.StorageClass ?? ObjectStorageClasses.Standard);
    }

    private static long Size(in FileStatus status) => status.IsDirectory ? 0 : status.Size;

    private static DateTimeOffset LastModified(in FileStatus status) =>
        DateTimeOffset.UnixEpoch.AddTicks(status.WriteTime / TimeSpan.NanosecondsPerTick);

    /// <summary>The metadata that FSx keeps on objects, from a file that another program has written.</summary>
    private static Dictionary<string, string> FromStatus(in FileStatus s)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        return new(StringComparer.Ordinal)
        {
            ["file-permissions"] = Convert.ToString(s.Mode, 8).PadLeft(7, '0'),
            ["file-owner"] = s.Uid.ToString(c),
            ["file-group"] = s.Gid.ToString(c),
            ["file-atime"] = s.AccessTime.ToString(c) + "ns",
            ["file-mtime"] = s.WriteTime.ToString(c) + "ns",
        };
    }
}
