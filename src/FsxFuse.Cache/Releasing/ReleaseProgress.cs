namespace FsxFuse.Cache;

/// <summary>What automatic release did and does.</summary>
/// <param name="Rule">The rule in force.</param>
/// <param name="Files">Contents released since the start.</param>
/// <param name="Bytes">Bytes of disk they gave back.</param>
/// <param name="IsRunning">It is at work.</param>
/// <param name="BytesFreed">Bytes that this run has given back so far.</param>
/// <param name="BytesWanted">Bytes that it is to give back.</param>
/// <param name="IsStuck">The last run ended above its mark: what is left is changed, pinned, or in use.</param>
public readonly record struct ReleaseProgress(ReleaseRule Rule, long Files, long Bytes, bool IsRunning, long BytesFreed, long BytesWanted, bool IsStuck);
