using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>The remembered objects under a prefix in key order, a page at a time.</summary>
internal sealed class RememberedObjects(IMetadataStore store, int linkId, string prefix)
{
    private const int PageSize = 1000;

    private IReadOnlyList<ObjectRow> _page = [];
    private int _at;
    private string _after = "";
    private bool _ended;

    /// <summary>The next one, which stays the next until <see cref="Skip"/>; null at the end.</summary>
    public async ValueTask<ObjectRow?> PeekAsync(CancellationToken cancel)
    {
        if (_at == _page.Count && !_ended)
        {
            _page = await store.GetObjectsAsync(linkId, prefix, _after, PageSize, cancel).ConfigureAwait(false);
            _at = 0;
            _ended = _page.Count == 0;
            if (!_ended)
                _after = _page[^1].Key;
        }
        return _ended ? null : _page[_at];
    }

    public void Skip() => _at++;
}
