using System.Threading.Channels;

namespace FsxFuse.Repository.Following;

/// <summary>
/// Keys that somebody said have changed, in the order in which they were first named. A key waits once, however often it is named, and one
/// that is named while it is looked at is looked at again. Held in memory only: what is lost with it, the next reconciliation finds.
/// </summary>
internal sealed class HintQueue(TimeProvider time, int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(int Link, string Key), Entry> _entries = [];
    private readonly Channel<(int Link, string Key)> _ready = Channel.CreateUnbounded<(int, string)>();

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Adds a key; false when there is no room.</summary>
    public bool Add(int link, string key)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue((link, key), out Entry? waiting))
            {
                if (waiting.IsRunning && waiting.AgainNs == 0)
                    waiting.AgainNs = time.Nanoseconds();
                return true;
            }
            if (_entries.Count >= capacity)
                return false;
            _entries.Add((link, key), new Entry { QueuedNs = time.Nanoseconds() });
        }
        return _ready.Writer.TryWrite((link, key));
    }

    /// <summary>Takes the next; <see cref="Done"/> or <see cref="Retry"/> gives it back.</summary>
    public async ValueTask<Hint> TakeAsync(CancellationToken cancel)
    {
        (int Link, string Key) id = await _ready.Reader.ReadAsync(cancel).ConfigureAwait(false);
        lock (_lock)
        {
            Entry entry = _entries[id];
            entry.IsRunning = true;
            return new Hint(id.Link, id.Key, entry.Attempts);
        }
    }

    /// <summary>The key was looked at.</summary>
    public void Done(Hint hint)
    {
        lock (_lock)
        {
            Entry entry = _entries[(hint.Link, hint.Key)];
            if (entry.AgainNs == 0)
            {
                _entries.Remove((hint.Link, hint.Key));
                return;
            }
            entry.QueuedNs = entry.AgainNs;
            entry.AgainNs = 0;
            entry.Attempts = 0;
            entry.IsRunning = false;
        }
        _ready.Writer.TryWrite((hint.Link, hint.Key));
    }

    /// <summary>The key could not be looked at: it comes again later, and is as old as before.</summary>
    public void Retry(Hint hint, TimeSpan delay)
    {
        lock (_lock)
        {
            Entry entry = _entries[(hint.Link, hint.Key)];
            entry.Attempts++;
            entry.AgainNs = 0;
            entry.IsRunning = false;
        }
        _ = ReturnAsync();

        async Task ReturnAsync()
        {
            await Task.Delay(delay, time).ConfigureAwait(false);
            _ready.Writer.TryWrite((hint.Link, hint.Key));
        }
    }

    /// <summary>How many wait for a link, and since when the oldest does (ns since 1970; 0 for none).</summary>
    public (int Count, long OldestNs) Look(int link)
    {
        lock (_lock)
        {
            int count = 0;
            long oldest = long.MaxValue;
            foreach (((int Link, string Key) id, Entry entry) in _entries)
            {
                if (id.Link == link)
                {
                    count++;
                    oldest = Math.Min(oldest, entry.QueuedNs);
                }
            }
            return (count, count == 0 ? 0 : oldest);
        }
    }

    /// <summary>One key on its way.</summary>
    public readonly record struct Hint(int Link, string Key, int Attempts);

    private sealed class Entry
    {
        public long QueuedNs { get; set; }

        public long AgainNs { get; set; }

        public int Attempts { get; set; }

        public bool IsRunning { get; set; }
    }
}
