namespace FsxFuse.Commands;

/// <summary>What <c>fsxfuse mount --json</c> prints.</summary>
/// <param name="Name">The file system.</param>
/// <param name="Mountpoint">Where it is mounted now.</param>
/// <param name="Source">What was mounted.</param>
/// <param name="Pid">The daemon.</param>
internal sealed record MountResult(string Name, string Mountpoint, string Source, int? Pid);
