namespace FsxFuse.Cache.Native;

/// <summary>What statvfs(3) tells of the file system a tier is on, in bytes.</summary>
internal readonly record struct DeviceStatus(long Total, long Available, int BlockSize);
