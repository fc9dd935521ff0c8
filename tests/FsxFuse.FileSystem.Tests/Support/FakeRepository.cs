using FsxFuse.Cache;
using FsxFuse.Metadata;

namespace FsxFuse.FileSystem.Tests;

/// <summary>The repository behind both ports: bytes by key, and what to do when names are asked for.</summary>
internal sealed class FakeRepository : INamespaceSource, IContentSource
{
    public Dictionary<string, byte[]> Objects { get; } = [];

    public Func<long, FileName, ValueTask> OnName { get; set; } = (_, _) => default;

    public Func<long, ValueTask> OnList { get; set; } = _ => default;

    public Func<long, ValueTask> OnAttributes { get; set; } = _ => default;

    public ValueTask ImportNameAsync(long directory, FileName name, CancellationToken cancel) => OnName(directory, name);

    public ValueTask ListAsync(long directory, CancellationToken cancel) => OnList(directory);

    public ValueTask ImportAttributesAsync(long inode, long directory, long cookie, CancellationToken cancel) => OnAttributes(inode);

    public ValueTask ReadAsync(ContentOrigin origin, long offset, Memory<byte> destination, CancellationToken cancel)
    {
        Objects[origin.Key].AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return default;
    }
}
