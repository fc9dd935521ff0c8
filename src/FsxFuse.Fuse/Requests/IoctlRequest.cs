using FsxFuse.Fuse.Wire;

namespace FsxFuse.Fuse;

/// <summary>IOCTL: a restricted ioctl(2), whose argument sizes are encoded in its command.</summary>
public readonly struct IoctlRequest : IFuseRequest
{
    internal IoctlRequest(PendingRequest pending) => Pending = pending;

    /// <inheritdoc/>
    public PendingRequest Pending { get; }

    /// <summary>The handle given in the reply to the open.</summary>
    public ulong Handle => Arguments.Handle;

    /// <summary>Who calls.</summary>
    public IoctlFlags Flags => Arguments.Flags;

    /// <summary>Command, as _IOC(3) packs it.</summary>
    public uint Command => Arguments.Command;

    /// <summary>The raw argument.</summary>
    public ulong Argument => Arguments.Argument;

    /// <summary>Room for the output, bytes.</summary>
    public int OutSize => (int)Arguments.OutSize;

    /// <summary>The input.</summary>
    public ReadOnlySpan<byte> Input => Pending.Checked().Payload(32, (int)Arguments.InSize);

    private ref readonly IoctlIn Arguments => ref Pending.Checked().Arguments<IoctlIn>();

    /// <summary>Done.</summary>
    /// <param name="result">What ioctl(2) returns; not negative (use <c>Fail</c>).</param>
    /// <param name="output">At most <see cref="OutSize"/> bytes.</param>
    /// <returns>False if the kernel no longer wants the reply.</returns>
    public bool Reply(int result, ReadOnlySpan<byte> output = default)
    {
        IoctlOut reply = new() { Result = result };
        return Pending.Buffer.ReplyStructAndBytes(Pending.Ticket, in reply, output);
    }
}
