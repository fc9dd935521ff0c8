using FsxFuse.Fuse.Wire;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Fuse;

/// <summary>
/// Tells the kernel to drop what it has cached. Every method queues and returns at once; an absent inode or name is not an error.
/// </summary>
/// <remarks>
/// The kernel takes the inode's lock for a notification, so one may block for as long as a request on that inode (or on the parent, for a name) is
/// pending. Each inode therefore has a queue of its own, kept in order, and threads are added while all are blocked: an inode that is stuck delays no
/// other until <see cref="ConnectionOptions.NotifierThreads"/> are stuck. Never wait in a handler for what is queued here.
/// </remarks>
public sealed class Notifier : IDisposable
{
    private static readonly TimeSpan s_idleLife = TimeSpan.FromSeconds(5);

    private readonly NotificationWriter _writer;
    private readonly ILogger _logger;
    private readonly int _maxThreads;
    private readonly object _lock = new();

    // An inode is in _queues while anything of it is queued or being sent, and in _ready while something is queued and no thread is on it.
    private readonly Dictionary<ulong, Queue<Notification>> _queues = [];
    private readonly Queue<ulong> _ready = new();
    private int _threads;
    private int _idle;
    private bool _closed;

    internal Notifier(FuseChannel channel, int maxThreads, ILogger logger)
    {
        _writer = new NotificationWriter(channel);
        _maxThreads = maxThreads;
        _logger = logger;
    }

    internal uint Minor { get; set; }

    /// <summary>Notifications queued or being sent; for metrics and tests.</summary>
    public int Backlog
    {
        get
        {
            lock (_lock)
            {
                return _queues.Values.Sum(static queue => queue.Count);
            }
        }
    }

    /// <summary>Drops an inode's cached attributes, and its cached data in a range.</summary>
    /// <param name="nodeId">The inode.</param>
    /// <param name="offset">First byte; negative to drop the attributes only.</param>
    /// <param name="length">Bytes; 0 or less means to the end of the file.</param>
    public void InvalidateInode(ulong nodeId, long offset = 0, long length = 0) =>
        Enqueue(nodeId, new Notification(NotifyCode.InvalidateInode, nodeId, offset, length, 0, null));

    /// <summary>Drops a cached name (present or absent) and the parent's attributes and cached listing.</summary>
    /// <param name="parent">The directory.</param>
    /// <param name="name">The name, 1..255 bytes.</param>
    /// <param name="expireOnly">Only have it looked up again at its next use, which does not disturb what is mounted or open below it (kernel 6.2).</param>
    public void InvalidateEntry(ulong parent, ReadOnlySpan<byte> name, bool expireOnly = false) =>
        Enqueue(parent, new Notification(NotifyCode.InvalidateEntry, parent, 0, 0, expireOnly ? 1u : 0u, Copy(name)));

    /// <summary>As <see cref="InvalidateEntry"/>, and tells who watches the file (inotify: IN_DELETE_SELF) that it was deleted, if the name still leads to it.</summary>
    /// <param name="parent">The directory.</param>
    /// <param name="child">The inode that was deleted.</param>
    /// <param name="name">Its name, 1..255 bytes.</param>
    public void Delete(ulong parent, ulong child, ReadOnlySpan<byte> name) =>
        Enqueue(parent, new Notification(NotifyCode.Delete, parent, (long)child, 0, 0, Copy(name)));

    /// <summary>Has the kernel forget unused inodes, which FORGET will confirm (7.45).</summary>
    /// <param name="nodeIds">At most 1024 of them.</param>
    /// <returns>False if the kernel does not know it.</returns>
    public bool Prune(ReadOnlySpan<ulong> nodeIds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodeIds.Length, NotificationWriter.MaxPrune, nameof(nodeIds));
        return Minor >= 45 && Enqueue(0, new Notification(NotifyCode.Prune, 0, 0, 0, 0, null, nodeIds.ToArray()));
    }

    /// <summary>Expires every cached name and listing at once (7.44).</summary>
    /// <returns>False if the kernel does not know it.</returns>
    public bool Epoch() => Minor >= 44 && Enqueue(0, new Notification(NotifyCode.IncrementEpoch, 0, 0, 0, 0, null));

    /// <summary>Has the kernel send again what an earlier process had read and not answered.</summary>
    public void Resend() => Enqueue(0, new Notification(NotifyCode.Resend, 0, 0, 0, 0, null));

    /// <summary>Wakes those who poll a file.</summary>
    /// <param name="kernelHandle">What POLL gave.</param>
    public void WakePoll(ulong kernelHandle) => Enqueue(0, new Notification(NotifyCode.Poll, 0, (long)kernelHandle, 0, 0, null));

    /// <summary>Waits until everything queued so far for an inode has been taken by the kernel. Not from a handler: it may never come.</summary>
    /// <param name="nodeId">The inode, or the directory of the names.</param>
    public Task FlushAsync(ulong nodeId)
    {
        TaskCompletionSource barrier = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Enqueue(nodeId, new Notification(0, nodeId, 0, 0, 0, null, null, barrier)))
        {
            barrier.TrySetResult();
        }

        return barrier.Task;
    }

    /// <summary>Stops the threads once they are free; what is queued is discarded.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (Queue<Notification> queue in _queues.Values)
            {
                foreach (Notification notification in queue)
                {
                    notification.Barrier?.TrySetResult();
                }

                queue.Clear();
            }

            _ready.Clear();
            Monitor.PulseAll(_lock);
        }
    }

    private static byte[] Copy(ReadOnlySpan<byte> name)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(name.Length - 1), 1023u, nameof(name));
        return name.ToArray();
    }

    private bool Enqueue(ulong key, in Notification notification)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (!_queues.TryGetValue(key, out Queue<Notification>? queue))
            {
                _queues.Add(key, queue = new Queue<Notification>(1));
                _ready.Enqueue(key);
                Monitor.Pulse(_lock);
                AddThreadIfNeeded();
            }

            queue.Enqueue(notification);
            return true;
        }
    }

    // Called under the lock. A pulsed thread counts as idle until it runs, so compare with what is ready.
    private void AddThreadIfNeeded()
    {
        if (_idle < _ready.Count && _threads < _maxThreads)
        {
            _threads++;
            new Thread(Work) { IsBackground = true, Name = "fuse-notifier" }.Start();
        }
    }

    private void Work()
    {
        while (TryTake(out ulong key, out Queue<Notification>? queue, out Notification notification))
        {
            Send(notification);
            lock (_lock)
            {
                // One at a time for each inode, then to the back of the line.
                if (queue.Count > 0)
                {
                    _ready.Enqueue(key);
                }
                else
                {
                    _queues.Remove(key);
                }
            }
        }
    }

    private bool TryTake(out ulong key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Queue<Notification>? queue, out Notification notification)
    {
        lock (_lock)
        {
            while (!_ready.TryDequeue(out key))
            {
                _idle++;
                bool pulsed = !_closed && Monitor.Wait(_lock, s_idleLife);
                _idle--;
                if (_closed || (!pulsed && _ready.Count == 0))
                {
                    _threads--;
                    queue = null;
                    notification = default;
                    return false;
                }
            }

            // This thread may be about to block: what else is ready must not depend on it.
            AddThreadIfNeeded();
            queue = _queues[key];
            notification = queue.Dequeue();
            return true;
        }
    }

    private void Send(in Notification notification)
    {
        if (notification.Barrier is { } barrier)
        {
            barrier.TrySetResult();
            return;
        }

        int result = _writer.Send(notification);

        // ENOENT: not cached. ENODEV, EPERM, ECONNABORTED, ENOTCONN: the connection is gone, and its caches with it. ENOTEMPTY, EBUSY, EINVAL of a
        // DELETE: the name leads elsewhere or is in use, so nothing is deleted.
        if (result < 0 && (Errno)(-result) is not (Errno.ENOENT or Errno.ENODEV or Errno.EPERM or Errno.ECONNABORTED or Errno.ENOTCONN or Errno.ENOTEMPTY or Errno.EBUSY))
        {
            FuseLog.NotificationFailed(_logger, notification.Code.ToString(), notification.NodeId, (Errno)(-result));
        }
    }
}
