namespace FsxFuse.Lfs;

/// <summary>What <c>lfs df --json</c> prints of one mount.</summary>
/// <param name="Source">What is mounted.</param>
/// <param name="Mountpoint">Where.</param>
/// <param name="TotalBytes">Bytes the cache may hold.</param>
/// <param name="UsedBytes">Bytes it holds.</param>
/// <param name="FreeBytes">Bytes that can be written before something is released.</param>
/// <param name="Inodes">Inodes there can be.</param>
/// <param name="InodesUsed">Inodes there are.</param>
/// <param name="InodesFree">Inodes that can be made.</param>
internal sealed record LfsSpaceResult(
    string Source, string Mountpoint, long TotalBytes, long UsedBytes, long FreeBytes, long Inodes, long InodesUsed, long InodesFree);
