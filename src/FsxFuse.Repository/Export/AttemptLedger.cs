using System.Globalization;
using System.Text.Json;
using FsxFuse.Metadata;
using FsxFuse.Repository.Links;
using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Export;

/// <summary>
/// Writes to the repository that were begun and whose outcome is not settled, recorded before each write. After a lost answer or a
/// crash it tells an object of ours from one of others, and our unfinished uploads in parts from other people's. The key's
/// stamp alone would not do: other tools keep unknown metadata when they rewrite an object. Thread-safe.
/// </summary>
internal sealed class AttemptLedger(IMetadataStore store, object origin) : IDisposable
{
    // The store has no list of settings, so that attempts are kept in numbered slots, reused, and a number above all of them is kept too.
    private const string CountSetting = "export.attempts";

    private const int ReservedAtOnce = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Link, string Key), List<Attempt>> _open = [];
    private readonly Stack<int> _free = new();
    private readonly SemaphoreSlim _reserving = new(1, 1);
    private int _count;
    private int _reserved;

    /// <summary>Reads what an earlier run left. Called once, before the first write.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        string? text = await store.GetSettingAsync(CountSetting, cancel).ConfigureAwait(false);
        int count = text is null ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
        for (int slot = 0; slot < count; slot++)
        {
            string? json = await store.GetSettingAsync(SlotSetting(slot), cancel).ConfigureAwait(false);
            lock (_lock)
            {
                if (string.IsNullOrEmpty(json) || JsonSerializer.Deserialize(json, AttemptJson.Default.Attempt) is not { } attempt)
                    _free.Push(slot);
                else
                    Insert(attempt with { Slot = slot });
                _count = slot + 1;
            }
        }
        _reserved = count;
    }

    /// <summary>Records a write that is about to begin.</summary>
    public async Task<Attempt> BeginAsync(Link link, string key, UploadStamp stamp, string? upload = null, string[]? foreign = null, CancellationToken cancel = default)
    {
        Attempt attempt;
        lock (_lock)
        {
            if (!_free.TryPop(out int slot))
                slot = _count++;
            attempt = new Attempt { Link = link.Id, Key = key, Stamp = stamp.ToString(), Upload = upload, Foreign = foreign, Slot = slot };
            Insert(attempt);
        }
        Batch batch = new(origin);
        batch.Add(new RowWrite.PutSetting(SlotSetting(attempt.Slot), JsonSerializer.Serialize(attempt, AttemptJson.Default.Attempt)));
        if (attempt.Slot >= Volatile.Read(ref _reserved))
            await ReserveAsync(attempt.Slot, cancel).ConfigureAwait(false);
        await store.CommitAsync(batch, cancel).ConfigureAwait(false);
        return attempt;
    }

    /// <summary>Notes the server's id of an upload in parts; null once it was completed or aborted, so that only its stamp still matters.</summary>
    public async Task<Attempt> NameUploadAsync(Attempt attempt, string? upload)
    {
        Attempt named = attempt with { Upload = upload };
        lock (_lock)
        {
            int at = _open.TryGetValue((attempt.Link, attempt.Key), out List<Attempt>? open) ? open.FindIndex(other => other.Slot == attempt.Slot) : -1;
            if (at < 0)
                return named;
            open![at] = named;
        }
        await store.CommitAsync(new Batch(origin).Add(
            new RowWrite.PutSetting(SlotSetting(named.Slot), JsonSerializer.Serialize(named, AttemptJson.Default.Attempt)))).ConfigureAwait(false);
        return named;
    }

    /// <summary>An attempt at a link that is no more.</summary>
    public async Task ForgetAsync(Attempt attempt)
    {
        await store.CommitAsync(new Batch(origin).Add(new RowWrite.PutSetting(SlotSetting(attempt.Slot), ""))).ConfigureAwait(false);
        lock (_lock)
        {
            if (_open.TryGetValue((attempt.Link, attempt.Key), out List<Attempt>? open) && open.RemoveAll(other => other.Slot == attempt.Slot) > 0)
            {
                _free.Push(attempt.Slot);
                if (open.Count == 0)
                    _open.Remove((attempt.Link, attempt.Key));
            }
        }
    }

    /// <summary>Adds to the commit that remembers what is at a key that earlier attempts no longer matter. <see cref="Settle"/> follows it.</summary>
    public void AddSettle(Batch batch, int link, string key)
    {
        lock (_lock)
        {
            foreach (Attempt attempt in _open.GetValueOrDefault((link, key)) ?? [])
            {
                if (attempt.Upload is null)
                    batch.Add(new RowWrite.PutSetting(SlotSetting(attempt.Slot), ""));
            }
        }
    }

    /// <summary>What is at the key was committed: earlier attempts no longer matter, except uploads in parts that may still exist.</summary>
    public void Settle(int link, string key)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue((link, key), out List<Attempt>? open))
                return;
            foreach (Attempt attempt in open.Where(a => a.Upload is null))
                _free.Push(attempt.Slot);
            open.RemoveAll(a => a.Upload is null);
            if (open.Count == 0)
                _open.Remove((link, key));
        }
    }

    /// <summary>Whether some write to the key ended in doubt: look before the next.</summary>
    public bool IsDoubtful(int link, string key)
    {
        lock (_lock)
            return _open.ContainsKey((link, key));
    }

    /// <summary>Whether an object is what an unsettled attempt of ours wrote.</summary>
    public bool IsOurs(int link, ObjectInfo info)
    {
        if (!info.Metadata.TryGetValue(UploadStamp.MetadataKey, out string? stamp))
            return false;
        lock (_lock)
            return _open.TryGetValue((link, info.Key), out List<Attempt>? open) && open.Exists(a => a.Stamp == stamp);
    }

    /// <summary>Keys of a link, those that start with a prefix, that some write of ours may have reached without anybody remembering it.</summary>
    public IReadOnlyList<(int Link, string Key)> DoubtfulKeys(int? link = null, string prefix = "")
    {
        lock (_lock)
            return [.. _open.Keys.Where(key => (link ?? key.Link) == key.Link && key.Key.StartsWith(prefix, StringComparison.Ordinal))];
    }

    /// <summary>Uploads in parts that were begun and neither completed nor aborted, as far as we know; of one key, or all.</summary>
    public IReadOnlyList<Attempt> UnfinishedUploads(int? link = null, string? key = null)
    {
        lock (_lock)
        {
            return [.. _open.Where(pair => key is null || pair.Key == (link ?? 0, key)).SelectMany(pair => pair.Value).Where(a => a.Upload is not null)];
        }
    }

    public void Dispose() => _reserving.Dispose();

    private static string SlotSetting(int slot) => string.Create(CultureInfo.InvariantCulture, $"export.attempt.{slot}");

    // One after the other: a smaller number that is committed after a larger one would hide slots.
    private async ValueTask ReserveAsync(int slot, CancellationToken cancel)
    {
        await _reserving.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            while (slot >= _reserved)
            {
                int count = _reserved + ReservedAtOnce;
                await store.CommitAsync(new Batch(origin).Add(new RowWrite.PutSetting(CountSetting, count.ToString(CultureInfo.InvariantCulture))), cancel).ConfigureAwait(false);
                Volatile.Write(ref _reserved, count);
            }
        }
        finally
        {
            _reserving.Release();
        }
    }

    private void Insert(Attempt attempt)
    {
        if (!_open.TryGetValue((attempt.Link, attempt.Key), out List<Attempt>? open))
            _open.Add((attempt.Link, attempt.Key), open = []);
        open.Add(attempt);
    }
}
