using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Import;

/// <summary>What a HEAD said about an inode whose attributes are pending, on its way to the store.</summary>
/// <param name="Inode">The inode.</param>
/// <param name="Link">Its link; null when it is not under one any more.</param>
/// <param name="Key">The key that was asked for.</param>
/// <param name="Info">The object; null when there is none.</param>
/// <param name="Metadata">What it says.</param>
/// <param name="Target">The target of a symbolic link.</param>
internal sealed record AttributeResult(long Inode, Link? Link, string Key, ObjectInfo? Info, PosixMetadata Metadata, byte[]? Target)
{
    /// <summary>Done when it is in the store; true when the inode's object is at another key by now, so that it must be asked again.</summary>
    public TaskCompletionSource<bool> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
