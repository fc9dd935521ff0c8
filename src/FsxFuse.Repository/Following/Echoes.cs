using System.Collections.Concurrent;
using FsxFuse.Metadata;

namespace FsxFuse.Repository.Following;

/// <summary>
/// What was written and deleted from here a moment ago. The repository tells that as well, once for each, and such an event need not be
/// looked into. A second one with the same ETag is somebody else's: a change of metadata only.
/// </summary>
internal sealed class Echoes(TimeProvider time)
{
    /// <summary>What an event of a deletion gives instead of an ETag.</summary>
    public const string Deleted = "";

    private const int MaxKept = 50_000;

    private const long KeptNs = 60 * UnixTime.NanosecondsPerSecond;

    private readonly ConcurrentDictionary<(int Link, string Key), (string ETag, long Ns)> _expected = new();

    /// <summary>Called for every commit but the importer's, from the committing thread.</summary>
    public void Note(Batch batch)
    {
        foreach (RowWrite write in batch.Writes)
        {
            switch (write)
            {
                case RowWrite.PutObject { Row: var row }:
                    Expect((row.LinkId, row.Key), row.ETag);
                    break;
                case RowWrite.DeleteObject { LinkId: var link, Key: var key }:
                    Expect((link, key), Deleted);
                    break;
            }
        }
    }

    /// <summary>Whether an event is the echo of something done here; it is not expected again.</summary>
    public bool Take(int link, string key, string? etag) =>
        etag is not null && _expected.TryGetValue((link, key), out (string ETag, long Ns) expected) && expected.ETag == etag
        && _expected.TryRemove(new KeyValuePair<(int, string), (string, long)>((link, key), expected)) && time.Nanoseconds() - expected.Ns < KeptNs;

    private void Expect((int, string) about, string etag)
    {
        long now = time.Nanoseconds();
        if (_expected.Count >= MaxKept)
        {
            foreach (((int, string) id, (string, long Ns) old) in _expected)
            {
                if (now - old.Ns >= KeptNs)
                    _expected.TryRemove(id, out _);
            }
            // More in a minute than are kept: their echoes are looked into, which is only slower.
            if (_expected.Count >= MaxKept)
                return;
        }
        _expected[about] = (etag, now);
    }
}
