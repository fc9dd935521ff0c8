namespace FsxFuse.Commands;

/// <summary>What <c>fsxfuse umount --json</c> prints.</summary>
/// <param name="Name">The file system; null when a dead mount of an unknown one was removed.</param>
/// <param name="Mountpoint">Where it was mounted.</param>
/// <param name="Queued">Changes that are not in the repository yet and stay queued on disk.</param>
internal sealed record UmountResult(string? Name, string Mountpoint, long Queued);
