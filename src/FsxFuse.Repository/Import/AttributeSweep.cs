using FsxFuse.Metadata;

namespace FsxFuse.Repository.Import;

/// <summary>
/// Runs ahead of somebody who asks for the attributes of one directory in its order. It starts when an ask follows closely on the one
/// before (or is for the first entry), and stays a window ahead of the latest ask, so that it stops by itself with its reader. A reader
/// asks only for what is still pending: after a window that was read ahead in time, its next ask is for the entry behind it.
/// </summary>
internal sealed class AttributeSweep(IMetadataStore store, long directory, Func<long, CancellationToken, Task> import, ImportContext context)
{
    // More than one getdents(2) takes: the next part of the listing then carries its attributes, and is not looked up name by name. Only a
    // reader that keeps coming gets so much, as each wait doubles the window.
    private const int MaxWindow = 2048;

    // A lone stat of a directory's first entry must not cost many requests.
    private const int FirstWindow = 32;

    // Several processes that share a directory's entries ask a little out of order.
    private const int NearEntries = 64;

    // So many asks in a row from elsewhere, while ours is waited for: the reader has gone there.
    private const int MaxStrays = 4;

    private const int PageSize = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Queue<long> _ahead = new();
    private long _lastAsked = -1;
    private long _lastIssued;
    private long _nearLimit;
    private int _window;
    private int _strays;
    private bool _running;
    private TaskCompletionSource<bool>? _waiting;

    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return !_running;
        }
    }

    /// <summary>Somebody asks for the entry at this cookie.</summary>
    public void Asked(long cookie)
    {
        TaskCompletionSource<bool>? wake = null;
        bool goOn = true;
        lock (_lock)
        {
            if (!_running)
            {
                _running = true;
                _ahead.Clear();
                _lastIssued = cookie;
                _window = FirstWindow;
                _strays = 0;
                _ = RunAsync(_lastAsked, cookie);
                _lastAsked = cookie;
                return;
            }
            // A jump far ahead is somebody else's: it says nothing about how far the reader we run ahead of has come.
            if (cookie > _lastIssued && (_waiting is null || cookie > _nearLimit))
            {
                if (_waiting is null || ++_strays < MaxStrays)
                    return;
                goOn = false;
            }
            _strays = 0;
            _lastAsked = Math.Max(_lastAsked, cookie);
            while (_ahead.TryPeek(out long issued) && issued <= cookie)
                _ahead.Dequeue();
            if (_waiting is not null && _ahead.Count < _window)
            {
                _window = Math.Min(MaxWindow, _window * 2);
                wake = _waiting;
                _waiting = null;
            }
        }
        wake?.TrySetResult(goOn);
    }

    private async Task RunAsync(long before, long cookie)
    {
        await Task.Yield();
        try
        {
            if (await FollowsAsync(before, cookie).ConfigureAwait(false))
                await SweepAsync(cookie).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MetadataStoreException or NamespaceSourceException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asks for one of these entries runs into the failure; running ahead is no reason to report it.
        }
        finally
        {
            lock (_lock)
            {
                _running = false;
                _waiting = null;
                _lastAsked = Math.Max(_lastAsked, _lastIssued);
            }
        }
    }

    /// <summary>Whether the entry comes shortly after the one asked for before, or is the first of the directory.</summary>
    private async ValueTask<bool> FollowsAsync(long before, long cookie)
    {
        List<DentryRow> entries = [];
        await store.ReadDirectoryAsync(directory, Math.Max(0, before), before < 0 ? 1 : NearEntries, entries).ConfigureAwait(false);
        return entries.Exists(e => e.Cookie == cookie);
    }

    private async Task SweepAsync(long cookie)
    {
        List<NamedInode> page = [];
        List<Task> started = [];
        while (await store.ReadDirectoryPlusAsync(directory, cookie, PageSize, page).ConfigureAwait(false) > 0)
        {
            for (int i = 0; i < page.Count; i++)
            {
                cookie = page[i].Dentry.Cookie;
                // Read again: its reader may have been quicker than we since the page was read.
                if (!page[i].Inode.Flags.HasFlag(InodeFlags.AttributesPending)
                    || await store.GetInodeAsync(page[i].Inode.Id).ConfigureAwait(false) is not { } now || !now.Flags.HasFlag(InodeFlags.AttributesPending))
                {
                    continue;
                }
                if (!await WaitForReaderAsync(page[Math.Min(page.Count - 1, i + NearEntries)].Dentry.Cookie).ConfigureAwait(false))
                    return;
                started.RemoveAll(static t => t.IsCompletedSuccessfully);
                // A failure ends the run: the next one would most likely fail as well, after its retries.
                if (started.Exists(static t => t.IsCompleted))
                    return;
                lock (_lock)
                {
                    _ahead.Enqueue(cookie);
                    _lastIssued = cookie;
                }
                started.Add(import(page[i].Inode.Id, CancellationToken.None));
            }
            page.Clear();
        }
        // Running until these are done keeps late asks from starting another sweep over them.
        await Task.WhenAll(started).ConfigureAwait(false);
    }

    /// <summary>Waits until the reader is less than a window behind; false when it stays away.</summary>
    private async ValueTask<bool> WaitForReaderAsync(long nearLimit)
    {
        Task<bool> wake;
        lock (_lock)
        {
            if (_ahead.Count < _window)
                return true;
            _nearLimit = nearLimit;
            _waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            wake = _waiting.Task;
        }
        try
        {
            return await wake.WaitAsync(Patience, context.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
