using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Fuse;

/// <summary>
/// The request buffers of a session: those at rest, and the count of requests that await their reply. Buffers at rest beyond a limit give their pages back.
/// </summary>
internal sealed class RequestPool(FuseChannel channel, int dataCapacity, int resident, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<RequestBuffer> _all = [];
    private readonly Stack<RequestBuffer> _atRest = new();
    private TaskCompletionSource? _drained;
    private int _inFlight;
    private bool _closed;

    public int SetXAttrSize { get; set; } = 8;

    /// <summary>Requests that await their reply.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Buffers that are with a reader or with a pending operation.</summary>
    public int Lent
    {
        get
        {
            lock (_lock)
            {
                return _all.Count - _atRest.Count;
            }
        }
    }

    public RequestBuffer Rent()
    {
        lock (_lock)
        {
            if (_atRest.TryPop(out RequestBuffer? buffer))
            {
                return buffer;
            }

            buffer = new RequestBuffer(this, channel, dataCapacity);
            _all.Add(buffer);
            return buffer;
        }
    }

    public void Return(RequestBuffer buffer)
    {
        lock (_lock)
        {
            if (_closed)
            {
                _all.Remove(buffer);
                buffer.Dispose();
                return;
            }

            if (_atRest.Count >= resident)
            {
                buffer.ReleasePages();
            }

            _atRest.Push(buffer);
        }
    }

    public void RequestStarted() => Interlocked.Increment(ref _inFlight);

    public void RequestFinished()
    {
        if (Interlocked.Decrement(ref _inFlight) == 0)
        {
            Volatile.Read(ref _drained)?.TrySetResult();
        }
    }

    /// <summary>Completes when no request awaits its reply. No new ones may start.</summary>
    public Task DrainAsync()
    {
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _drained, drained);
        Interlocked.MemoryBarrier();
        if (InFlight == 0)
        {
            drained.TrySetResult();
        }

        return drained.Task;
    }

    /// <summary>Interrupts the request with this number if its caller means it to be.</summary>
    public InterruptOutcome Interrupt(ulong unique)
    {
        RequestBuffer? buffer;
        long ticket;
        lock (_lock)
        {
            buffer = Find(unique, out ticket);
        }

        if (buffer is null)
        {
            return InterruptOutcome.Unknown;
        }

        // What a local file system does: a signal that is handled, ignored or harmless interrupts nothing but a waiting lock. Programs
        // do not expect EINTR from mkdir(2) or stat(2), and their runtimes send themselves signals all the time.
        if (buffer.Operation != Opcode.SETLKW && !Caller.IsDying(buffer.Pid))
        {
            return InterruptOutcome.Declined;
        }

        buffer.Interrupt(ticket);
        return InterruptOutcome.Delivered;
    }

    public void InterruptAll()
    {
        lock (_lock)
        {
            foreach (RequestBuffer buffer in CollectionsMarshal.AsSpan(_all))
            {
                if (buffer.IsPending(null, out long ticket))
                {
                    buffer.Interrupt(ticket);
                }
            }
        }
    }

    public void ReportReplyError(RequestBuffer buffer, Errno error)
    {
        // ENOENT: interrupted or aborted. ENODEV, EPERM, ECONNABORTED: the connection is gone. All of these are ordinary.
        if (error is not (Errno.ENOENT or Errno.ENODEV or Errno.ECONNABORTED or Errno.EPERM))
        {
            FuseLog.ReplyRefused(logger, buffer.Operation, buffer.Unique, error);
        }
    }

    /// <summary>Frees the buffers at rest; those still lent are freed when they come back.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            while (_atRest.TryPop(out RequestBuffer? buffer))
            {
                _all.Remove(buffer);
                buffer.Dispose();
            }
        }
    }

    private RequestBuffer? Find(ulong unique, out long ticket)
    {
        foreach (RequestBuffer buffer in CollectionsMarshal.AsSpan(_all))
        {
            if (buffer.IsPending(unique, out ticket))
            {
                return buffer;
            }
        }

        ticket = 0;
        return null;
    }
}
