using FsxFuse.Metadata;

namespace FsxFuse.Cache;

/// <summary>
/// Which boots of the machine ended with everything flushed, remembered in the store's settings: bytes put into content files
/// under another boot may have been lost with its page cache.
/// </summary>
internal sealed class BootRecord
{
    private const string LastKey = "cache.boot";
    private const string StableKey = "cache.stable-boots";
    private const int Remembered = 100;

    private readonly IMetadataStore _store;
    private readonly object _origin;
    private readonly string _boot;
    private readonly List<string> _stable = [];

    internal BootRecord(IMetadataStore store, object origin, string boot)
    {
        _store = store;
        _origin = origin;
        _boot = boot;
    }

    /// <summary>The machine was restarted since the cache was last used, and not after a clean stop.</summary>
    internal bool PowerWasLost { get; private set; }

    /// <summary>False when bytes written under that boot may be lost.</summary>
    internal bool IsTrusted(string? boot)
    {
        if (boot is null || boot == _boot)
            return true;
        lock (_stable)
            return _stable.Contains(boot);
    }

    /// <summary>Reads what is remembered, and notes (stable) that this boot has unflushed bytes from now on.</summary>
    internal async ValueTask BeginAsync(CancellationToken cancel)
    {
        string? last = await _store.GetSettingAsync(LastKey, cancel).ConfigureAwait(false);
        string stable = await _store.GetSettingAsync(StableKey, cancel).ConfigureAwait(false) ?? "";
        bool removed;
        lock (_stable)
        {
            _stable.Clear();
            _stable.AddRange(stable.Split(',', StringSplitOptions.RemoveEmptyEntries));
            removed = _stable.Remove(_boot);
        }

        PowerWasLost = last is not null && !IsTrusted(last);
        if (removed || last is null)
            await WriteAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>What a restart without a clean stop left was looked at: this boot is now the last.</summary>
    internal ValueTask RecoveredAsync(CancellationToken cancel) => WriteAsync(cancel);

    /// <summary>Everything was flushed.</summary>
    internal ValueTask EndAsync(CancellationToken cancel)
    {
        lock (_stable)
        {
            _stable.Remove(_boot);
            _stable.Add(_boot);
            if (_stable.Count > Remembered)
                _stable.RemoveAt(0);
        }

        return WriteAsync(cancel);
    }

    private async ValueTask WriteAsync(CancellationToken cancel)
    {
        string stable;
        lock (_stable)
            stable = string.Join(',', _stable);
        Batch batch = new Batch(_origin).Add(new RowWrite.PutSetting(LastKey, _boot)).Add(new RowWrite.PutSetting(StableKey, stable));
        await _store.CommitAsync(batch, cancel).ConfigureAwait(false);
        await _store.SyncAsync(cancel).ConfigureAwait(false);
    }
}
