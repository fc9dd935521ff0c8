namespace FsxFuse.Repository.Objects;

/// <summary>An upload in parts that is under way.</summary>
/// <param name="Key">The object it will make.</param>
/// <param name="UploadId">The server's name for it.</param>
/// <param name="Initiated">When it was started, if known (listings know).</param>
public sealed record MultipartUpload(string Key, string UploadId, DateTimeOffset? Initiated = null);
