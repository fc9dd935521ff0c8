using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Links;

/// <summary>
/// A link's bucket, opened at first use. A failure to open is not remembered (unlike with <see cref="Lazy{T}"/>), so that a mended
/// file of credentials or certificates counts without a remount.
/// </summary>
internal sealed class StoreSlot(Func<IObjectStore> open) : IAsyncDisposable
{
    private readonly Lock _opening = new();
    private volatile IObjectStore? _store;

    public IObjectStore Get()
    {
        if (_store is { } ready)
            return ready;
        lock (_opening)
            return _store ??= open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is { } store)
            await store.DisposeAsync().ConfigureAwait(false);
    }
}
