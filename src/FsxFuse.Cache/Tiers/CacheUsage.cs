namespace FsxFuse.Cache;

/// <summary>Space of a tier, in bytes unless said otherwise, for statfs(2), status and headroom rules.</summary>
/// <param name="Used">Taken by content files (st_blocks); exact once the scan after the start has ended, a lower bound before.</param>
/// <param name="Capacity">The most they may take: the configured capacity, or what is used plus what is free on the device.</param>
/// <param name="Free">Bytes that can still be written: the smaller of capacity − used and free space of the device (f_bavail).</param>
/// <param name="DeviceTotal">Size of the file system the tier is on.</param>
/// <param name="BlockSize">f_bsize of that file system.</param>
public readonly record struct CacheUsage(long Used, long Capacity, long Free, long DeviceTotal, int BlockSize);
