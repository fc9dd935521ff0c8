namespace FsxFuse.Repository.Objects;

/// <summary>A part that the server has.</summary>
/// <param name="PartNumber">1 to 10,000.</param>
/// <param name="ETag">Without quotes.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Checksum">What the server needs to see again when the upload is completed; opaque, null when it needs nothing.</param>
public readonly record struct UploadedPart(int PartNumber, string ETag, long Size, string? Checksum = null);
