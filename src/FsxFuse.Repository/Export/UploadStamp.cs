using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using FsxFuse.Metadata;
using FsxFuse.Repository.Import;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>
/// What <c>x-amz-meta-fsxfuse-version</c> says: <c>file-system/inode/version/attempt</c>. The attempt is unique: an object that carries
/// the stamp of an attempt is what that attempt wrote.
/// </summary>
internal readonly record struct UploadStamp(string FileSystem, long Inode, string Version, string Attempt)
{
    /// <summary>The metadata name.</summary>
    public const string MetadataKey = PosixMetadata.VersionKey;

    /// <summary>The version of what has no bytes: directories, symbolic links and files that were never written.</summary>
    public const string NoContent = "0";

    /// <summary>
    /// Which bytes of an inode: content and version of it. Each truncation to zero begins a new content that counts from one again, so that the count alone
    /// would take the bytes before it for those after it.
    /// </summary>
    public static string VersionOf(ContentRow? content) => content is null ? NoContent : VersionOf(content.Id, content.DirtyVersion);

    /// <inheritdoc cref="VersionOf(ContentRow?)"/>
    public static string VersionOf(long content, long version) => string.Create(CultureInfo.InvariantCulture, $"{content}.{version}");

    /// <summary>A stamp for a new attempt.</summary>
    public static UploadStamp New(string fileSystem, long inode, string version) =>
        new(fileSystem, inode, version, RandomNumberGenerator.GetHexString(16, lowercase: true));

    /// <summary>Reads the stamp of an object; false when it has none.</summary>
    public static bool TryRead(ObjectInfo info, out UploadStamp stamp)
    {
        stamp = default;
        return info.Metadata.TryGetValue(MetadataKey, out string? text) && TryParse(text, out stamp);
    }

    /// <summary>Whether it stands for the bytes of that inode as of that version, whichever attempt wrote them.</summary>
    public bool IsOf(string fileSystem, long inode, string version) => FileSystem == fileSystem && Inode == inode && Version == version;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{FileSystem}/{Inode}/{Version}/{Attempt}");

    private static bool TryParse([NotNullWhen(true)] string? text, out UploadStamp stamp)
    {
        stamp = default;
        string[] parts = text?.Split('/') ?? [];
        if (parts.Length != 4
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long inode))
            return false;
        stamp = new UploadStamp(parts[0], inode, parts[2], parts[3]);
        return true;
    }
}
