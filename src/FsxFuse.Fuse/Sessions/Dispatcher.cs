using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FsxFuse.Fuse.Wire;
using Microsoft.Extensions.Logging;

namespace FsxFuse.Fuse;

/// <summary>Takes one request after another from the channel to the file system. One instance serves all readers of a session.</summary>
internal sealed class Dispatcher(FuseChannel channel, FuseFileSystem fileSystem, ConnectionOptions options, RequestPool pool, Notifier notifier, ILogger logger)
{
    // How long a killed caller of a slow request may have to wait if it was signalled harmlessly before.
    private static readonly TimeSpan s_interruptRepeat = TimeSpan.FromMilliseconds(200);

    private readonly TaskCompletionSource<FuseConnection> _initialized = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the reply to INIT has been sent; fails if there is no agreement.</summary>
    public Task<FuseConnection> Initialized => _initialized.Task;

    public OperationCounts Operations { get; } = new();

    /// <summary>Whether the file system's Init has been called.</summary>
    public bool WasTold { get; private set; }

    /// <summary>Serves until the channel ends, on the calling thread.</summary>
    /// <returns>The errno that ended it.</returns>
    public unsafe Errno Serve()
    {
        RequestBuffer buffer = pool.Rent();
        try
        {
            while (true)
            {
                int length = channel.Read(buffer.Input, buffer.InputCapacity);
                if (length < 0)
                {
                    Errno error = (Errno)(-length);

                    // ENOENT: the request was interrupted before it could be read.
                    if (error is Errno.EINTR or Errno.EAGAIN or Errno.ENOENT)
                    {
                        continue;
                    }

                    return error;
                }

                if (!Process(buffer, length))
                {
                    // Not answered yet: the buffer is the pending operation's.
                    buffer = pool.Rent();
                }
            }
        }
        finally
        {
            pool.Return(buffer);
        }
    }

    /// <summary>Serves one request.</summary>
    /// <returns>True if the buffer can be used for the next one.</returns>
    public bool Process(RequestBuffer buffer, int length)
    {
        if (!buffer.Begin(length, out PendingRequest request))
        {
            FuseLog.MalformedMessage(logger, length);
            return true;
        }

        pool.RequestStarted();
        Operations.Add(buffer.Operation);
        ref readonly OpcodeHandler row = ref OpcodeTable.Find(buffer.Operation);
        if (row.Invoke is null)
        {
            ProcessOwn(buffer, request);
        }
        else if (buffer.ArgumentLength < row.Minimum)
        {
            FuseLog.ShortRequest(logger, buffer.Operation, buffer.Unique, length);
            buffer.ReplyError(request.Ticket, Errno.EIO);
        }
        else
        {
            Opcode operation = buffer.Operation;
            ulong unique = buffer.Unique;
            ulong nodeId = buffer.NodeId;
            try
            {
                row.Invoke(fileSystem, request);
            }
#pragma warning disable CA1031 // A request must be answered whatever a handler throws; the process decides about the rest.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                FuseLog.HandlerThrew(logger, exception, operation, unique, nodeId);
                buffer.TryReplyError(request.Ticket, Errno.EIO);
            }
        }

        return buffer.EndOfHandler();
    }

    /// <summary>Continues a connection that an earlier process negotiated.</summary>
    public void Resume(NegotiatedProtocol protocol) => _initialized.TrySetResult(Agree(protocol));

    private void ProcessOwn(RequestBuffer buffer, PendingRequest request)
    {
        switch (buffer.Operation)
        {
            case Opcode.FORGET when buffer.ArgumentLength >= Unsafe.SizeOf<ForgetIn>():
                Forget(buffer.NodeId, buffer.Arguments<ForgetIn>().Count);
                buffer.Drop(request.Ticket);
                break;
            case Opcode.BATCH_FORGET when buffer.ArgumentLength >= Unsafe.SizeOf<BatchForgetIn>():
                ForgetMany(buffer);
                buffer.Drop(request.Ticket);
                break;
            case Opcode.INTERRUPT when buffer.ArgumentLength >= Unsafe.SizeOf<InterruptIn>():
                Interrupt(buffer, request.Ticket);
                break;
            case Opcode.INIT when buffer.ArgumentLength >= 16:
                Initialize(buffer, request);
                break;
            case Opcode.DESTROY:
                buffer.ReplyEmpty(request.Ticket);
                break;
            case Opcode.FORGET or Opcode.BATCH_FORGET or Opcode.INTERRUPT or Opcode.NOTIFY_REPLY:
                buffer.Drop(request.Ticket);
                break;
            default:
                buffer.ReplyError(request.Ticket, Errno.ENOSYS);
                break;
        }
    }

    private void Interrupt(RequestBuffer buffer, long ticket)
    {
        switch (pool.Interrupt(buffer.Arguments<InterruptIn>().Unique))
        {
            case InterruptOutcome.Delivered:
                buffer.Drop(ticket);
                break;
            case InterruptOutcome.Declined:
                // The kernel tells of the first signal alone. Asked to tell again, we learn if the caller is killed while it waits.
                _ = AskAgainAsync(buffer, ticket);
                break;
            default:
                // If it was on its way the kernel sends the interrupt again; if it was answered, the kernel ignores this.
                buffer.ReplyError(ticket, Errno.EAGAIN);
                break;
        }
    }

    private static async Task AskAgainAsync(RequestBuffer buffer, long ticket)
    {
        await Task.Delay(s_interruptRepeat).ConfigureAwait(false);
        buffer.ReplyError(ticket, Errno.EAGAIN);
    }

    private void Forget(ulong nodeId, ulong count)
    {
        try
        {
            fileSystem.Forget(nodeId, count);
        }
#pragma warning disable CA1031 // There is nobody to tell.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FuseLog.CallbackThrew(logger, exception);
        }
    }

    private void ForgetMany(RequestBuffer buffer)
    {
        int room = (buffer.ArgumentLength - Unsafe.SizeOf<BatchForgetIn>()) / Unsafe.SizeOf<ForgetOne>();
        int count = (int)Math.Min(buffer.Arguments<BatchForgetIn>().Count, (uint)room);
        ReadOnlySpan<byte> list = buffer.Payload(Unsafe.SizeOf<BatchForgetIn>(), count * Unsafe.SizeOf<ForgetOne>());
        foreach (ForgetOne one in MemoryMarshal.Cast<byte, ForgetOne>(list))
        {
            Forget(one.NodeId, one.Count);
        }
    }

    private void Initialize(RequestBuffer buffer, PendingRequest request)
    {
        try
        {
            NegotiatedProtocol? protocol = Negotiation.Decide(in buffer.Arguments<InitIn>(), buffer.ArgumentLength, options, out InitOut reply);
            FuseConnection? connection = protocol is null ? null : Agree(protocol);
            buffer.ReplyStruct(request.Ticket, in reply);
            if (connection is not null)
            {
                _initialized.TrySetResult(connection);
            }
        }
#pragma warning disable CA1031 // Whatever Init threw, the mount must not hang in its first request.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            FuseLog.NegotiationFailed(logger, exception.Message);
            buffer.TryReplyError(request.Ticket, Errno.EPROTO);
            _initialized.TrySetException(exception);
        }
    }

    // The file system hears of it before the reply goes out, for requests may follow at once on other threads.
    private FuseConnection Agree(NegotiatedProtocol protocol)
    {
        FuseLog.Negotiated(logger, Negotiation.Major, protocol.Minor, protocol.KernelMajor, protocol.KernelMinor, protocol.Capabilities, protocol.MaxWrite, protocol.MaxPages);
        pool.SetXAttrSize = protocol.Has(FuseCapabilities.SetXAttrExt) ? Unsafe.SizeOf<SetXAttrIn>() : Unsafe.SizeOf<SetXAttrCompatIn>();
        notifier.Minor = protocol.Minor;
        FuseConnection connection = new(channel, protocol, notifier);
        WasTold = true;
        fileSystem.Init(connection);
        return connection;
    }
}
